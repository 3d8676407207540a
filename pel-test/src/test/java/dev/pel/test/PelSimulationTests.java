package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.displayName;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The annotation, as users write it, and as JUnit sees it. */
class PelSimulationTests {
    @PelSimulation(seeds = 20)
    void hourPassesAtOnce(Simulation simulation) {
        EventLoop loop = simulation.loop();
        List<Duration> shown = new ArrayList<>();
        LoopFuture<?> timer = loop.delay(
                Duration.ofHours(1),
                () -> loop.next(simulation.taking(Duration.ofSeconds(2), 42), n -> shown.add(simulation.elapsed())));
        simulation.runUntilIdle();
        assertThat(timer).isCompleted();
        assertThat(shown).containsExactly(Duration.ofSeconds(3_602));
        simulation.assertQuiescent();
    }

    @Test
    void eachSeedIsATestOfItsOwn() {
        run("passes").assertStatistics(all -> all.started(7).succeeded(7));
    }

    @Test
    void setUpGetsTheSimulationOfItsTest() {
        run("seesTheSimulationOfItsSetUp")
                .assertStatistics(all -> all.started(3).succeeded(3));
    }

    @Test
    void firstSeedThatFailsEndsTheTestAndNamesTheWayToRunItAgain() {
        Events tests = run("failsWhenTheSecondOperationIsFirst");
        assertThat(tests.failed().count()).isEqualTo(1);
        long failing = tests.started().count();
        assertThat(failing).as("of a hundred").isLessThan(100);
        tests.failed()
                .assertEventsMatchExactly(event(
                        test(),
                        displayName("seed " + failing),
                        finishedWithFailure(
                                instanceOf(SimulationFailure.class),
                                message(text -> text.startsWith("Seed %d, after PT".formatted(failing))
                                        && text.endsWith(
                                                "-Dtest=Examples#failsWhenTheSecondOperationIsFirst -Dpel.sim.seed=%d"
                                                        .formatted(failing))))));
    }

    @Test
    void firstSeedOfThePropertyIsWhereTheyBegin() {
        String before = System.setProperty("pel.sim.first", "300001");
        try {
            execute("failsWhenTheSecondOperationIsFirst")
                    .started()
                    .assertEventsMatchLooselyInOrder(
                            event(displayName("seed 300001")), event(displayName("seed 300002")));
        } finally {
            restore("pel.sim.first", before);
        }
    }

    @Test
    void seedOfThePropertyIsTheOnlyOne() {
        System.setProperty("pel.sim.seed", "123456789");
        try {
            Events tests = run("passes");
            tests.assertStatistics(all -> all.started(1).succeeded(1));
            tests.started().assertEventsMatchExactly(event(displayName("seed 123456789")));
        } finally {
            System.clearProperty("pel.sim.seed");
        }
    }

    @Test
    void waitThatNeverEndsFailsTheTest() {
        run("waitsForEver")
                .failed()
                .assertEventsMatchExactly(event(finishedWithFailure(message(
                        text -> text.startsWith("Seed 1") && text.contains("each of its threads waits for another")))));
    }

