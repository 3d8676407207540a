package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallSpec;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Priority;
import dev.pel.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handles that code of users completes, and stages of others that are adopted. */
class PromiseTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    @Test
    void whatIsAttachedRunsOnTheActiveThreadWhoeverCompletesIt() {
        EventLoop loop = loop();
        LoopFuture<String> promise = loop.promise();
        LoopFuture<String> attached = promise.thenApply(value -> value + loop.onActiveThread());
        assertThat(promise.complete("value, ")).isTrue();
        assertThat(get(attached)).isEqualTo("value, true");
        assertThat(promise.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void secondCompletionChangesNothing() {
        LoopFuture<String> promise = loop().promise();
        promise.complete("first");
        assertThat(promise.complete("second")).isFalse();
        assertThat(get(promise)).isEqualTo("first");
    }

    @Test
    void failureWithWhichNobodyDealsReachesTheErrorHandler() {
        EventLoop loop = loop();
        loop.call("answer").promise().completeExceptionally(new IOException("planted"));
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessage("planted");
        assertThat(failures.get(0).toString()).contains("answer");
    }

    @Test
    void drainWaitsForAPromise() {
        EventLoop loop = loop();
        LoopFuture<Integer> promise = loop.promise();
        LoopFuture<Integer> attached = promise.thenApply(value -> value + 1);
        CompletableFuture<?> stop = loop.stop(LONG);
        assertThat(stop.isDone()).isFalse();
        promise.complete(1);
        get(stop);
        assertThat(get(attached)).isEqualTo(2);
    }

    @Test
    void forcedStopEndsAPromise() {
        EventLoop loop = loop();
        LoopFuture<?> promise = loop.promise();
        get(loop.forceStop());
        assertThat(promise.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void drainDoesNotWaitForABackgroundPromiseAndEndsIt() {
        EventLoop loop = loop();
        LoopFuture<?> promise = loop.call("next message").backgroundPromise();
        assertThat(get(loop.stop(LONG)).toString()).contains("drained");
        awaitDone(promise);
        assertThat(promise.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void backgroundPromiseMayBeCompleted() {
        EventLoop loop = loop();
        LoopFuture<Integer> promise = loop.call("next message").backgroundPromise();
        LoopFuture<Integer> attached = promise.thenApply(value -> value + 1);
        promise.complete(1);
        assertThat(get(attached)).isEqualTo(2);
    }

    @Test
    void promiseHasATimeout() {
        EventLoop loop = loop();
        LoopFuture<?> promise =
                loop.call("answer").timeout(Duration.ofMillis(5)).promise();
        assertThat(failureOf(promise))
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("Promise 'answer' had not ended");
    }

    @Test
    void loopThatDoesNotRunRejectsAPromise() {
        EventLoop loop = loop();
        get(loop.stop(LONG));
        LoopFuture<?> promise = loop.promise();
        assertThat(promise.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failureOf(promise)).isInstanceOf(CallRejectedException.class);
        assertThat(loop.call("late").backgroundPromise().outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void promiseIsDescribedByALabelAndATimeoutOnly() {
        CallSpec spec = loop().call("answer");
        for (CallSpec wrong : List.of(
                spec.key("key"),
                spec.retry(Retry.times(2)),
                spec.priority(Priority.LOW),
                spec.onlyWhile(() -> true),
                spec.cancelUpstream())) {
            for (Function<CallSpec, ?> verb : List.<Function<CallSpec, ?>>of(
                    CallSpec::promise, CallSpec::backgroundPromise, it -> it.script(s -> 1))) {
                assertThatThrownBy(() -> verb.apply(wrong))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'answer'")
                        .hasMessageContaining("leave it out");
            }
        }
    }

    // ------------------------------------------------------------------ adopt

    @Test
    void adoptedStageIsContinuedOnTheActiveThread() {
        EventLoop loop = loop();
        CompletableFuture<Integer> other = new CompletableFuture<>();
        LoopFuture<Boolean> attached = loop.adopt(other).thenApply(value -> loop.onActiveThread());
        other.complete(1);
        assertThat(get(attached)).isTrue();
    }

    @Test
    void adoptedStageFailsWithItsFailure() {
        EventLoop loop = loop();
        LoopFuture<?> adopted = loop.adopt(CompletableFuture.failedFuture(new IOException("planted")));
        assertThat(failureOf(adopted)).isInstanceOf(IOException.class).hasMessage("planted");
    }

    @Test
    void handleOfThisLoopIsAdoptedAsItIs() {
        EventLoop loop = loop();
        LoopFuture<Integer> call = loop.next(() -> 1);
        assertThat(loop.adopt(call)).isSameAs(call);
    }

    @Test
    void handleOfAnotherLoopIsContinuedOnThisOne() {
        EventLoop loop = loop();
        EventLoop other = loops.started();
        boolean onActiveThread = get(loop.adopt(other.next(() -> 1)).thenApply(value -> loop.onActiveThread()));
        assertThat(onActiveThread).isTrue();
    }

    @Test
    void endOfTheHandleLeavesTheStageAlone() {
        CompletableFuture<Integer> other = new CompletableFuture<>();
        loop().adopt(other).cancel(true);
        assertThat(other.complete(1)).isTrue();
    }

    @Test
    void adoptedStageThatIsNullIsRefused() {
        EventLoop loop = loop();
        assertThatThrownBy(() -> loop.adopt(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("stage");
    }

    // ------------------------------------------------------------------ cancel what waits

    @Test
    void cancelWaitingEndsTheCallsOfItsOwnConditionOnly() {
        EventLoop loop = loop();
        LoopFuture<Object> turn = loop.promise();
        LoopFuture<?> first = loop.call("first").key("k").next(() -> turn.join());
        CallSpec mine = loop.call("mine").key("k").onlyWhile(() -> true);
        List<LoopFuture<Integer>> waiting = List.of(mine.next(() -> 1), mine.next(() -> 2));
        LoopFuture<Integer> other = loop.call("other").key("k").next(() -> 3);
        LoopFuture<Integer> otherKey = mine.key("other").next(() -> 4);
        assertThat(mine.cancelWaiting()).isEqualTo(2);
        assertThat(waiting).extracting(LoopFuture::outcome).containsOnly(Outcome.CANCELLED);
        turn.complete(0);
        get(first);
        assertThat(get(other)).isEqualTo(3);
        assertThat(get(otherKey)).isEqualTo(4);
        assertThat(mine.cancelWaiting()).isZero();
    }

    @Test
    void cancelWaitingWithoutAKeyIsRefused() {
        CallSpec spec = loop().call("free");
        assertThatThrownBy(spec::cancelWaiting)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("'cancelWaiting' is for calls with a key, and 'free' has none: add key(…)");
    }

    @Test
    void stageThatCannotBeAskedIsTheFailureOfTheHandleAndHoldsNoDrain() {
        EventLoop loop = loop();
        LoopFuture<Object> adopted = loop.adopt(new CompletableFuture<>() {
            @Override
            public CompletableFuture<Object> whenComplete(BiConsumer<? super Object, ? super Throwable> action) {
                throw new IllegalStateException("planted");
            }
        });
        assertThat(failureOf(adopted)).hasMessage("planted");
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void adoptedStageThatIsCancelledIsNoFailure() {
        EventLoop loop = loop();
        CompletableFuture<Object> other = new CompletableFuture<>();
        LoopFuture<Object> adopted = loop.adopt(other);
        other.cancel(true);
        assertThat(adopted.outcome()).isEqualTo(Outcome.CANCELLED);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }
}
