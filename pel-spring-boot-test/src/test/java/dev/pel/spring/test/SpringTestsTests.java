package dev.pel.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.test.Simulation;
import dev.pel.test.SimulationFailure;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestContextManager;

/** Spring tests with a simulation, as Spring and JUnit see them. */
class SpringTestsTests {
    /** That of this build, if any. */
    private @Nullable String seed;

    @BeforeEach
    void hide() {
        seed = System.clearProperty("pel.sim.seed");
    }

    @AfterEach
    void restore() {
        System.clearProperty("pel.sim.limit");
        System.clearProperty("pel.sim.seed");
        if (seed != null) {
            System.setProperty("pel.sim.seed", seed);
        }
    }

    // ------------------------------------------------------------------ the context

    @Test
    void testsWithTheSameSeedShareAContext() {
        assertThat(contextOf(Seed3.class)).isSameAs(contextOf(AlsoSeed3.class));
    }

    @Test
    void testsWithOtherSeedsHaveContextsOfTheirOwn() {
        ApplicationContext three = contextOf(Seed3.class);
        ApplicationContext four = contextOf(Seed4.class);
        assertThat(three).isNotSameAs(four);
        assertThat(three.getBean(Simulation.class).seed()).isEqualTo(3);
        assertThat(four.getBean(Simulation.class).seed()).isEqualTo(4);
    }

    @Test
    void testWithAnotherLimitHasAContextOfItsOwn() {
        assertThat(contextOf(Seed3.class)).isNotSameAs(contextOf(Seed3WithALimit.class));
    }

    @Test
    void testInsideOfAnotherOneSharesItsContext() {
        assertThat(contextOf(Seed4.class)).isSameAs(contextOf(Seed4.Inner.class));
    }

    @Test
    void seedOfThePropertyMakesAnotherContext() {
        ApplicationContext three = contextOf(Seed3.class);
        System.setProperty("pel.sim.seed", "5");
        ApplicationContext five = contextOf(Seed3.class);
        assertThat(five).isNotSameAs(three);
        assertThat(five.getBean(Simulation.class).seed()).isEqualTo(5);
        assertThat(five).isSameAs(contextOf(Seed4.class));
    }

    @Test
    void testWithoutSimulationSharesNoContextWithOneThatHasIt() {
        assertThat(contextOf(NoSimulation.class)).isNotSameAs(contextOf(Seed3.class));
    }

    @Test
    void wrongPropertyIsRefused() {
        System.setProperty("pel.sim.limit", "short");
        assertThatThrownBy(() -> contextOf(Seed3.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'pel.sim.limit' must be a whole number of at least 1 but was 'short'");
    }

    @Test
    void attributeOutOfRangeIsRefusedWithItsTest() {
        assertThatThrownBy(() -> contextOf(NoDecisions.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("@AutoConfigurePelSimulation of NoDecisions: 'decisions' must be at least 1 but was 0");
    }

    private static ApplicationContext contextOf(Class<?> test) {
        return new TestContextManager(test).getTestContext().getApplicationContext();
    }

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(seed = 3)
    static class Seed3 {}

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(seed = 3)
    static class AlsoSeed3 {}

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(seed = 3, limit = 30)
    static class Seed3WithALimit {}

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(seed = 4)
    static class Seed4 {
        class Inner {}
    }

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(decisions = 0)
    static class NoDecisions {}

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    static class NoSimulation {}

    // ------------------------------------------------------------------ failures

    @Test
    void bodyThatFailsFailsTheTest() {
        Throwable failure = failureOf("bodyFails");
        assertThat(failure)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageStartingWith("Seed 7 after PT")
                .hasMessageContaining("takeFailures()");
        assertThat(failure.getCause()).isExactlyInstanceOf(AssertionError.class).hasMessage("on purpose");
    }

    @Test
    void failureOfACallThatTheTestHasSubmittedFailsThisTestAndNotTheNext() {
        assertThat(failureOf("operationFails")).hasRootCauseMessage("on purpose");
        run("passes").assertStatistics(all -> all.started(1).succeeded(1));
    }

    @Test
    void failureThatNobodyDealsWithDoesNotHideThatOfTheTest() {
        Throwable failure = failureOf("bodyAndTestFail");
        assertThat(failure).hasMessage("the test's own");
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(also -> assertThat(also).hasRootCauseMessage("on purpose"));
    }

    @Test
    void failureThatTheTestExpectsIsNone() {
        run("expectsTheFailure").assertStatistics(all -> all.started(1).succeeded(1));
    }

    private static Throwable failureOf(String method) {
        return run(method).failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No test has failed"));
    }

    private static Events run(String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Examples.class, method))
                .execute()
                .testEvents();
    }

    /** Run by the tests above only. */
    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @AutoConfigurePelSimulation(seed = 7)
    static class Examples {
        @Autowired
        Simulation simulation;

        @Autowired
        EventLoop loop;

        @Test
        void passes() {
            assertThat(loop.next(() -> 1).join()).isEqualTo(1);
        }

        @Test
        void bodyFails() {
            loop.delay(Duration.ofHours(1), Examples::fail);
            simulation.advance(Duration.ofHours(1));
        }

        /** The handler is told half a second later. */
        @Test
        void operationFails() {
            loop.next(Examples::fail);
            simulation.advance(Duration.ZERO);
        }

        @Test
        void bodyAndTestFail() {
            bodyFails();
            throw new AssertionError("the test's own");
        }

        @Test
        void expectsTheFailure() {
            loop.next(() -> {
                throw new IOException("lost");
            });
            simulation.runUntilIdle();
            assertThat(simulation.expectFailure(IOException.class)).hasMessage("lost");
        }

        private static void fail() {
            throw new AssertionError("on purpose");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(PelAutoConfiguration.class)
    static class Application {}
}