    @Test
    void assumptionThatDoesNotHoldIsNoFailure() {
        run("isAborted").assertStatistics(all -> all.started(3).aborted(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bodyFails", "dependentFails", "timerFails", "operationFails", "lateFailure"})
    void failureThatNobodyDealsWithFailsTheTest(String method) {
        Throwable failure = failureOf(method);
        assertThat(failure)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageStartingWith("Seed 1, after PT")
                .hasMessageContaining("on purpose")
                .hasMessageContaining("takeFailures()")
                .hasMessageEndingWith("-Dtest=Examples#%s -Dpel.sim.seed=1".formatted(method));
        assertThat(failure.getCause()).isExactlyInstanceOf(AssertionError.class).hasMessage("on purpose");
    }

    @Test
    void failureThatNobodyDealsWithDoesNotHideThatOfTheTest() {
        Throwable failure = failureOf("bodyAndTestFail");
        assertThat(failure.getCause()).hasMessage("the test's own");
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(suppressed -> assertThat(suppressed)
                        .isInstanceOf(SimulationFailure.class)
                        .hasRootCauseMessage("on purpose"));
    }

    @Test
    void attributeOfTheAnnotationLimitsTheDecisions() {
        assertThat(failureOf("neverEnds"))
                .hasMessageContaining("more than 3000 decisions")
                .hasMessageContaining("dev.pel.test.PelSimulationTests$Examples.poll(PelSimulationTests.java:");
    }

    @Test
    void firstSeedWhoseBodyFailsIsTheLastToRun() {
        run("bodyFails").assertStatistics(all -> all.started(1).failed(1));
    }

    @Test
    void failureOfSetUpOrTearDownNamesTheSeed() {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(TearDownFails.class, "passes", Simulation.class.getName()))
                .execute()
                .testEvents();
        tests.assertStatistics(all -> all.started(1).failed(1));
        assertThat(failureOf(tests)).hasMessageEndingWith("-Dtest=TearDownFails#passes -Dpel.sim.seed=1");
    }

    @Test
    void failureThatIsDealtWithIsNone() {
        run("dealsWithFailures").assertStatistics(all -> all.started(20).succeeded(20));
    }

    private static Throwable failureOf(String method) {
        return failureOf(run(method));
    }

    private static Throwable failureOf(Events tests) {
        return tests.failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No test has failed"));
    }

    private static Events run(String method) {
        // they are meant for the scenarios
        String seeds = System.clearProperty("pel.sim.seeds");
        String first = System.clearProperty("pel.sim.first");
        try {
            return execute(method);
        } finally {
            restore("pel.sim.seeds", seeds);
            restore("pel.sim.first", first);
        }
    }

    private static void restore(String property, @Nullable String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    private static Events execute(String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Examples.class, method, Simulation.class.getName()))
                .execute()
                .testEvents();
    }

    /** Run by the tests above only. */
    static class Examples {
        private Simulation ofSetUp;

        @BeforeEach
        void setUp(Simulation simulation) {
            ofSetUp = simulation;
        }

        @PelSimulation(seeds = 7)
        void passes(Simulation simulation) {
            assertThat(simulation.loop().next(() -> 1).join()).isEqualTo(1);
        }

        @PelSimulation(seeds = 3)
        void seesTheSimulationOfItsSetUp(Simulation simulation) {
            assertThat(simulation).isSameAs(ofSetUp);
        }

        @PelSimulation
        void failsWhenTheSecondOperationIsFirst(Simulation simulation) {
            List<Integer> order = new ArrayList<>();
            simulation.loop().next(() -> order.add(1));
            simulation.loop().next(() -> order.add(2));
            simulation.runUntilIdle();
            assertThat(order).containsExactly(1, 2);
        }

        @PelSimulation(seeds = 3)
        void waitsForEver(Simulation simulation) {
            simulation
                    .loop()
                    .next(() -> 1)
                    .thenCompose(one -> new CompletableFuture<Integer>())
                    .join();
        }

        @PelSimulation(seeds = 20)
        void bodyFails(Simulation simulation) {
            simulation.loop().next(() -> 1, one -> fail());
            simulation.runUntilIdle();
        }

        @PelSimulation(seeds = 20)
        void dependentFails(Simulation simulation) {
            simulation.loop().next(() -> 1).thenAccept(one -> fail());
            simulation.runUntilIdle();
        }

        @PelSimulation(seeds = 20)
        void timerFails(Simulation simulation) {
            simulation.loop().delay(Duration.ofHours(1), Examples::fail);
            simulation.advance(Duration.ofHours(2));
        }

        /** Nobody even lets it run: it does so when the simulation is closed. */
        @PelSimulation(seeds = 20)
        void operationFails(Simulation simulation) {
            simulation.loop().next(() -> fail());
            simulation.advance(Duration.ZERO);
        }

        @PelSimulation(seeds = 20)
        void lateFailure(Simulation simulation) {
            LoopFuture<?> call = simulation.loop().next(() -> {
                try {
                    simulation.sleep(Duration.ofHours(1));
                } catch (InterruptedException e) {
                    fail();
                }
            });
            simulation.advance(Duration.ofSeconds(1));
            call.cancel(true);
            simulation.runUntilIdle();
        }

        @PelSimulation(seeds = 20)
        void bodyAndTestFail(Simulation simulation) {
            bodyFails(simulation);
            throw new AssertionError("the test's own");
        }

        @PelSimulation(seeds = 20)
        void dealsWithFailures(Simulation simulation) {
            LoopFuture<?> call = simulation.loop().next(() -> fail());
            assertThatThrownBy(call::join).hasRootCauseMessage("on purpose");
            simulation.loop().next(() -> 1, one -> fail()).exceptionally(error -> null);
        }

        @PelSimulation(decisions = 3_000)
        void neverEnds(Simulation simulation) {
            poll(simulation.loop());
            simulation.runUntilIdle();
        }

        private static void poll(EventLoop loop) {
            loop.delay(Duration.ofMinutes(1), () -> poll(loop));
        }

        private static void fail() {
            throw new AssertionError("on purpose");
        }

        @PelSimulation(seeds = 3)
        void isAborted(Simulation simulation) {
            Assumptions.assumeFalse(simulation.elapsed().isZero());
        }
    }

    /** Run by the tests above only. */
    static class TearDownFails {
        @AfterEach
        void tearDown(Simulation simulation) {
            simulation.loop().delay(Duration.ofHours(1), () -> {});
            simulation.assertQuiescent();
        }

        @PelSimulation(seeds = 3)
        void passes(Simulation simulation) {
            assertThat(simulation.elapsed()).isZero();
        }
    }
}
