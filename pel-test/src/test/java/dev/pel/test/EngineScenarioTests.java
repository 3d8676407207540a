package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The engine under seeds that choose every interleaving: 5 000 in a plain build, 100 000 with {@code -Pthorough}.
 * {@code -Dpel.sim.seed=17} plays one again; {@code -Dpel.sim.first=100001} with {@code -Dpel.sim.seeds=900000} goes on where the
 * build ends.
 */
class EngineScenarioTests {
    private static final long SEEDS = 5_000;
    private static final long ALL_SEEDS = 30_000;
    private static final long TWICE = 1_000;

    private final SimulatedThreads threads = new SimulatedThreads();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void engineKeepsItsPromisesUnderEverySeed() {
        playAll(Seeds.chosen(SEEDS));
    }

    /** A test of its own, not the same one scaled, so that the plain one is still among those that judge mutants. */
    @Test
    @Tag("thorough")
    void engineKeepsItsPromisesUnderThirtyThousandSeeds() {
        playAll(Seeds.chosen(ALL_SEEDS));
    }

    private void playAll(Seeds seeds) {
        long start = System.nanoTime();
        seeds.stream().forEach(this::play);
        System.out.printf(
                "seeds %d to %d (%d) of %d scenarios in %s: alarms 0%n",
                seeds.first(),
                seeds.last(),
                seeds.last() - seeds.first() + 1,
                Scenario.values().length,
                Duration.ofNanos(System.nanoTime() - start));
    }

    @Test
    void sameSeedGivesTheSameRun() {
        List<Long> differing = new ArrayList<>();
        long seeds = Math.min(TWICE, Long.getLong("pel.sim.seeds", TWICE));
        for (long seed = 1; seed <= seeds; seed++) {
            long hash = play(seed);
            long again = play(seed);
            if (hash != again) {
                differing.add(seed);
            }
        }
        assertThat(differing).as("of %d seeds", seeds).isEmpty();
        System.out.printf("%d seeds twice: the same decisions %d times%n", seeds, seeds);
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
