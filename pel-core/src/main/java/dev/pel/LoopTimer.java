package dev.pel;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A timer: the handle of a body that runs on the active thread after a delay. It ends when the body has.
 *
 * <p>Cancelled before it falls due, it leaves nothing behind. It holds no thread of a pool while it waits.
 */
public final class LoopTimer extends Call<@Nullable Void> implements TimerHeap.Element, Arrivals.Element<LoopTimer> {
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

    /**
     * How long it takes until the timer falls due.
     *
     * @return the time on the monotonic clock; zero or negative when it is past
     */
    public Duration remaining() {
        return Duration.ofNanos(dueAt() - run.machine.nanoTime());
    }

    /**
     * Cancels the timer, unless it has fallen due: when this returns true its body never runs.
     *
     * @param mayInterruptIfRunning has no effect: bodies are not interrupted
     * @return whether the timer is cancelled
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        run.stack.ensureRoom();
        return cancelPending() || isCancelled();
    }

    private boolean cancelPending() {
        if (!endPending(Outcome.CANCELLED)) {
            return false;
        }
        try {
            letGoOfCode();
            timerEnded(Outcome.CANCELLED);
        } finally {
            finish(Outcome.CANCELLED, new TimerCancelled());
        }
        letGoOfContext();
        return true;
    }

    /** When it falls due; once its body has begun, when that was. */
    long dueAt() {
        return startedAt();
    }

    @Override
    boolean isTimer() {
        return true;
    }

    @Override
    public boolean isOfTimer() {
        return true;
    }

    @Override
    void timerEnded(Outcome outcome) {
        run.timerEnded(this, outcome);
    }

    /** Called once, before another thread sees the timer. */
    void isNumber(long number) {
        heapOrder = number;
    }

    @Override
    public int heapSlot() {
        return heapSlot;
    }

    @Override
    public long heapOrder() {
        return heapOrder;
    }

    @Override
    public void inHeap(int slot, long order) {
        heapSlot = slot;
        heapOrder = order;
    }

    @Override
    public boolean isWanted() {
        return isPending();
    }

    @Override
    public @Nullable LoopTimer linked() {
        return linked;
    }

    @Override
    public void link(@Nullable LoopTimer timer) {
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
