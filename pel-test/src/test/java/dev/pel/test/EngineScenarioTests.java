package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine under seeds that choose every interleaving. {@code -Dpel.sim.seed=17} plays one again. */
class EngineScenarioTests {
    private static final long SEEDS = Long.getLong("pel.sim.seeds", 20_000);
    private static final long TWICE = 1_000;

    private final SimulatedThreads threads = new SimulatedThreads();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void engineKeepsItsPromisesUnderEverySeed() {
        Long only = Long.getLong("pel.sim.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? SEEDS : only;
        long start = System.nanoTime();
        for (long seed = first; seed <= last; seed++) {
            play(seed);
        }
        System.out.printf(
                "%d seeds of %d scenarios in %s: alarms 0%n",
                last - first + 1, Scenario.values().length, Duration.ofNanos(System.nanoTime() - start));
    }

    @Test
    void sameSeedGivesTheSameRun() {
        List<Long> differing = new ArrayList<>();
        for (long seed = 1; seed <= TWICE; seed++) {
            long hash = play(seed);
            long again = play(seed);
            if (hash != again) {
                differing.add(seed);
            }
        }
        assertThat(differing).as("of %d seeds", TWICE).isEmpty();
        System.out.printf("%d seeds twice: the same decisions %d times%n", TWICE, TWICE);
    }

    private long play(long seed) {
        Scenario scenario = Scenario.of(seed);
        try {
            return scenario.run(seed, threads);
        } catch (Throwable e) {
            throw new SimulationFailure(
                    "Seed %d of %s: %s%nTo play it again: -Dpel.sim.seed=%d".formatted(seed, scenario, e, seed), e);
        }
    }
}
