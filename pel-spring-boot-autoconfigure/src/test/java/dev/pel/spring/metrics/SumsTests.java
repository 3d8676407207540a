package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SumsTests {

    private static final int THREADS = 16;
    private static final int TIMES = 100_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void addUpFromManyThreadsAtOnce() throws Exception {
        Sums sums = new Sums();
        CyclicBarrier together = new CyclicBarrier(THREADS);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            ends.add(threads.submit(() -> {
                together.await();
                for (int time = 0; time < TIMES; time++) {
                    sums.add(1, 2, 3, 4);
                }
                return null;
            }));
        }
        for (Future<?> end : ends) {
            end.get(20, SECONDS);
        }
        for (int sum = 0; sum < 4; sum++) {
            assertThat(sums.get(sum)).isEqualTo((sum + 1L) * THREADS * TIMES);
        }
    }

    @Test
    void neverFallWhileTheyAreAddedTo() throws Exception {
        Sums sums = new Sums();
        Future<?> adding = threads.submit(() -> {
            for (int time = 0; time < TIMES; time++) {
                sums.add(1, 1, 1, 1);
            }
        });
        long before = 0;
        while (!adding.isDone()) {
            long now = sums.get(3);
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
        assertThat(sums.get(3)).isEqualTo(TIMES);
    }
}
