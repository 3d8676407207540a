package dev.pel;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a periodic timer, made by {@link EventLoop#every}. Runs never overlap, and a failure of one does not end the timer: it reaches
 * the {@link ErrorHandler}, and the next run comes at its time.
 *
 * <p>It ends
 *
 * <ul>
 *   <li>as {@link Outcome#SUCCEEDED} after the last run of {@link PeriodicSpec#times},
 *   <li>as {@link Outcome#CANCELLED} by {@link #cancel}, from any thread, the timer's own runs included: no further run begins, a body that runs
 *       goes on to its end, and the call that is under way is cancelled as well,
 *   <li>as {@link Outcome#FAILED} after as many failures in a row as {@link PeriodicSpec#endAfterFailures} says,
 *   <li>as {@link Outcome#STOPPED} when the loop begins to stop, which waits for the run that is under way and for no other one,
 *   <li>as {@link Outcome#REJECTED} at once, when the loop does not run or has too many timers.
 * </ul>
 *
 * <p>Times are measured with the monotonic clock: a change of the date moves no run.
 */
@SuppressWarnings({"FutureReturnValueIgnored", "NonAtomicVolatileUpdate"
}) // of whenComplete; the active thread alone writes
public final class PeriodicTimer extends LoopFuture<@Nullable Void> {
    private final Rhythm rhythm;
    private final long interval;
    private final Timers timers;
    private final CallDetails details;
    private final ContextPropagator.@Nullable Snapshot context;

    /** Whether each run is a call; else it is a body. */
    private final boolean isOfCalls;

    /** What each run does on the active thread. Null when a run is a call, and at the end, as the next one. */
    private volatile @Nullable Task body;

    /** Submits the call of a run. */
    private volatile @Nullable Supplier<LoopFuture<?>> calls;

    /** The one that is pending, or was last. */
    private volatile @Nullable Tick tick;

    /** The call that is under way. Written by the active thread, as all that follows. */
    private volatile @Nullable LoopFuture<?> call;

    private volatile long runs;
    private volatile long missed;
    private volatile long failures;

    /** When the next tick is due. Confined to the active thread once the first is set, as the next two. */
    private long dueAt;

    private int failuresInARow;

    /** How many ticks of {@link MissedTicks#CATCH_UP} came while a call was under way. */
    private long backlog;

    private PeriodicTimer(
            RunServices run,
            Timers timers,
            Rhythm rhythm,
            CallDetails details,
            @Nullable Task body,
            @Nullable Supplier<LoopFuture<?>> calls) {
        super(run);
        this.rhythm = rhythm;
        this.interval = Machine.nanos(rhythm.interval());
        this.timers = timers;
        this.details = details;
        this.context = run.propagators.capture();
        this.body = body;
        this.calls = calls;
        this.isOfCalls = calls != null;
        this.dueAt = run.machine.nanoTime() + Machine.nanos(rhythm.first());
    }

    /** One whose runs are bodies. */
    static PeriodicTimer ofBody(RunServices run, Timers timers, Rhythm rhythm, CallDetails details, Task body) {
        return started(new PeriodicTimer(run, timers, rhythm, details, body, null));
    }

    /** One whose runs are calls. */
    static PeriodicTimer ofCall(
            RunServices run, Timers timers, Rhythm rhythm, CallDetails details, Supplier<LoopFuture<?>> calls) {
        return started(new PeriodicTimer(run, timers, rhythm, details, null, calls));
    }

    private static PeriodicTimer started(PeriodicTimer timer) {
        timer.setTick(true);
        return timer;
    }

    /**
     * How many runs have begun. From any thread.
     *
     * @return the number; while a stop begins, a run that it refuses may be counted for an instant, also when the timer has just ended by that
     */
    public long runs() {
        return runs;
    }

    /**
     * How many ticks got no run, see {@link MissedTicks}. From any thread.
     *
     * @return the number
     */
    public long missed() {
        return missed;
    }

    /**
     * How many runs have failed. From any thread.
     *
     * @return the number
     */
    public long failures() {
        return failures;
    }

    // ------------------------------------------------------------------ ticks

    private void setTick(boolean isFirst) {
        Tick next = new Tick(run, dueAt, this, isFirst, details, context);
        tick = next;
        timers.submit(next);
        if (next.isRefused() && isFirst) {
            end(Outcome.REJECTED, null, Causes.cause(Objects.requireNonNull(next.error())), false);
        } else if (next.isRefused()) {
            stop(); // its place was certain: the loop does not run any more
        } else if (isDone()) { // a concurrent thread has ended this, and may not have seen the tick
            next.cancel(false);
        }
    }

    /** The body of a tick. */
    void tick() throws Exception {
        assert run.threads.isActiveCurrent();
        if (run.state() != LoopState.RUNNING) {
            stopUnlessCallRuns(); // the tick fell due before the stop has come to it
            return;
        }
        Task code = body;
        if (isDone()) {
            return;
        }
        advance();
        if (isOfCalls) {
            tickCall();
            return;
        }
        runs++;
        try {
            Objects.requireNonNull(code).run();
        } catch (Throwable e) {
            hasRun(e);
            throw e; // to the error handler
        }
        hasRun(null);
    }

    /** Says when the next tick is due on the grid, and counts those that are skipped up to there. */
    private void advance() {
        if (rhythm.missed() == MissedTicks.SKIP) {
            long skipped = (run.machine.nanoTime() - dueAt) / interval;
            misses(skipped);
            dueAt += skipped * interval;
        }
        if (rhythm.hasGrid()) {
            dueAt += interval;
        }
    }

    private void misses(long ticks) {
        if (ticks > 0) {
            missed += ticks;
            timers.counters().missed(ticks);
        }
    }

    /** A run has ended, and the next one is to come unless that was the last. */
    private void hasRun(@Nullable Throwable error) {
        Throwable failed = error;
        while (!isOver(failed)) {
            if (backlog == 0) {
                setNextTick();
                return;
            }
            backlog--;
            failed = startCall();
            if (failed == null) {
                return;
            }
        }
    }

    /** Unless the tick of the call that has ended has set it already. */
    private void setNextTick() {
        if (!isOfCalls || !rhythm.hasGrid()) {
            if (!rhythm.hasGrid()) {
                dueAt = run.machine.nanoTime() + interval;
            }
            setTick(false);
        }
    }

    /** Whether this has ended, or ends now, after a run that ended with this error, if any. */
    private boolean isOver(@Nullable Throwable error) {
        if (error == null) {
            failuresInARow = 0;
        } else {
            failures++;
            failuresInARow++;
        }
        if (isDone()) {
            return true;
        } else if (error != null && rhythm.isGivenUp(failuresInARow)) {
            end(Outcome.FAILED, null, givenUp(error), false);
        } else if (rhythm.isOver(runs)) {
            end(Outcome.SUCCEEDED, null, null, false);
        } else if (run.state() != LoopState.RUNNING) {
            stop();
        }
        return isDone();
    }

    private Throwable givenUp(Throwable error) {
        return new CompletionException(new IllegalStateException(
                "%s has ended after %s"
                        .formatted(
                                CallNames.atTheBeginning(description()),
                                failuresInARow == 1
                                        ? "1 failure, which is the cause"
                                        : failuresInARow + " failures in a row, of which the last is the cause"),
                Causes.cause(error)));
    }

    // ------------------------------------------------------------------ calls

    private void tickCall() {
        if (call == null) {
            Throwable failed = startCall();
            if (failed != null) {
                hasRun(failed);
            }
        } else if (rhythm.missed() == MissedTicks.CATCH_UP) {
            backlog++;
        } else {
            misses(1);
        }
        if (rhythm.hasGrid() && !isDone() && !rhythm.isOver(runs + backlog)) {
            setTick(false);
        }
    }

    /** Returns why the call has ended at once; null when its end comes later. */
    private @Nullable Throwable startCall() {
        Supplier<LoopFuture<?>> submitting = calls;
        if (submitting == null) {
            return null; // a concurrent thread has ended this
        }
        runs++;
        LoopFuture<?> begun;
        try {
            begun = submitting.get();
        } catch (Throwable e) { // of pel, or no memory is left
            run.report(failure(e, run.machine.nanoTime()), context);
            return e;
        }
        if (begun.isRefused()) { // told with the refusals: nothing is attached, which would count as a look at it
            return isRefusedByStop() ? null : begun.error();
        }
        call = begun;
        if (isDone()) { // a concurrent thread has ended this, and may not have seen the call
            begun.cancel(true);
        }
        begun.whenComplete((value, error) -> callEnded(begun, error));
        return null;
    }

    /** A run that the stop has refused has not begun, and is no failed one. */
    private boolean isRefusedByStop() {
        if (run.state.accepts()) {
            return false;
        }
        runs--;
        stop();
        return true;
    }

    /** On the active thread. To attach something counts as dealing with a failure, so it is told here. */
    private void callEnded(LoopFuture<?> ended, @Nullable Throwable error) {
        call = null;
        Outcome outcome = ended.outcome();
        if (outcome == Outcome.STOPPED) {
            stop(); // its last run was cut off
            return;
        }
        if (error != null && (outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT)) {
            run.report(ended.failure(Causes.cause(error), run.machine.nanoTime()), ended.context());
        }
        hasRun(outcome == Outcome.CANCELLED ? null : error); // nobody wanted that run
    }

    // ------------------------------------------------------------------ the end

    /** A tick has been ended from outside, on any thread: the loop stops. */
    void tickEnded(Outcome outcome) {
        if (outcome == Outcome.STOPPED) {
            stopUnlessCallRuns();
        }
    }

    private void stopUnlessCallRuns() {
        if (call == null || run.isOver()) { // else the end of the call ends this
            stop();
        }
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            body = null;
            calls = null;
            Tick pending = tick;
            if (pending != null) {
                pending.cancel(false);
            }
            LoopFuture<?> running = call;
            if (running != null) {
                running.cancel(interrupt);
            }
        }
        return ended;
    }

    @Override
    boolean isBound() {
        return true;
    }

    @Override
    CallDetails ownDetails() {
        return details;
    }

    @Override
    String description() {
        return CallNames.ofCall("periodic timer", details.label());
    }
}
