package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three or four operations run side by side and have one body. */
class SeveralOperationsTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Object> seen = new CopyOnWriteArrayList<>();

    private static int failing() throws IOException {
        throw new IOException("planted");
    }

    @Test
    void bodyGetsTheResultsOfThreeOnTheActiveThread() {
        EventLoop loop = loops.started();
        get(loop.next(() -> 1, () -> "two", () -> 3L, (a, b, c) -> {
            seen.addAll(List.of(a, b, c, loop.onActiveThread()));
        }));
        get(loop.work(() -> 4, () -> "five", () -> 6L, (a, b, c) -> seen.addAll(List.of(a, b, c))));
        assertThat(seen).containsExactly(1, "two", 3L, true, 4, "five", 6L);
    }

    @Test
    void bodyGetsTheResultsOfFourOnTheActiveThread() {
        EventLoop loop = loops.started();
        get(loop.next(() -> 1, () -> "two", () -> 3L, () -> '4', (a, b, c, d) -> {
            seen.addAll(List.of(a, b, c, d, loop.onActiveThread()));
        }));
        get(loop.work(() -> 5, () -> 6, () -> 7, () -> 8, (a, b, c, d) -> seen.addAll(List.of(a, b, c, d))));
        assertThat(seen).containsExactly(1, "two", 3L, '4', true, 5, 6, 7, 8);
    }

    @Test
    void resultThatIsNullReachesTheBody() {
        get(loops.started().next(() -> null, () -> 2, () -> null, () -> 4, (a, b, c, d) -> seen.add(a == c)));
        assertThat(seen).containsExactly(true);
    }

    @Test
    void fourRunSideBySide() {
        CountDownLatch together = new CountDownLatch(4);
        get(loops.started()
                .next(
                        () -> meet(together),
                        () -> meet(together),
                        () -> meet(together),
                        () -> meet(together),
                        (a, b, c, d) -> seen.add(a + b + c + d)));
        assertThat(seen).containsExactly(4);
    }

    private static int meet(CountDownLatch together) {
        together.countDown();
        pass(together);
        return 1;
    }

    @Test
    void failureOfOneIsThatOfTheCallAndNoBodyRuns() {
        EventLoop loop = loops.started();
        assertThat(failureOf(loop.next(() -> 1, SeveralOperationsTests::failing, () -> 3, (a, b, c) -> seen.add(a))))
                .hasMessage("planted");
        assertThat(failureOf(loop.next(
                        () -> 1, () -> 2, () -> 3, SeveralOperationsTests::failing, (a, b, c, d) -> seen.add(a))))
                .hasMessage("planted");
        assertThat(seen).isEmpty();
    }

    @Test
    void failureThatNobodyDealsWithIsToldOnce() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        // without a grace an operation that fails at once is told before the others are submitted
        EventLoop loop =
                loops.started(options -> options.withErrorHandler(failures::add).withUnobservedGrace(LONG));
        loop.next(
                SeveralOperationsTests::failing,
                SeveralOperationsTests::failing,
                SeveralOperationsTests::failing,
                SeveralOperationsTests::failing,
                (a, b, c, d) -> {});
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void cancelCancelsAllFour() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(4);
        CountDownLatch interrupted = new CountDownLatch(4);
        LoopFuture<Void> call = loop.next(
                () -> blockUntilInterrupted(running, interrupted),
                () -> blockUntilInterrupted(running, interrupted),
                () -> blockUntilInterrupted(running, interrupted),
                () -> blockUntilInterrupted(running, interrupted),
                (a, b, c, d) -> seen.add(a));
        pass(running);
        assertThat(call.cancel(true)).isTrue();
        pass(interrupted);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    private static int blockUntilInterrupted(CountDownLatch running, CountDownLatch interrupted) {
        running.countDown();
        try {
            block(new CountDownLatch(1));
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return 1;
    }

    @Test
    void timeoutIsThatOfTheWhole() {
        EventLoop loop = loops.started();
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Void> call = loop.call("slow")
                .timeout(Duration.ofMillis(20))
                .work(
                        () -> 1,
                        () -> 2,
                        () -> blockUntilInterrupted(new CountDownLatch(1), interrupted),
                        (a, b, c) -> seen.add(a));
        pass(interrupted);
        Loops.awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(seen).isEmpty();
    }

    @Test
    void whenThereIsNoPlaceForOneTheWholeIsRejected() {
        EventLoop loop = loops.made(options -> options.withPassive(lane -> lane.withCapacity(3)));
        LoopFuture<Void> call = loop.next(() -> 1, () -> 2, () -> 3, () -> 4, (a, b, c, d) -> seen.add(a));
        assertThat(call.outcome()).isEqualTo(Outcome.REJECTED);
        loop.start();
        get(loop.stop(LONG));
        assertThat(seen).isEmpty();
    }

    @Test
    void drainWaitsForTheBody() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        loop.next(() -> 1, () -> 2, () -> meetAt(gate), (a, b, c) -> seen.add(c));
        var stop = loop.stop(LONG);
        gate.countDown();
        assertThat(get(stop).isClean()).isTrue();
        assertThat(seen).containsExactly(1);
    }

    private static int meetAt(CountDownLatch gate) {
        pass(gate);
        return 1;
    }

    @Test
    void descriptionIsThatOfEachOperation() {
        EventLoop loop = loops.started(options -> options.withLimit("few", limit -> limit.withConcurrency(1)));
        get(loop.call("limited").limit("few").next(() -> 1, () -> 2, () -> 3, () -> 4, (a, b, c, d) -> seen.add(d)));
        assertThat(seen).containsExactly(4);
        assertThatThrownBy(() -> loop.call("keyed").key(1).next(() -> 1, () -> 2, () -> 3, (a, b, c) -> {}))
                .hasMessage(
                        "Operations that run side by side have no key: leave it out for call 'keyed', or submit them"
                                + " one by one");
    }

    @Test
    void failuresOfTheOthersAreSuppressedInTheFirst() {
        LoopFuture<Void> call = loops.started()
                .next(
                        () -> {
                            throw new IOException("first");
                        },
                        () -> 2,
                        () -> {
                            throw new IOException("third");
                        },
                        (a, b, c) -> seen.add(b));
        assertThat(failureOf(call))
                .hasMessage("first")
                .satisfies(first -> assertThat(first.getSuppressed())
                        .singleElement()
                        .satisfies(third -> assertThat(third).hasMessage("third")));
    }
}
