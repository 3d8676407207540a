package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads of a test, which come into the simulation and leave it when they like. */
class OutsideThreadsTests {
    private final Simulation simulation = Simulation.withSeed(7);

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void threadThatWaitsForItsTurnGetsItWhenTheOneThatRunsBlocksForReal() throws Exception {
        EventLoop loop = simulation.loop();
        FutureTask<Integer> other = new FutureTask<>(() -> loop.next(() -> 1).join());
        Thread thread = new Thread(other);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait(); // so it has seen this thread run, and waits
        }
        assertThat(other.get()).isEqualTo(1);
    }

    @Test
    void threadGetsItsTurnWhenTheOneThatRunsWaitsForItsMonitor() throws Exception {
        EventLoop loop = simulation.loop();
        Object monitor = new Object();
        CountDownLatch entered = new CountDownLatch(1);
        Thread test = Thread.currentThread();
        AtomicInteger value = new AtomicInteger();
        Thread other = new Thread(() -> {
            synchronized (monitor) {
                entered.countDown();
                while (test.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
                value.set(loop.next(() -> 1).join());
            }
        });
        other.start();
        entered.await();
        synchronized (monitor) { // waits for the other one, which needs the token that this one has
            assertThat(value).hasValue(1);
        }
    }

    /** One that was taken in twice came back from its wait at once; about one in four runs of this test saw it. */
    @Test
    void waitOfAThreadThatComesBackAgainAndAgainNeverEndsEarly() throws Exception {
        int count = 8;
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<Integer>> early = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                early.add(threads.submit((Callable<Integer>) this::countEarlyEnds));
            }
            for (Future<Integer> ends : early) {
                assertThat(ends.get()).isZero();
            }
        } finally {
            threads.shutdown();
        }
    }

    private int countEarlyEnds() {
        int early = 0;
        for (int i = 0; i < 2_000; i++) {
            AtomicBoolean fired = new AtomicBoolean();
            simulation.loop().delay(Duration.ofMillis(1), () -> fired.set(true));
            simulation.advance(Duration.ofMillis(2));
            early += fired.get() ? 0 : 1;
            LockSupport.parkNanos(1); // away for a moment: another thread goes on
        }
        return early;
    }
}
