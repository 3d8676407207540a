package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that wait for handles of their own loop, when no spare thread can be had. */
class HelpingWaitTests {
    /** Active, watch, one of each pool. */
    private static final int THREADS = 4;

    @RegisterExtension
    final Loops loops = new Loops();

    /** A machine that starts so many threads and no more, so there are no spare ones. */
    private static final class Poor extends ForwardingMachine {
        private final AtomicInteger startsLeft;

        Poor(int starts) {
            this.startsLeft = new AtomicInteger(starts);
        }

        @Override
        public void start(Thread thread) {
            if (startsLeft.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("unable to create native thread: the test's fault");
            }
            super.start(thread);
        }
    }

    /** A loop whose pools have one thread each, and never another one. */
    private EventLoop withoutSpareThreads() {
        EventLoop loop = loops.made(
                options -> options.withErrorHandler(failure -> {})
                        .withPassive(lane -> lane.withThreads(1))
                        .withWork(lane -> lane.withThreads(1)),
                new Poor(THREADS));
        loop.start();
        return loop;
    }

    private static LoopFuture<Integer> chain(EventLoop loop, int links) {
        LoopFuture<Integer> chain = loop.next(() -> 0);
        for (int i = 0; i < links; i++) {
            chain = chain.thenCompose(sum -> loop.next(() -> sum + 1));
        }
        return chain;
    }

    // ------------------------------------------------------------------ more waits than spare threads

