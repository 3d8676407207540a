package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** How handles end, and who is told that he has ended one. The thread of the test is every thread of the loop. */
class LoopFutureTests {
    private final ManualMachine machine = new ManualMachine();
    private final List<Boolean> ended = new ArrayList<>();
    private Runnable onOpen = () -> {};
    private final LoopRun run = machine.running(EventLoopOptions.defaults().withPropagator(() -> () -> {
        onOpen.run();
        return () -> {};
    }));
    private final PoolLane lane = run.pool(Lane.PASSIVE);
    private final Worker worker = new Worker(lane, run, run.workers, 1, 1);

    private LoopFuture<String> future() {
        return new LoopFuture<>(run);
    }

    private Outcome outcomeOf(Throwable error) {
        LoopFuture<String> future = future();
        future.completeExceptionally(error);
        return future.outcome();
    }

    // ------------------------------------------------------------------ outcomes

    private Outcome outcomeOfEnd(Outcome outcome, Throwable error) {
        LoopFuture<String> future = future();
        future.end(outcome, null, error, false);
        return future.outcome();
    }

    @Test
    void outcomeOfAnyFutureSaysWhatItsEndIs() {
        assertThat(future().outcome()).isNull();
        assertThat(outcomeOfEnd(Outcome.FAILED, new IllegalStateException("x"))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOfEnd(Outcome.CANCELLED, new CancellationException())).isEqualTo(Outcome.CANCELLED);
        assertThat(outcomeOfEnd(Outcome.TIMED_OUT, new CallTimeoutException(Duration.ZERO)))
                .isEqualTo(Outcome.TIMED_OUT);
        assertThat(outcomeOfEnd(Outcome.STOPPED, new CallStoppedException("loop")))
                .isEqualTo(Outcome.STOPPED);
        assertThat(outcomeOfEnd(Outcome.REJECTED, run.state.notRunning(Lane.WORK)))
                .isEqualTo(Outcome.REJECTED);
    }

    @Test
    void whatIsTakenOverOrHandedOnIsAFailureWhateverItWas() {
        assertThat(outcomeOf(new IllegalStateException("x"))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOf(new CancellationException())).isEqualTo(Outcome.CANCELLED);
        assertThat(outcomeOf(new CallTimeoutException(Duration.ZERO))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOf(new CallStoppedException("loop"))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOf(run.state.notRunning(Lane.WORK))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOf(new CompletionException(new CancellationException())))
                .isEqualTo(Outcome.FAILED);
    }

    // ------------------------------------------------------------------ who ends it

    @Test
    void onlyTheFirstWhoEndsAFutureIsToldSo() {
        LoopFuture<String> future = future();
        assertThat(future.complete("first")).isTrue();
        assertThat(future.complete("second")).isFalse();
        assertThat(future.completeExceptionally(new IllegalStateException("x"))).isFalse();
        assertThat(future.cancel(true)).isFalse();
        assertThat(future.join()).isEqualTo("first");
    }

