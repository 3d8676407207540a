package dev.pel.spring;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;

/**
 * A task of {@link LoopTaskScheduler}. It lives until it is cancelled or has no next run, also over stops of the loop: these end its timer, and
 * the next start sets another one.
 */
final class ScheduledTask implements ScheduledFuture<@Nullable Object> {
    private final EventLoop loop;
    private final Clock clock;
    private final ScheduledRhythm rhythm;
    private final Consumer<ScheduledTask> whenOver;
    private final CompletableFuture<@Nullable Object> end = new CompletableFuture<>();

    /** The present one. Guarded by this. */
    private @Nullable LoopFuture<?> timer;

    /** How many timers have been set. A run of another one than the last is one that a stop could not end. Guarded by this. */
    private int armed;

    /** Whether a stop of the loop came before the next timer was set. Guarded by this. */
    private boolean waitsForStart;

    /**
     * Without a timer.
     *
     * @param loop runs the task
     * @param clock that of the loop
     * @param rhythm when the task runs
     * @param whenOver told when there is no further run
     */
    ScheduledTask(EventLoop loop, Clock clock, ScheduledRhythm rhythm, Consumer<ScheduledTask> whenOver) {
        this.loop = loop;
        this.clock = clock;
        this.rhythm = rhythm;
        this.whenOver = whenOver;
    }

    /**
     * Sets the first timer.
     *
     * @throws TaskRejectedException when the loop does not accept it
     */
    synchronized void arm() {
        TaskRejectedException refused = set();
        if (refused != null) {
            over(refused);
            throw refused;
        }
    }

    /** Which timer is the last one. */
    synchronized int armed() {
        return armed;
    }

    /**
     * Sets the next timer after a run of the last one.
     *
     * @param turn that of the run
     * @throws TaskRejectedException when the loop runs, and does not accept it
     */
    synchronized void armAfter(int turn) {
        if (turn == armed) {
            armOrWait();
        }
    }

    /**
     * Sets the timer anew that a stop of the loop has ended.
     *
     * @throws TaskRejectedException when the loop runs, and does not accept it
     */
    synchronized void armAgain() {
        boolean isStopped = waitsForStart || (timer != null && timer.outcome() == Outcome.STOPPED);
        if (isStopped && loop.state() == LoopState.RUNNING) {
            armOrWait();
        }
    }

    /** When the loop has stopped meanwhile, its next start sets the timer: that comes after this, or waits for the lock. */
    private void armOrWait() {
        TaskRejectedException refused = set();
        if (refused == null) {
            return;
        }
        if (refused.getCause() instanceof CallRejectedException reason && !reason.isFull()) {
            waitsForStart = true;
        } else {
            over(refused);
            throw refused;
        }
    }

    private @Nullable TaskRejectedException set() {
        if (end.isDone()) {
            return null;
        }
        waitsForStart = false;
        armed++;
        LoopFuture<?> next = rhythm.arm(this);
        timer = next;
        return next != null && next.outcome() == Outcome.REJECTED ? refused(next) : null;
    }

    private static TaskRejectedException refused(LoopFuture<?> timer) {
        try {
            timer.join(); // it is done
            throw new IllegalStateException("A timer that was refused must have failed");
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new TaskRejectedException("The loop does not accept the timer: " + cause.getMessage(), cause);
        }
    }

    /** There is no further run. */
    void over(@Nullable Throwable failure) {
        if (failure == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(failure);
        }
        whenOver.accept(this);
    }

    // ------------------------------------------------------------------ as the JDK's

    /** No further run begins; one that is under way on the active thread goes on to its end, whatever is given. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = end.cancel(false);
        synchronized (this) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
        whenOver.accept(this);
        return cancelled;
    }

    @Override
    public boolean isCancelled() {
        return end.isCancelled();
    }

    @Override
    public boolean isDone() {
        return end.isDone();
    }

    @Override
    public @Nullable Object get() throws InterruptedException, ExecutionException {
        refuseOnActiveThread();
        return end.get();
    }

    @Override
    public @Nullable Object get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        refuseOnActiveThread();
        return end.get(timeout, unit);
    }

    private void refuseOnActiveThread() {
        if (!isDone() && loop.onActiveThread()) {
            throw new IllegalStateException(
                    "A scheduled task runs on the active thread, so to wait for it there would never end: schedule what comes next, or call it at the end of the task");
        }
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(Duration.between(clock.instant(), rhythm.due()));
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