    /** None begins before all are in the queue, so whatever the chains submit comes behind them. */
    private static void allOfThemJoinAChain(EventLoop loop, int operations) {
        CountDownLatch allAreQueued = new CountDownLatch(1);
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            calls.add(loop.next(() -> {
                pass(allAreQueued);
                return chain(loop, 1).join();
            }));
        }
        allAreQueued.countDown();
        for (LoopFuture<Integer> call : calls) {
            assertThat(get(call)).isEqualTo(1);
        }
    }

    @Test
    void thousandOperationsThatJoinChainsOnAPoolOfSixtyFourAllEnd() {
        allOfThemJoinAChain(loops.started(options -> options.withPassive(lane -> lane.withThreads(64))), 1_000);
    }

    @Test
    void fourThousandOperationsThatJoinChainsOnVirtualThreadsAllEnd() {
        assumeThat(JdkMachine.hasVirtualThreads()).isTrue();
        allOfThemJoinAChain(
                loops.started(options -> options.withPassive(lane ->
                        lane.withKind(ThreadKind.VIRTUAL).withThreads(64).withCapacity(20_000))),
                4_000);
    }

    @Test
    void operationsBehindOneThatTheyAllWaitForGetTheirTurn() {
        EventLoop loop = loops.started(options -> options.withPassive(lane -> lane.withThreads(4)));
        CountDownLatch allWait = new CountDownLatch(1);
        LoopFuture<Integer> shared = loop.next(() -> {
            pass(allWait);
            return chain(loop, 1).join();
        });
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            calls.add(loop.next(() -> shared.thenApply(one -> one + 1).join()));
        }
        allWait.countDown();
        for (LoopFuture<Integer> call : calls) {
            assertThat(get(call)).isEqualTo(2);
        }
    }

    // ------------------------------------------------------------------ without any spare thread

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100})
    void joinRunsWhatTheChainSubmitsLater(int links) {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> chain(loop, links).join()))).isEqualTo(links);
    }

    @Test
    void getRunsWhatTheChainSubmitsLater() {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> chain(loop, 3).get()))).isEqualTo(3);
        assertThat(get(loop.next(() -> chain(loop, 3).get(LONG.toSeconds(), TimeUnit.SECONDS))))
                .isEqualTo(3);
    }

    @Test
    void joinRunsWhatIsSubmittedOnTheThreadThatWaits() {
        EventLoop loop = withoutSpareThreads();
        AtomicReference<Thread> later = new AtomicReference<>();
        Thread waiting = get(loop.next(() -> {
            loop.next(() -> 1)
                    .thenCompose(one -> loop.next(() -> later.set(Thread.currentThread())))
                    .join();
            return Thread.currentThread();
        }));
        assertThat(later).hasValue(waiting);
    }

    @Test
    void joinRunsWhatChainsInsideOfChainsSubmit() {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> loop.next(() -> 1)
                        .thenCompose(one -> loop.next(() -> one)
                                .thenCompose(two -> loop.work(() -> two).thenApply(x -> x + 1)))
                        .thenCombine(chain(loop, 2), Integer::sum)
                        .exceptionallyCompose(error -> loop.next(() -> -1))
                        .join())))
                .isEqualTo(4);
    }

    @Test
    void joinRunsWhatFollowsAFailure() {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> loop.next(() -> {
                            if (loop.onActiveThread()) {
                                return 1;
                            }
                            throw new IllegalStateException("x");
                        })
                        .exceptionallyCompose(error -> loop.next(() -> 7))
                        .join())))
                .isEqualTo(7);
    }

    @Test
    void failureOfWhatIsSubmittedLaterReachesTheJoin() {
        EventLoop loop = withoutSpareThreads();
        LoopFuture<Object> call = loop.next(() -> loop.next(() -> 1)
                .thenCompose(one -> loop.next(() -> {
                    throw new IllegalStateException("later");
                }))
                .join());
        assertThat(failureOf(call)).hasMessage("later");
    }

    @Test
    void getOfAChainThatDoesNotGoOnTimesOutAndAsksNoLongerToBeTold() {
        EventLoop loop = withoutSpareThreads();
        CompletableFuture<Integer> never = new CompletableFuture<>();
        LoopFuture<Integer> first = loop.enqueue(Lane.ACTIVE, () -> {}).thenCompose(nothing -> never);
        LoopFuture<Integer> chain = first.thenCompose(one -> loop.next(() -> one + 1));
        assertThat(get(loop.next(() -> {
                    for (int i = 0; i < 20; i++) {
                        assertThatThrownBy(() -> chain.get(1, TimeUnit.MILLISECONDS))
                                .isInstanceOf(TimeoutException.class);
                    }
                    return chain.getNumberOfDependents();
                })))
                .as("what the waits have left behind")
                .isLessThan(3);
        never.complete(1);
        assertThat(get(chain)).isEqualTo(2);
    }

    @Test
    void interruptEndsTheGetOfAChainThatDoesNotGoOn() {
        EventLoop loop = withoutSpareThreads();
        CompletableFuture<Integer> never = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            LoopFuture<Integer> chain = loop.enqueue(Lane.ACTIVE, () -> {})
                    .thenCompose(nothing -> never)
                    .thenCompose(one -> loop.next(() -> one));
            waits.countDown();
            try {
                return chain.get();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        pass(waits);
        call.cancel(true);
        pass(interrupted);
    }

    @Test
    void operationOfAnotherLoopIsLeftToThatLoop() {
        EventLoop loop = loops.started(options -> options.withPassive(lane -> lane.withThreads(1)));
        EventLoop other = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        List<LoopFuture<?>> occupied = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            occupied.add(other.next(() -> pass(gate)));
        }
        AtomicReference<String> ranOn = new AtomicReference<>();
        LoopFuture<?> call = loop.next(() -> {
            LoopFuture<?> chain = loop.next(() -> 1).thenCompose(one -> {
                LoopFuture<?> foreign =
                        other.next(() -> ranOn.set(Thread.currentThread().getName()));
                return foreign.thenApply(nothing -> 1);
            });
            gate.countDown();
            return chain.join();
        });
        get(call);
        occupied.forEach(Loops::get);
        assertThat(ranOn.get()).startsWith(other.options().name() + "-passive-");
    }

    // ------------------------------------------------------------------ with a limit of time

    /** An operation that gives up waiting for another one, which waits for what the first one does after that. */
    private static LoopFuture<Integer> givesUp(EventLoop loop) {
        return loop.next(() -> {
            CountDownLatch gaveUp = new CountDownLatch(1);
            LoopFuture<Integer> other = loop.next(() -> {
                pass(gaveUp);
                return 1;
            });
            assertThatThrownBy(() -> other.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            gaveUp.countDown();
            return other.get(LONG.toSeconds(), TimeUnit.SECONDS);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void getWithALimitDoesNotRunWhatWaitsForWhatComesAfterIt(int threads) {
        EventLoop loop = loops.started(options -> options.withPassive(lane -> lane.withThreads(threads)));
        for (int i = 0; i < 10; i++) {
            assertThat(get(givesUp(loop))).isEqualTo(1);
        }
    }

    @Test
    @Tag("slow")
    void getWithALimitLeavesItToAThreadThatSleepsWhenNoSpareOneCanBeHad() {
        EventLoop loop = loops.made(
                options -> options.withPassive(lane -> lane.withThreads(2)).withWork(lane -> lane.withThreads(1)),
                new Poor(THREADS + 1));
        loop.start();
        PoolLane lane = ((PretendEventLoop) loop).loopRun().pool(Lane.PASSIVE);
        for (int i = 0; i < 10; i++) {
            await().atMost(LONG).until(lane::isAsleep);
            assertThat(get(givesUp(loop))).isEqualTo(1);
        }
    }

    @Test
    void getWithALimitOnAFullPoolRunsItWhenNoSpareThreadCanBeHad() {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> loop.next(Thread::currentThread).get(LONG.toSeconds(), TimeUnit.SECONDS)
                        == Thread.currentThread())))
                .isTrue();
    }

    // ------------------------------------------------------------------ where nothing helps

    private static int deeper(EventLoop loop, int depth) {
        return depth == 0 ? 0 : 1 + loop.next(() -> deeper(loop, depth - 1)).join();
    }

    @Test
    void joinsNestedTooDeepWithoutASpareThreadAreRefusedAndDoNotHang() {
        EventLoop loop = withoutSpareThreads();
        LoopFuture<Integer> deep = loop.next(() -> deeper(loop, 200));
        awaitDone(deep);
        Throwable cause = deep.error();
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause)
                .isInstanceOf(WaitOnLoopThreadException.class)
                .hasMessageStartingWith("join() would wait for a call that no thread is left to run: "
                        + loop.options().name() + "-passive-1 runs as many operations")
                .hasMessageContaining("lane PASSIVE of loop '" + loop.options().name() + "'")
                .hasMessageEndingWith("handle.thenCompose(value -> loop.next(operation)).");
        assertThat(get(loop.next(() -> 1))).as("the lane lives on").isEqualTo(1);
    }

    @Test
    void joinAtTheDeepestNestOfWhatEndsByItselfIsNotRefused() {
        EventLoop loop = withoutSpareThreads();
        assertThat(get(loop.next(() -> nested(
                        loop,
                        64,
                        () -> loop.enqueue(Lane.ACTIVE, () -> {})
                                .thenApply(nothing -> 5)
                                .join()))))
                .isEqualTo(5);
    }

    @Test
    void joinOfAChainAtTheDeepestNestWithoutASpareThreadIsRefused() {
        EventLoop loop = withoutSpareThreads();
        LoopFuture<Integer> deep = loop.next(() -> nested(loop, 64, () -> {
            CountDownLatch gate = new CountDownLatch(1);
            LoopFuture<Integer> chain =
                    loop.enqueue(Lane.ACTIVE, () -> pass(gate)).thenCompose(nothing -> loop.next(() -> 1));
            try {
                return chain.join();
            } finally {
                gate.countDown();
            }
        }));
        awaitDone(deep);
        assertThat(deep.error()).hasRootCauseInstanceOf(WaitOnLoopThreadException.class);
    }

    private static int nested(EventLoop loop, int depth, Callable<Integer> innermost) throws Exception {
        return depth == 0
                ? innermost.call()
                : loop.next(() -> nested(loop, depth - 1, innermost)).join();
    }

    @Test
    @Tag("slow")
    void joinOfAFoldOfChainsVisitsEachOnce() {
        EventLoop loop = loops.started(options -> options.withPassive(lane -> lane.withThreads(1)));
        assertThat(get(loop.next(() -> chain(loop, 20_000).join()))).isEqualTo(20_000);
    }
}