    @Test
    void whoeverCancelsACancelledFutureIsToldThatItIsCancelled() {
        LoopFuture<String> future = future();
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.complete("late")).isFalse();
    }

    /** Lets somebody end it twice, and keeps what he is told. */
    private <T> void endTwice(LoopFuture<T> handle) {
        ended.add(handle.complete(null));
        ended.add(handle.complete(null));
    }

    private void isToldOnce() {
        assertThat(ended).containsExactly(true, false);
    }

    private LoopFuture<Void> submit(Task operation, Task body) {
        return run.submissions.submit(Lane.PASSIVE, operation, body, null, null);
    }

    private void runOperation() {
        Call<?> call = lane.queue().poll();
        assertThat(call).isNotNull();
        worker.run(call, lane);
    }

    private void runBodies() {
        machine.onLongSleep.add(() -> run.state.change(LoopState.RUNNING, LoopState.STOPPING));
        machine.onLongSleep.add(() -> run.state.reach(StopPhase.SWEPT));
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        Thread.interrupted(); // of whoever ended a call that ran
    }

    @Test
    void whoeverEndsACallThatWaitsIsToldSo() {
        endTwice(submit(() -> {}, null));
        isToldOnce();
    }

    @Test
    void whoeverEndsACallThatIsJustTakenIsToldSo() {
        LoopFuture<Void> handle = submit(() -> {}, null);
        onOpen = () -> endTwice(handle);
        runOperation();
        isToldOnce();
        assertThat(handle.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void whoeverEndsACallThatRunsIsToldSo() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        handle.add(submit(() -> endTwice(handle.get(0)), null));
        runOperation();
        isToldOnce();
    }

    @Test
    void whoeverEndsACallWhoseBodyWaitsIsToldSo() {
        boolean[] ran = new boolean[1];
        LoopFuture<Void> handle = submit(() -> {}, () -> ran[0] = true);
        runOperation();
        endTwice(handle);
        runBodies();
        isToldOnce();
        assertThat(ran[0]).isFalse();
    }

    @Test
    void whoeverEndsACallWhoseBodyRunsIsToldSo() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        handle.add(submit(() -> {}, () -> endTwice(handle.get(0))));
        runOperation();
        runBodies();
        isToldOnce();
    }

    @Test
    void whoeverEndsATimerIsToldSo() {
        endTwice(run.submissions.delay(Duration.ofHours(1), () -> {}));
        isToldOnce();
    }

    @Test
    void whoeverCancelsATimerIsToldThatItIsCancelled() {
        LoopTimer timer = run.submissions.delay(Duration.ofHours(1), () -> {});
        assertThat(timer.cancel(false)).isTrue();
        assertThat(timer.cancel(false)).isTrue();
        LoopTimer ended = run.submissions.delay(Duration.ofHours(1), () -> {});
        ended.complete(null);
        assertThat(ended.cancel(false)).isFalse();
    }

    // ------------------------------------------------------------------ what it says of itself

    @Test
    void everyCallHasANumberOfItsOwn() {
        Call<?> plain = (Call<?>) submit(() -> {}, null);
        Task operation = () -> {};
        Call<?> labelled = (Call<?>)
                run.submissions.<Void>submit(Lane.WORK, operation, null, CallDetails.shared("statement"), null);
        assertThat(plain.id()).isPositive().isEqualTo(plain.id());
        assertThat(labelled.id()).isPositive().isEqualTo(labelled.id()).isNotEqualTo(plain.id());
    }

    @Test
    void callSaysWhatItIsAndHowItEnded() {
        Task operation = () -> {};
        Call<?> labelled = (Call<?>)
                run.submissions.<Void>submit(Lane.WORK, operation, null, CallDetails.shared("statement"), null);
        assertThat(labelled).hasToString("call %d 'statement' on WORK[Not completed]".formatted(labelled.id()));
        Call<?> plain = (Call<?>) submit(() -> {}, null);
        plain.cancel(false);
        assertThat(plain)
                .hasToString("call %d on PASSIVE[Completed exceptionally: java.util.concurrent.CancellationException]"
                        .formatted(plain.id()));
    }

    @Test
    void failureOfACallTellsItsAge() {
        Call<?> call = (Call<?>) submit(() -> {}, null);
        machine.clock += 700;
        Failure failure = call.failure(new IllegalStateException("x"), machine.clock);
        assertThat(failure.age()).isEqualTo(Duration.ofNanos(700));
        assertThat(failure.lane()).isEqualTo(Lane.PASSIVE);
        assertThat(failure.callId()).isEqualTo(call.id());
    }

    // ------------------------------------------------------------------ pairs

    @Test
    void pairThatIsRefusedLeavesNothingForTheStopToWaitFor() {
        CompletableFuture<String> outside = new CompletableFuture<>();
        assertThatNullPointerException().isThrownBy(() -> future().runAfterBothAsync(outside, () -> {}, null));
        assertThatNullPointerException().isThrownBy(() -> future().acceptEitherAsync(outside, one -> {}, null));
        assertThat(run.foreign.isEmpty()).isTrue();
    }
}
