package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What waits for a further future, when the loop has stopped: it ends as that future does, or at once. */
class JoinedAfterStopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final EventLoop loop = loops.started();
    private final LoopFuture<Integer> done = loop.next(() -> 1);
    private final CompletableFuture<Integer> open = new CompletableFuture<>();

    @BeforeEach
    void stop() {
        get(done);
        get(loop.stop(LONG));
    }

    private LoopFuture<Integer> refused() {
        return loop.next(() -> 1);
    }

    private static void endsAs(int value, LoopFuture<Integer> handle) {
        assertThat(get(handle).intValue()).isEqualTo(value);
    }

    private static void isStopped(LoopFuture<?> handle) {
        assertThat(failureOf(handle)).isInstanceOf(CallStoppedException.class);
    }

    // ------------------------------------------------------------------ futures that have ended

    static Stream<Function<Integer, CompletionStage<Integer>>> ended() {
        return Stream.of(
                CompletableFuture::completedFuture,
                CompletableFuture::completedStage,
                LoopFuture::completed,
                value -> LoopFuture.completed(value).thenApply(same -> same));
    }

    @ParameterizedTest
    @MethodSource("ended")
    void compositionWithAFutureThatHasEndedEndsAsThatDid(Function<Integer, CompletionStage<Integer>> ended) {
        endsAs(8, refused().exceptionallyCompose(error -> ended.apply(8)));
        endsAs(2, done.thenCompose(one -> ended.apply(one + 1)));
        endsAs(3, done.thenCompose(one -> done.thenCompose(same -> ended.apply(3))));
    }

    @ParameterizedTest
    @MethodSource("ended")
    void combinationWithAFutureThatHasEndedEndsAsBothDid(Function<Integer, CompletionStage<Integer>> ended) {
        endsAs(3, done.thenCombine(ended.apply(2), Integer::sum));
        assertThat(failureOf(refused().thenCombine(ended.apply(2), Integer::sum)))
                .isInstanceOf(CallRejectedException.class);
        endsAs(1, done.applyToEither(ended.apply(2), value -> value));
    }

    @Test
    void compositionWithAFutureThatHasFailedFails() {
        LoopFuture<Integer> handle =
                done.thenCompose(one -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")));
        assertThat(failureOf(handle)).hasMessage("on purpose");
        assertThat(handle.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void compositionEndsBesideOneToWhoseEndCodeIsAttachedThatBlocks() {
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch blocks = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> first = done.thenCompose(one -> {
            pass(attached);
            return CompletableFuture.completedFuture(1);
        });
        CompletableFuture<?> behind = CompletableFuture.allOf(first).thenRun(() -> {
            blocks.countDown();
            pass(gate);
        });
        attached.countDown();
        pass(blocks);
        endsAs(2, done.thenCompose(one -> CompletableFuture.completedFuture(2)));
        gate.countDown();
        get(behind);
    }

    // ------------------------------------------------------------------ futures that are open

    @Test
    void compositionWithAnOpenFutureIsStopped() {
        LoopFuture<Integer> composed = done.thenCompose(one -> open);
        isStopped(composed);
        assertThat(composed.outcome()).isEqualTo(Outcome.STOPPED);
        isStopped(refused().exceptionallyCompose(error -> open));
        isStopped(done.thenCompose(one -> LoopFuture.completed(1).thenCombine(open, Integer::sum)));
        isStopped(done.thenCompose(one -> (LoopFuture<Integer>) done.<Integer>newIncompleteFuture()));
    }

    @Test
    void combinationOfASuccessWithAnOpenFutureIsStopped() {
        isStopped(done.thenCombine(open, Integer::sum));
        isStopped(done.thenApply(one -> one + 1).thenCombine(open, Integer::sum));
    }

    @Test
    void combinationOfAFailureWithAnOpenFutureFailsAtOnce() {
        assertThat(failureOf(refused().thenCombine(open, Integer::sum))).isInstanceOf(CallRejectedException.class);
        assertThat(failureOf(refused().thenApply(one -> one + 1).runAfterBoth(open, () -> {})))
                .isInstanceOf(CallRejectedException.class);
    }

    @Test
    void eitherOfAHandleOfTheLoopAndAnOpenFutureEndsAsTheHandleDoes() {
        endsAs(2, done.applyToEither(open, value -> value + 1));
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Integer> underWay = done.thenApply(one -> {
            pass(attached);
            return one + 1;
        });
        LoopFuture<Integer> either = underWay.applyToEither(open, value -> value + 1);
        attached.countDown();
        endsAs(3, either);
        assertThat(failureOf(refused().acceptEither(open, value -> {}))).isInstanceOf(CallRejectedException.class);
    }

    @Test
    void eitherOfTwoFuturesThatNoLoopEndsIsStopped() {
        LoopFuture<Integer> ofNobody = (LoopFuture<Integer>) done.<Integer>newIncompleteFuture();
        isStopped(ofNobody.applyToEither(open, value -> value));
        isStopped(ofNobody.thenCombine(open, Integer::sum));
    }

    // ------------------------------------------------------------------ futures that a loop ends

    @Test
    void compositionGoesOnToACallOfTheNextRun() {
        CountDownLatch gate = new CountDownLatch(1);
        loop.start();
        LoopFuture<Integer> composed = done.thenCompose(one -> loop.next(() -> {
            pass(gate);
            return one + 1;
        }));
        LoopFuture<Integer> combined = done.thenCombine(loop.next(() -> 2), Integer::sum);
        endsAs(3, combined);
        gate.countDown();
        endsAs(2, composed);
    }

    @Test
    void compositionGoesOnToACallOfAnotherLoop() {
        EventLoop other = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> slow = other.next(() -> {
            pass(gate);
            return 2;
        });
        LoopFuture<Integer> composed = refused().exceptionallyCompose(error -> slow);
        LoopFuture<Integer> combined = done.thenCombine(slow, Integer::sum);
        gate.countDown();
        endsAs(2, composed);
        endsAs(3, combined);
    }
}
