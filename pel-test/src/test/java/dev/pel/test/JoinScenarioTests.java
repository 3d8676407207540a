package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations that join chains on a pool of one thread, under seeds that choose every interleaving. */
class JoinScenarioTests {
    private static final long SEEDS = 3_000;

    private final SimulatedThreads threads = new SimulatedThreads();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void everyOperationThatJoinsAChainEndsThoughSpareThreadsMayNotStart() {
        int played = 0;
        for (long seed : Seeds.chosen(SEEDS).stream().toArray()) {
            played += play(seed) ? 1 : 0;
        }
        assertThat(played).as("seeds under which the loop has started").isPositive();
    }

    private boolean play(long seed) {
        SimulationOptions options =
                SimulationOptions.defaults().withFaults(Faults.defaults().withThreadStartFailures(0.4));
        try (Simulation simulation = new Simulation(options.withSeed(seed), threads, false)) {
            EventLoop loop = simulation.loop(
                    few -> few.withPassive(lane -> lane.withThreads(1)).withWork(lane -> lane.withThreads(1)));
            try {
                loop.start();
            } catch (OutOfMemoryError e) {
                return false;
            }
            List<LoopFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(loop.next(() -> chain(simulation, loop).join()));
            }
            simulation.runUntilIdle();
            assertThat(calls)
                    .as("seed %d", seed)
                    .allSatisfy(call -> assertThat(call).isCompletedWithValue(3));
            return true;
        }
    }

    private static LoopFuture<Integer> chain(Simulation simulation, EventLoop loop) {
        return loop.next(() -> 1)
                .thenCompose(one -> loop.next(() -> {
                            simulation.step();
                            return one + 1;
                        })
                        .thenCompose(two -> loop.work(() -> two + 1)));
    }
}
