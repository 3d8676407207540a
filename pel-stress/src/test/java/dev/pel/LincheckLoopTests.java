package dev.pel;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A whole loop with its real threads, used by two others at random. What they see must be what one after the other could have
 * seen, with a loop so simple that it has no threads at all. Lincheck makes the scenarios and looks for that order.
 */
@Tag("scaled")
class LincheckLoopTests {
    private static final int SCENARIOS = Boolean.getBoolean("pel.test.thorough") ? 50 : 5;
    private static final int ROUNDS = 50;
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void startStopAndSubmitLookLikeOneAfterTheOther() {
        check(Life.class, PlainLife.class);
    }

    @Test
    void submitCancelAndSizeLookLikeOneAfterTheOther() {
        check(WaitingCalls.class, PlainQueue.class);
    }

    private static void check(Class<?> loop, Class<?> plain) {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .iterations(SCENARIOS)
                .invocationsPerIteration(ROUNDS)
                .minimizeFailedScenario(false) // they are small, and one that hangs takes its time
                .sequentialSpecification(plain)
                .check(loop);
    }

    private static EventLoop loop(int capacity) {
        return EventLoop.create(EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(1).withCapacity(capacity))
                .withWork(lane -> lane.withThreads(1)));
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    /** A loop that is started, stopped, and used. */
    public static class Life {
        private final EventLoop loop = loop(100);

        /** Before its first start a loop accepts calls that end only when it starts, so it is started here. */
        public Life() {
            loop.start();
        }

        /** Again and again while it is stopping, as the message of the exception says. */
        @Operation
        public void start() {
            boolean started = false;
            while (!started) {
                try {
                    loop.start();
                    started = true;
                } catch (IllegalStateException e) {
                    Thread.yield();
                }
            }
        }

        @Operation
        public void stop() {
            loop.stop(LONG).join();
        }

        /** A stop with time lets everything run that was accepted, and nothing else. */
        @Operation
        public String submit() {
            AtomicInteger ran = new AtomicInteger();
            LoopFuture<Integer> handle = loop.next(ran::incrementAndGet, value -> ran.incrementAndGet());
            try {
                handle.join();
            } catch (CompletionException e) {
                check(e.getCause() instanceof CallRejectedException, "ended by " + e.getCause());
            }
            return handle.outcome() + ", ran " + ran;
        }

        @Validate
        public void end() {
            loop.forceStop().join();
        }
    }

    /** The same without threads. */
    public static class PlainLife {
        private boolean running = true;

        public void start() {
            running = true;
        }

        public void stop() {
            running = false;
        }

        public String submit() {
            return running ? "SUCCEEDED, ran 2" : "REJECTED, ran 0";
        }
    }

    /** A lane whose only thread is busy all the time, so that what is submitted waits. */
    public static class WaitingCalls {
        private static final int CAPACITY = 2;

        private final EventLoop loop = loop(CAPACITY);
        private final CountDownLatch gate = new CountDownLatch(1);
        private final @Nullable LoopFuture<?>[] mine = new LoopFuture<?>[8];

        /** How many times somebody has begun to submit or cancel, and has ended that. */
        private final AtomicInteger begun = new AtomicInteger();

        private final AtomicInteger ended = new AtomicInteger();

        public WaitingCalls() {
            CountDownLatch busy = new CountDownLatch(1);
            loop.start();
            loop.next(() -> {
                busy.countDown();
                gate.await();
            });
            try {
                busy.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Each thread has one call at most. */
        @Operation
        public boolean submit(@Param(gen = ThreadIdGen.class) int thread) {
            if (mine[thread] != null) {
                return false;
            }
            begun.incrementAndGet();
            LoopFuture<?> handle = loop.next(() -> {});
            ended.incrementAndGet();
            boolean accepted = handle.outcome() != Outcome.REJECTED;
            mine[thread] = accepted ? handle : null;
            return accepted;
        }

        @Operation
        public boolean cancel(@Param(gen = ThreadIdGen.class) int thread) {
            LoopFuture<?> handle = mine[thread];
            if (handle == null) {
                return false;
            }
            begun.incrementAndGet();
            boolean cancelled = handle.cancel(true);
            ended.incrementAndGet();
            mine[thread] = null;
            return cancelled;
        }

        /** It is exact when nobody comes or goes meanwhile; so it is asked until that is so. */
        @Operation
        public int size() {
            while (true) {
                int over = ended.get();
                int size = loop.size(Lane.PASSIVE);
                if (begun.get() == over) {
                    return size;
                }
            }
        }

        @Validate
        public void end() {
            gate.countDown();
            loop.stop(LONG).join();
            for (LoopFuture<?> handle : mine) {
                check(handle == null || handle.outcome() == Outcome.SUCCEEDED, "accepted, and not run");
            }
        }
    }

    /** The same without threads. */
    public static class PlainQueue {
        private final Set<Integer> waiting = new HashSet<>();

        public boolean submit(int thread) {
            return waiting.size() < WaitingCalls.CAPACITY && waiting.add(thread);
        }

        public boolean cancel(int thread) {
            return waiting.remove(thread);
        }

        public int size() {
            return waiting.size();
        }
    }
}
