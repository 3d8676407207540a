package dev.pel;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A timer: the handle of a body that runs on the active thread after a delay. Cancelled before it falls due, it leaves nothing behind. */
class LoopTimer extends Call<@Nullable Void> implements TimerHeap.Element, Arrivals.Element<LoopTimer> {
    /** Written by the active thread; volatile for threads that cancel: they or that thread see that the timer has to leave. */
    private volatile int heapSlot = -1;

    private long heapOrder;
    private @Nullable LoopTimer linked;

    LoopTimer(RunServices run, Duration delay, Task body, @Nullable CallDetails labelled) {
        this(run, delay, body, labelled, run.machine.nanoTime());
    }

    private LoopTimer(RunServices run, Duration delay, Task body, @Nullable CallDetails labelled, long now) {
        super(run, body, labelled, now);
        startsAt(now + Machine.nanos(delay));
    }

    /** The tick of a periodic timer, which takes context and details over from that. */
    LoopTimer(
            RunServices run, long dueAt, Task body, CallDetails details, ContextPropagator.@Nullable Snapshot context) {
        super(run, body, details, context, run.machine.nanoTime());
        startsAt(dueAt);
    }

    /** Whether it is the tick of a periodic timer. */
    boolean isPeriodic() {
        return false;
    }

    /** Whether a place among the pending timers is certain for it. */
    boolean hasPlace() {
        return false;
    }

    /** Unlike the end of another call, that of a timer that has fallen due is left to its body. */
    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        run.stack.ensureRoom();
        return cancelPending() || isCancelled();
    }

    private boolean cancelPending() {
        TimerCancelled why = new TimerCancelled(); // first: with no memory left for it the timer stays as it is
        if (!endPending(Outcome.CANCELLED)) {
            return false;
        }
        try {
            letGoOfCode();
            timerEnded(Outcome.CANCELLED);
            isAboutToBeTold();
        } finally {
            finish(Outcome.CANCELLED, why);
        }
        letGoOfContext();
        return true;
    }

    /** Ends it because it was not accepted. */
    final void refuse(CallRejectedException why, TimerCounters counters) {
        if (endPending(Outcome.REJECTED)) {
            counters.rejected();
            reject(why);
        } else { // a concurrent thread has cancelled the periodic timer, with this next tick, and counted the end
            counters.keepPlace();
            counters.accepted();
            run.state.wentIdle(); // a drain may have seen one place too few
        }
    }

    /** When it falls due; once its body has begun, when that was. */
    final long dueAt() {
        return startedAt();
    }

    @Override
    final boolean isTimer() {
        return true;
    }

    @Override
    public final boolean isOfTimer() {
        return true;
    }

    @Override
    final void timerEnded(Outcome outcome) {
        run.timerEnded(this, outcome);
    }

    /** Called once, before another thread sees the timer. */
    final void isNumber(long number) {
        heapOrder = number;
    }

    @Override
    public final int heapSlot() {
        return heapSlot;
    }

    @Override
    public final long heapOrder() {
        return heapOrder;
    }

    @Override
    public final void inHeap(int slot, long order) {
        heapSlot = slot;
        heapOrder = order;
    }

    @Override
    public final boolean isWanted() {
        return isPending();
    }

    @Override
    public final @Nullable LoopTimer linked() {
        return linked;
    }

    @Override
    public final void link(@Nullable LoopTimer timer) {
        linked = timer;
    }

    /** Without a stack trace, which would take more time and memory than the timer itself. */
    private static final class TimerCancelled extends CancellationException {
        private static final long serialVersionUID = 1L;

        TimerCancelled() {
            super("The timer was cancelled before it fell due");
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
