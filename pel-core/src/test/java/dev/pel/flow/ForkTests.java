package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Computations that are split over the work lane. */
class ForkTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop loop(int workThreads) {
        return loops.started(options ->
                options.withWork(work -> work.withThreads(workThreads)).withErrorHandler(failures::add));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void resultsComeInTheOrderOfTheParts() {
        EventLoop loop = loop(2);
        assertThat(get(loop.fork(numbers(10), 3, part -> part)))
                .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, 7, 8), List.of(9));
    }

    @Test
    void partsAreFourForEachWorkThread() {
        EventLoop loop = loop(2);
        assertThat(get(loop.fork(numbers(800), List::size))).hasSize(8).containsOnly(100);
        assertThat(get(loop.fork(numbers(3), List::size))).containsExactly(1, 1, 1);
        assertThat(get(loop.fork(List.of(), List::size))).isEmpty();
    }

    @Test
    void partsRunSideBySideOnWorkThreads() {
        EventLoop loop = loop(3);
        CountDownLatch all = new CountDownLatch(3);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        get(loop.fork(numbers(3), 1, part -> {
            threads.add(Thread.currentThread().getName());
            all.countDown();
            Loops.block(all); // each waits for the others
            return part;
        }));
        assertThat(threads).hasSize(3).allMatch(name -> name.contains("-work-"));
    }

    @Test
    void activeThreadGetsAHandleAndDoesNotWait() {
        EventLoop loop = loop(1);
        LoopFuture<Long> sum = loop.enqueue(Lane.ACTIVE, () -> loop.fork(numbers(1_000), ForkTests::sum))
                .thenCompose(fork -> fork)
                .thenApply(ForkTests::total);
        assertThat(get(sum)).isEqualTo(499_500);
    }

    private static long sum(List<Integer> part) {
        return part.stream().mapToLong(i -> i).sum();
    }

    private static long total(List<Long> sums) {
        return sums.stream().mapToLong(i -> i).sum();
    }

    // ------------------------------------------------------------------ forks in forks

    /** Splits in two until there is one number, and waits for both halves. */
    private static long sumByHalves(EventLoop loop, List<Integer> items) {
        return items.size() < 2
                ? sum(items)
                : loop.fork(items, (items.size() + 1) / 2, part -> sumByHalves(loop, part))
                        .thenApply(ForkTests::total)
                        .join();
    }

    @Test
    void partsMayForkAgainOnTheOnlyThread() {
        EventLoop loop = loop(1);
        assertThat(get(loop.work(() -> sumByHalves(loop, numbers(500))))).isEqualTo(124_750);
    }

    @Test
    void partsMayForkAgainWhereManyThreadsWait() {
        EventLoop loop = loop(4);
        List<LoopFuture<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sums.add(loop.work(() -> sumByHalves(loop, numbers(200))));
        }
        sums.forEach(sum -> assertThat(get(sum)).isEqualTo(19_900));
    }

    @Test
    void forksInForksMayBeDeep() {
        EventLoop loop = loop(1);
        assertThat(get(loop.work(() -> depth(loop, 60)))).isEqualTo(60);
    }

    private static int depth(EventLoop loop, int left) {
        return left == 0
                ? 0
                : 1
                        + loop.fork(List.of(left), part -> depth(loop, left - 1))
                                .join()
                                .get(0);
    }

    @Test
    void passiveOperationHelpsWithItsPartsWhenTheWorkLaneIsBusy() {
        EventLoop loop = loop(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> busy = loop.work(() -> Loops.block(gate));
        LoopFuture<Long> sum =
                loop.next(() -> total(loop.fork(numbers(100), ForkTests::sum).join()));
        assertThat(get(sum)).isEqualTo(4_950);
        gate.countDown();
        get(busy);
    }

    // ------------------------------------------------------------------ failure, cancel, stop

    @Test
    void firstFailureIsThatOfTheWholeAndTheRestDoesNotRun() {
        EventLoop loop = loop(1);
        AtomicInteger ran = new AtomicInteger();
        LoopFuture<List<Integer>> fork = loop.fork(numbers(100), 1, part -> {
            ran.incrementAndGet();
            if (part.get(0) == 3) {
                throw new IOException("planted");
            }
            return part.get(0);
        });
        assertThat(failureOf(fork)).isInstanceOf(IOException.class).hasMessage("planted");
        assertThat(ran.get()).isEqualTo(4);
    }

    @Test
    void partsThatRunAreInterruptedByTheFailureOfAnother() {
        EventLoop loop = loop(2);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<List<Integer>> fork = loop.fork(numbers(2), 1, part -> {
            if (part.get(0) == 1) {
                Loops.block(running);
                throw new IOException("planted");
            }
            running.countDown();
            try {
                Loops.block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return 0;
        });
        assertThat(failureOf(fork)).hasMessage("planted");
        Loops.pass(interrupted);
    }

    @Test
    void cancelOfTheHandleCancelsThePartsThatHaveNotBegun() {
        EventLoop loop = loop(1);
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        LoopFuture<List<Integer>> fork = loop.fork(numbers(100), 1, part -> {
            ran.incrementAndGet();
            running.countDown();
            Loops.block(new CountDownLatch(1));
            return 0;
        });
        Loops.pass(running);
        assertThat(fork.cancel(true)).isTrue();
        Loops.until(() -> loop.size(Lane.WORK) == 0 && loop.running(Lane.WORK) == 0);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(ran.get()).isOne();
        assertThat(failures).isEmpty();
    }

    @Test
    void failureAtWhichNobodyLooksReachesTheErrorHandlerOnce() {
        EventLoop loop = loop(2);
        awaitDone(loop.fork(numbers(100), 1, part -> {
            if (part.get(0) == 0) {
                throw new IOException("planted");
            }
            return 0;
        }));
        Loops.until(() -> !failures.isEmpty());
        get(loop.stop(LONG));
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.error()).hasMessage("planted"));
    }

    /** Nothing can hold up the submission between the part and the look for failures, so many rounds try to meet that instant. */
    @Test
    void partThatFailsWhileItIsSubmittedFailsOnce() {
        EventLoop loop = loop(1);
        int forks = 5_000;
        for (int i = 0; i < forks; i++) {
            awaitDone(loop.fork(numbers(1), 1, part -> {
                throw new IOException("planted");
            }));
        }
        get(loop.stop(LONG));
        assertThat(failures).hasSize(forks).noneMatch(Failure::late);
    }

    @Test
    void stopEndsAForkThatDoesNotEnd() {
        EventLoop loop = loop(1);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<List<Integer>> fork = loop.fork(numbers(10), 1, part -> {
            running.countDown();
            Loops.block(new CountDownLatch(1));
            return 0;
        });
        Loops.pass(running);
        get(loop.forceStop());
        assertThat(failureOf(fork)).isInstanceOf(CallStoppedException.class);
    }

    @Test
    void loopThatHasStoppedRejectsAFork() {
        EventLoop loop = loop(1);
        get(loop.stop(LONG));
        LoopFuture<List<Integer>> fork = loop.fork(numbers(10), List::size);
        assertThat(fork.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failureOf(fork)).isInstanceOf(CallRejectedException.class);
    }

    @Test
    void forkForWhichThereIsNoRoomIsRefusedAsAWhole() {
        EventLoop loop = loops.started(options ->
                options.withWork(work -> work.withThreads(1).withCapacity(3)).withErrorHandler(failures::add));
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> busy = loop.work(() -> Loops.block(gate));
        Loops.until(() -> loop.running(Lane.WORK) == 1);
        AtomicInteger ran = new AtomicInteger();
        LoopFuture<List<Integer>> fork = loop.fork(numbers(10), 1, part -> ran.incrementAndGet());
        assertThat(failureOf(fork)).isInstanceOf(CallRejectedException.class);
        gate.countDown();
        get(busy);
        get(loop.stop(LONG));
        assertThat(ran.get()).isZero();
        assertThat(fork.outcome()).isEqualTo(Outcome.REJECTED);
    }

    // ------------------------------------------------------------------ bad input

    @Test
    @SuppressWarnings("NullAway")
    void wrongValuesAreNamed() {
        EventLoop loop = loop(1);
        for (int wrong : new int[] {0, -1}) {
            assertThatThrownBy(() -> loop.fork(numbers(3), wrong, List::size))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'chunkSize' must be at least 1 but was " + wrong);
        }
        assertThatThrownBy(() -> loop.fork((List<Integer>) null, 1, List::size))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.fork((List<Integer>) null, List::size)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.fork(numbers(3), null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void partCannotChangeTheList() {
        EventLoop loop = loop(1);
        List<Integer> items = new ArrayList<>(numbers(3));
        assertThat(failureOf(loop.fork(items, part -> {
                    part.clear();
                    return 1;
                })))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(items).isEqualTo(numbers(3));
    }
}
