package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** System properties of a simulation, and attributes of its annotation: what is wrong is refused, at the first use. */
class SimulationPropertiesTests {
    /** Those that this build was given, for the scenarios. */
    private @Nullable String seeds;

    private @Nullable String first;
    private @Nullable String mine;

    @BeforeEach
    void hide() {
        seeds = System.clearProperty("pel.sim.seeds");
        first = System.clearProperty("pel.sim.first");
    }

    @AfterEach
    void restore() {
        if (mine != null) {
            System.clearProperty(mine);
        }
        if (seeds != null) {
            System.setProperty("pel.sim.seeds", seeds);
        }
        if (first != null) {
            System.setProperty("pel.sim.first", first);
        }
    }

    private void set(String key, String value) {
        mine = key;
        System.setProperty(key, value);
    }

    @ParameterizedTest
    @CsvSource({
        "pel.sim.seeds, abc, a whole number of at least 1",
        "pel.sim.seeds, 0, a whole number of at least 1",
        "pel.sim.seed, 1.5, a whole number",
        "pel.sim.seed, '', a whole number",
        "pel.sim.first, one, a whole number",
        "pel.sim.patience, -1, a whole number of at least 1",
        "pel.sim.patience, 5s, a whole number of at least 1",
        "pel.sim.decisions, 0, a whole number of at least 1",
        "pel.sim.limit, 0, a whole number of at least 1"
    })
    void wrongValueIsRefusedWithKeyRuleAndValue(String key, String value, String rule) {
        set(key, value);
        String message = "'%s' must be %s but was '%s'".formatted(key, rule, value);
        assertThatThrownBy(() -> Simulation.withSeed(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(failureOf("passes")).hasMessage(message);
    }

    @Test
    void unknownKeyIsRefusedWithThoseThatThereAre() {
        set("pel.sim.sead", "17");
        assertThatThrownBy(() -> Simulation.withSeed(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'pel.sim.sead' is no property of the simulation, these are: pel.sim.decisions, pel.sim.first,"
                                + " pel.sim.limit, pel.sim.patience, pel.sim.seed, pel.sim.seeds");
    }

    @Test
    void firstSeedAfterWhichThereAreTooFewIsRefused() {
        set("pel.sim.first", Long.toString(Long.MAX_VALUE));
        assertThat(failureOf("passes"))
                .hasMessage("'pel.sim.first' must leave room for 2 seeds but was '%d'".formatted(Long.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "noSeeds, 'seeds' must be at least 1 but was 0",
                "tooManyFailures, 'operationFailures' must be between 0 and 1 but was 1.5",
                "negativeWakeUps, 'spuriousWakeUps' must be between 0 and 1 but was -0.1",
                "noStarts, 'threadStartFailures' must be between 0 and 1 but was NaN",
                "noInterrupts, 'interrupts' must be between 0 and 1 but was Infinity",
                "noDecisions, 'decisions' must be at least 1 but was 0",
                "noLimit, 'limit' must be at least 1 second but was PT0S"
            })
    void attributeOutOfRangeIsRefusedWithItsTest(String method, String message) {
        assertThat(failureOf(method))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("@PelSimulation of Attributes.%s: %s".formatted(method, message));
    }

    private static Throwable failureOf(String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Attributes.class, method, Simulation.class.getName()))
                .execute()
                .allEvents()
                .failed()
                .stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nothing was refused"));
    }

    /** Run by the tests above only. */
    static class Attributes {
        @PelSimulation(seeds = 2)
        void passes(Simulation simulation) {
            assertThat(simulation.elapsed()).isZero();
        }

        @PelSimulation(seeds = 0)
        void noSeeds(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(operationFailures = 1.5)
        void tooManyFailures(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(spuriousWakeUps = -0.1)
        void negativeWakeUps(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(threadStartFailures = Double.NaN)
        void noStarts(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(interrupts = Double.POSITIVE_INFINITY)
        void noInterrupts(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(decisions = 0)
        void noDecisions(Simulation simulation) {
            passes(simulation);
        }

        @PelSimulation(limit = 0)
        void noLimit(Simulation simulation) {
            passes(simulation);
        }
    }
}
