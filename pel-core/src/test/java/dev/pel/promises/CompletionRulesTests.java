package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallInfo;
import dev.pel.CallRejectedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.WaitOnLoopThreadException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules of the JDK's CompletableFuture that handles keep. */
class CompletionRulesTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop recording() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static Throwable seenBy(CompletableFuture<?> future) {
        return get(future.handle((value, error) -> error));
    }

    private static void throwIt(Exception error) throws Exception {
        throw error;
    }

    // ------------------------------------------------------------------ wrapping

    @Test
    void whatAnOperationOrABodyThrowsIsSeenWrappedByWhatIsAttached() {
        EventLoop loop = recording();
        IOException thrown = new IOException("x");
        List<LoopFuture<?>> calls = List.of(
                loop.next(() -> throwIt(thrown)),
                loop.next(() -> 1, one -> throwIt(thrown)),
                loop.enqueue(Lane.ACTIVE, () -> throwIt(thrown)),
                loop.delay(Duration.ofMillis(1), () -> throwIt(thrown)));
        for (LoopFuture<?> call : calls) {
            assertThat(seenBy(call))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(thrown);
            assertThatThrownBy(call::join)
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(thrown);
            assertThatThrownBy(call::get).hasCause(thrown);
        }
    }

    @Test
    void completionExceptionThatAnOperationThrowsIsNotWrappedAgain() {
        CompletionException thrown = new CompletionException(new IOException("x"));
        LoopFuture<?> call = recording().next(() -> throwIt(thrown));
        assertThat(seenBy(call)).isSameAs(thrown);
    }

    @Test
    void cancellationThatAnOperationThrowsIsAFailureAndNoCancellation() {
        CancellationException thrown = new CancellationException("of somebody else's future");
        LoopFuture<?> call = recording().next(() -> throwIt(thrown));
        assertThat(seenBy(call)).isExactlyInstanceOf(CompletionException.class).hasCause(thrown);
        assertThat(call.isCancelled()).isFalse();
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void endsThatOthersMakeAreSeenAsTheyAre() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        IOException given = new IOException("x");
        LoopFuture<?> cancelled = loop.next(() -> Loops.block(gate));
        LoopFuture<?> timedOut = loop.next(() -> Loops.block(gate)).orTimeout(1, TimeUnit.MILLISECONDS);
        LoopFuture<?> failed = loop.next(() -> Loops.block(gate));
        cancelled.cancel(true);
        failed.completeExceptionally(given);
        assertThat(seenBy(cancelled)).isExactlyInstanceOf(CancellationException.class);
        assertThat(seenBy(timedOut)).isExactlyInstanceOf(CallTimeoutException.class);
        assertThat(seenBy(failed)).isSameAs(given);
    }

    // ------------------------------------------------------------------ completeAsync

    private static LoopFuture<Integer> open(EventLoop loop) {
        return (LoopFuture<Integer>) loop.next(() -> 1).<Integer>newIncompleteFuture();
    }

    @Test
    void completeAsyncWrapsWhatTheSupplierThrows() {
        IllegalStateException thrown = new IllegalStateException("x");
        LoopFuture<Integer> future = open(recording()).completeAsync(() -> {
            throw thrown;
        });
        assertThat(seenBy(future))
                .isExactlyInstanceOf(CompletionException.class)
                .hasCause(thrown);
    }

    @Test
    void completeAsyncOnAFullLaneEndsTheFutureInsteadOfThrowing() {
        EventLoop loop = loops.started(
                options -> options.withActive(active -> active.withCapacity(1)).withErrorHandler(failures::add));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> future = open(loop);
        loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        loop.enqueue(Lane.ACTIVE, () -> {});
        assertThat(future.completeAsync(() -> 1)).isSameAs(future);
        assertThat(future.isCompletedExceptionally()).isTrue();
        gate.countDown();
        assertThat(Loops.failureOf(future)).isInstanceOf(CallRejectedException.class);
        assertThatThrownBy(future::join)
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CallRejectedException.class);
    }

    @Test
    void completeAsyncOfAnEndedFutureAsksForNoValue() {
        AtomicInteger asked = new AtomicInteger();
        LoopFuture<Integer> future = open(recording());
        future.complete(1);
        future.completeAsync(asked::incrementAndGet, Runnable::run);
        assertThat(asked).hasValue(0);
    }

    @Test
    void dependentWhoseExecutorRefusesEndsWithTheRefusalWrapped() {
        Executor refusing = command -> {
            throw new RejectedExecutionException("no");
        };
        LoopFuture<Integer> dependent = recording().next(() -> 1).thenApplyAsync(one -> one, refusing);
        assertThat(seenBy(dependent))
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    // ------------------------------------------------------------------ the minimal stage

    @Test
    void minimalStageCanOnlyBeContinuedAfter() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            pass(gate);
            return 1;
        });
        CompletionStage<Integer> stage = call.minimalCompletionStage();
        assertThat(stage instanceof Future).isFalse();
        assertThat(stage.thenApply(one -> one) instanceof Future).isFalse();
        CompletableFuture<Integer> copy = stage.toCompletableFuture();
        copy.complete(7);
        assertThat(call.isDone()).isFalse();
        List<Boolean> onActive = new ArrayList<>();
        CompletionStage<Integer> next = stage.thenApply(one -> one + 1)
                .whenComplete((two, error) -> onActive.add(loop.onActiveThread()))
                .thenCombine(stage, Integer::sum);
        gate.countDown();
        assertThat(get(next.toCompletableFuture())).isEqualTo(3);
        assertThat(onActive).containsExactly(true);
    }

    // ------------------------------------------------------------------ asking

    @Test
    void resultNowAndExceptionNowAnswerAsTheJdkDoes() {
        EventLoop loop = recording();
        IOException thrown = new IOException("x");
        LoopFuture<Integer> fine = loop.next(() -> 1);
        LoopFuture<?> failed = loop.next(() -> throwIt(thrown));
        LoopFuture<?> cancelled = open(loop);
        cancelled.cancel(true);
        LoopFuture<?> unfinished = open(loop);
        awaitDone(fine);
        awaitDone(failed);
        assertThat(fine.resultNow()).isEqualTo(1);
        assertThat(failed.exceptionNow()).isSameAs(thrown);
        for (LoopFuture<?> without : List.of(failed, cancelled, unfinished)) {
            assertThatThrownBy(without::resultNow).isInstanceOf(IllegalStateException.class);
        }
        for (LoopFuture<?> without : List.of(fine, cancelled, unfinished)) {
            assertThatThrownBy(without::exceptionNow).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void askingForTheExceptionDealsWithTheFailure() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofHours(1)).withErrorHandler(failures::add));
        LoopFuture<?> failed = loop.next(() -> throwIt(new IOException("x")));
        LoopFuture<?> other = loop.next(() -> throwIt(new IOException("y")));
        awaitDone(failed);
        awaitDone(other);
        assertThat(failed.exceptionNow()).isNotNull();
        assertThatThrownBy(other::resultNow).isInstanceOf(IllegalStateException.class);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void getWithoutTimeToWaitTimesOutAlsoOnTheActiveThread() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            pass(gate);
            return 1;
        });
        get(loop.enqueue(Lane.ACTIVE, () -> {
            assertThatThrownBy(() -> call.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> call.get(-1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> call.get(1, TimeUnit.NANOSECONDS)).isInstanceOf(WaitOnLoopThreadException.class);
        }));
        gate.countDown();
        assertThat(get(call)).isEqualTo(1);
    }

    @Test
    void getWithoutTimeToWaitRunsNoOtherOperation() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        AtomicInteger runs = new AtomicInteger();
        LoopFuture<Integer> outer = loop.next(() -> {
            LoopFuture<Integer> inner = loop.next(runs::incrementAndGet);
            assertThatThrownBy(() -> inner.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            return runs.get();
        });
        assertThat(get(outer)).isZero();
    }

    // ------------------------------------------------------------------ what it says of itself

    @Test
    void handlesSayTheirStateInTheWordsOfTheJdk() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.call("order").next(() -> {
            pass(gate);
            return 1;
        });
        String name = "call " + ((CallInfo) call).id() + " 'order' on PASSIVE";
        assertThat(call).hasToString(name + "[Not completed]");
        LoopFuture<Integer> dependent = call.thenApply(one -> one);
        assertThat(call).hasToString(name + "[Not completed, 1 dependents]");
        assertThat(dependent.toString()).endsWith("[Not completed]");
        gate.countDown();
        get(dependent);
        assertThat(call).hasToString(name + "[Completed normally]");
        assertThat(dependent.toString()).endsWith("[Completed normally]");
        LoopFuture<Integer> cancelled = open(loop);
        cancelled.cancel(true);
        assertThat(cancelled.toString())
                .endsWith("[Completed exceptionally: java.util.concurrent.CancellationException]");
    }
}
