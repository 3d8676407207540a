package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threads of a loop: which there are, and what happens when one cannot be started. */
class ThreadTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void poolThreadsAreDaemonsAndTheActiveOneIsNot() {
        EventLoop loop = loops.started();
        assertThat(get(loop.next(() -> Thread.currentThread().isDaemon()))).isTrue();
        assertThat(get(loop.work(() -> Thread.currentThread().isDaemon()))).isTrue();
        get(loop.enqueue(
                Lane.ACTIVE, () -> assertThat(Thread.currentThread().isDaemon()).isFalse()));
    }

    @Test
    void theActiveThreadIsADaemonWhenTheOptionsSaySo() {
        EventLoop loop = loops.started(options -> options.withDaemon(true));
        get(loop.enqueue(
                Lane.ACTIVE, () -> assertThat(Thread.currentThread().isDaemon()).isTrue()));
    }

    @Test
    void ownThreadCanBeTheActiveOne() {
        EventLoop loop = loops.made(options -> options);
        Thread own = Thread.currentThread();
        AtomicReference<Thread> bodies = new AtomicReference<>();
        Thread helper = new Thread(() -> {
            await().atMost(LONG).until(() -> loop.state() == LoopState.RUNNING);
            loop.next(() -> 1, one -> {
                bodies.set(Thread.currentThread());
                loop.stop(LONG);
            });
        });
        helper.start();
        StopReport report = loop.runOnCurrentThread();
        assertThat(bodies.get()).isSameAs(own);
        assertThat(report.isClean()).isTrue();
        assertThat(loop.onActiveThread()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** Runs a loop on the current thread, which is interrupted meanwhile as the test says; says whether its flag is set afterwards. */
    private boolean flagAfterRunning(EventLoop loop, Consumer<Thread> meanwhile) {
        Thread own = Thread.currentThread();
        Thread helper = new Thread(() -> {
            await().atMost(LONG).until(() -> loop.state() == LoopState.RUNNING);
            get(loop.enqueue(Lane.ACTIVE, () -> {}));
            meanwhile.accept(own);
        });
        helper.start();
        loop.runOnCurrentThread();
        return Thread.interrupted();
    }

    @Test
    void interruptOfTheOwnThreadThatComesMeanwhileIsGivenBack() {
        EventLoop loop = loops.made(options -> options);
        assertThat(flagAfterRunning(loop, own -> {
                    own.interrupt();
                    await().atMost(LONG).until(() -> !own.isInterrupted()); // it is not for what runs there
                    loop.stop(LONG);
                }))
                .isTrue();
    }

    @Test
    void interruptOfTheOwnThreadInABodyThatDoesNotSeeItIsGivenBack() {
        EventLoop loop = loops.made(options -> options);
        assertThat(flagAfterRunning(loop, own -> {
                    loop.enqueue(Lane.ACTIVE, own::interrupt);
                    loop.stop(LONG);
                }))
                .isTrue();
    }

    @Test
    void interruptByTheStopIsNotTheCallers() {
        EventLoop loop = loops.made(options -> options);
        CountDownLatch blocked = new CountDownLatch(1);
        assertThat(flagAfterRunning(loop, own -> {
                    loop.enqueue(Lane.ACTIVE, () -> {
                        blocked.countDown();
                        try {
                            Loops.block(new CountDownLatch(1));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    pass(blocked);
                    loop.forceStop();
                }))
                .isFalse();
    }

    @Test
    void loopThatRunsCannotRunOnAnotherThreadToo() {
        EventLoop loop = loops.started();
        assertThatThrownBy(loop::runOnCurrentThread).isInstanceOf(IllegalStateException.class);
        get(loop.enqueue(
                Lane.ACTIVE,
                () -> assertThatThrownBy(loop::runOnCurrentThread).isInstanceOf(WaitOnLoopThreadException.class)));
    }

    @Test
    void virtualPassiveThreadsKeepTheCapAndTheQueue() {
        assumeThat(JdkMachine.hasVirtualThreads())
                .as("this Java has virtual threads")
                .isTrue();
        EventLoop loop = loops.started(options -> options.withPassive(
                passive -> passive.withKind(ThreadKind.VIRTUAL).withThreads(3).withCapacity(2)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        List<LoopFuture<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(loop.next(() -> {
                running.countDown();
                pass(gate);
                return Thread.currentThread().getClass().getName().contains("VirtualThread");
            }));
            await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 0); // only two may wait
        }
        pass(running);
        calls.add(loop.next(() -> true));
        calls.add(loop.next(() -> true));
        assertThat(loop.next(() -> true).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(loop.running(Lane.PASSIVE)).isEqualTo(3);
        gate.countDown();
        calls.forEach(call -> assertThat(get(call)).isTrue());
        CountDownLatch blocked = new CountDownLatch(1);
        LoopFuture<?> endless = loop.next(() -> {
            blocked.countDown();
            Loops.block(new CountDownLatch(1));
        });
        pass(blocked);
        assertThat(get(loop.forceStop()).interrupted()).isEqualTo(1);
        assertThat(endless.outcome()).isEqualTo(Outcome.STOPPED);
    }

    /** A machine on which the n-th thread cannot be started. */
    private static final class Exhausted extends ForwardingMachine {
        private final AtomicInteger startsLeft;

        Exhausted(int starts) {
            this.startsLeft = new AtomicInteger(starts);
        }

        @Override
        public void start(Thread thread) {
            if (startsLeft.getAndDecrement() <= 0) {
                // what a real shortage looks like: the operating system refuses a stack of this size
                Thread impossible = new Thread(null, () -> {}, "impossible", 1L << 60);
                impossible.start();
            } else {
                super.start(thread);
            }
        }
    }

    private static EventLoop exhausted(int starts) {
        return PretendEventLoop.create(
                EventLoopOptions.defaults()
                        .withName("exhausted" + starts)
                        .withPassive(passive -> passive.withThreads(2))
                        .withWork(work -> work.withThreads(1)),
                new Exhausted(starts));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    @Tag("slow")
    void startThatFailsHalfwayStopsWhatItHadStarted(int starts) {
        EventLoop loop = exhausted(starts);
        assertThatThrownBy(loop::start).isInstanceOf(OutOfMemoryError.class);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).isEmpty());
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void startOnTheOwnThreadThatFailsHalfwayStopsWhatItHadStarted(int starts) {
        EventLoop loop = exhausted(starts);
        assertThatThrownBy(loop::runOnCurrentThread).isInstanceOf(OutOfMemoryError.class);
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
        assertThat(loop.onActiveThread()).isFalse();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).isEmpty());
    }

    @Test
    void growthThatFailsKeepsTheThreadsThatCouldBeStarted() {
        EventLoop loop = exhausted(5 + 1); // the five of the start, and one more
        loop.start();
        assertThatThrownBy(() -> loop.resize(Lane.PASSIVE, 10)).isInstanceOf(OutOfMemoryError.class);
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(3);
        CountDownLatch together = new CountDownLatch(3);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(loop.next(() -> {
                together.countDown();
                pass(together);
            }));
        }
        calls.forEach(Loops::get);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void spareThreadThatCannotBeStartedCostsNoCall() {
        EventLoop loop = exhausted(5); // those of the start, and no more
        loop.start();
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> slow = loop.next(() -> {
            running.countDown();
            pass(gate);
            return 1;
        });
        pass(running);
        LoopFuture<Integer> waiter = loop.next(() -> {
            waiting.countDown();
            return slow.join() + 1; // runs already, so all that could help is a spare thread
        });
        pass(waiting);
        LoopFuture<Integer> behind = loop.next(() -> 3);
        gate.countDown();
        assertThat(get(waiter)).isEqualTo(2);
        assertThat(get(behind)).isEqualTo(3);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void interruptsFromOutsideDisturbNoThread() {
        EventLoop loop = loops.started();
        for (int round = 0; round < 200; round++) {
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith(loop.options().name() + "-"))
                    .filter(thread -> thread.getName().endsWith("-watch")
                            || thread.getName().endsWith("-active"))
                    .forEach(Thread::interrupt);
            assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
        }
    }

    @Test
    void settleOptionPausesTheActiveThreadAfterASubmission() {
        EventLoop loop = loops.started(options -> options.withSettle(Duration.ofMillis(20)));
        long[] paused = new long[1];
        get(loop.enqueue(Lane.ACTIVE, () -> {
            long before = System.nanoTime();
            loop.next(() -> 1);
            paused[0] = System.nanoTime() - before;
        }));
        assertThat(Duration.ofNanos(paused[0])).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void stopReportFutureCanBeUsedLikeAnyOther() {
        EventLoop loop = loops.started();
        CompletableFuture<String> line = loop.stop(LONG).thenApply(StopReport::toString);
        assertThat(get(line)).startsWith("loop '" + loop.options().name() + "' stopped in ");
    }
}
