package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thread that pel lets wait sleeps also after an interrupt, which is not pel's; it does not ask over and over whether it may go on. */
class InterruptedWaitTests {
    /** Many more than a wait takes that sleeps, and many fewer than one that spins. */
    private static final int MANY = 2_000;

    @RegisterExtension
    final Loops loops = new Loops();

    /** How often a thread has parked, on the kind of object that the test asks about. */
    private static final class Counting extends ForwardingMachine {
        private final Class<?> kind;
        private final AtomicInteger parks = new AtomicInteger();

        Counting(Class<?> kind) {
            this.kind = kind;
        }

        @Override
        public void park(Object blocker, long nanos) {
            if (kind.isInstance(blocker)) {
                parks.incrementAndGet();
            }
            super.park(blocker, nanos);
        }
    }

    @Test
    void newRunThatWaitsForAnActionSleepsAfterAnInterrupt() {
        EventLoop loop = loops.made(options -> options.withInterruptGrace(LONG), new JdkMachine());
        loop.start();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        done.thenAccept(one -> {
            begun.countDown();
            pass(release);
        });
        pass(begun);
        FutureTask<Boolean> run = new FutureTask<>(() -> {
            loop.runOnCurrentThread();
            return Thread.interrupted();
        });
        Thread active = new Thread(run, "somebody's own");
        active.start();
        await().atMost(LONG).until(() -> LockSupport.getBlocker(active) instanceof LateActions);
        active.interrupt();
        try {
            await().atMost(LONG)
                    .until(() -> !active.isInterrupted() && LockSupport.getBlocker(active) instanceof LateActions);
        } finally {
            release.countDown();
        }
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(Thread.interrupted()).isFalse()));
        loop.stop(LONG);
        assertThat(get(run)).as("the interrupt is given back").isTrue();
    }

    @Test
    void pauseAfterASubmissionSleepsAfterAnInterrupt() {
        Counting machine = new Counting(LoopRun.class);
        EventLoop loop = loops.made(options -> options.withSettle(Duration.ofMillis(200)), machine);
        loop.start();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        get(loop.enqueue(Lane.ACTIVE, () -> {
            Thread.currentThread().interrupt();
            loop.next(() -> 1);
            flag.set(Thread.interrupted());
        }));
        assertThat(flag).as("the flag is left as it was").hasValue(true);
        assertThat(machine.parks).hasValueLessThan(MANY);
    }

    @Test
    @Tag("slow")
    void stopOfALoopThatHasNotStartedSleepsAfterAnInterrupt() {
        Counting machine = new Counting(Shutdown.class);
        CountDownLatch release = new CountDownLatch(1);
        EventLoop loop = loops.made(
                options ->
                        options.withInterruptGrace(Duration.ofMillis(300)).withErrorHandler(failure -> pass(release)),
                machine);
        loop.next(() -> 1).completeExceptionally(new IllegalStateException("nobody deals with it"));
        FutureTask<Boolean> stop = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            loop.stop(Duration.ZERO);
            return Thread.interrupted();
        });
        new Thread(stop).start();
        assertThat(get(stop)).as("the flag is left as it was").isTrue();
        release.countDown();
        assertThat(machine.parks).hasValueLessThan(MANY).hasPositiveValue();
    }
}
