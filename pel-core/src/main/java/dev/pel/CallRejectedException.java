package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call was not accepted. The call's handle carries it; only {@link EventLoop#executor(Lane)} throws it, as the
 * contract of {@code Executor} demands.
 */
public final class CallRejectedException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    private static final VarHandle WINDOW;

    static {
        try {
            WINDOW = MethodHandles.lookup().findVarHandle(CallRejectedException.class, "window", RefusalWindow.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lane lane;
    private final int capacity;
    private final LoopState state;
    private final boolean full;

    /** Where it is counted until somebody looks at the handle. Set before anybody has the handle. */
    private transient volatile @Nullable RefusalWindow window;

    private CallRejectedException(String message, Lane lane, int capacity, LoopState state, boolean full) {
        super(message);
        this.lane = lane;
        this.capacity = capacity;
        this.state = state;
        this.full = full;
    }

    static CallRejectedException full(String loop, Lane lane, int capacity) {
        return new CallRejectedException(
                ("The %s lane of loop '%s' is full: %d are waiting, its capacity is %d. Submit less (watch the pressure events"
                                + " or isFull), or raise the lane's capacity.")
                        .formatted(lane, loop, capacity, capacity),
                lane,
                capacity,
                LoopState.RUNNING,
                true);
    }

    static CallRejectedException timersFull(String loop, int capacity) {
        return new CallRejectedException(
                ("Loop '%s' has %d timers pending, which is its timer capacity. Cancel timers that are no longer needed, or"
                                + " raise the timer capacity.")
                        .formatted(loop, capacity),
                Lane.ACTIVE,
                capacity,
                LoopState.RUNNING,
                true);
    }

    static CallRejectedException notRunning(String loop, Lane lane, int capacity, LoopState state) {
        return new CallRejectedException(
                "Loop '%s' does not accept calls: its state is %s. %s".formatted(loop, state, advice(state)),
                lane,
                capacity,
                state,
                false);
    }

    private static String advice(LoopState state) {
        return switch (state) {
            case DRAINING -> "It is draining: only operations and bodies that are under way may still submit.";
            case STOPPING -> "It is stopping, and can be started again once the report of the stop is there.";
            case STOPPED ->
                "It accepts calls again when it has been started again: in a Spring application by the context or the"
                        + " endpoint's start, and elsewhere by start().";
            case NEW, RUNNING -> "Try again.";
        };
    }

    void countedIn(RefusalWindow where) {
        window = where;
    }

    @Nullable RefusalWindow window() {
        return window;
    }

    /** Somebody has looked at the handle, or at what took its end over, and so knows of the refusal. The first one takes it back. */
    void lookedAt() {
        RefusalWindow counted = window == null ? null : (RefusalWindow) WINDOW.getAndSet(this, null);
        if (counted != null) {
            counted.takeBack(this);
        }
    }

    /**
     * The lane that refused.
     *
     * @return the lane; {@link Lane#ACTIVE} when it is the active thread that has fallen behind
     */
    public Lane lane() {
        return lane;
    }

    /**
     * The capacity of that lane.
     *
     * @return the number of entries that may wait there
     */
    public int capacity() {
        return capacity;
    }

    /**
     * The state the loop was in.
     *
     * @return the state
     */
    public LoopState state() {
        return state;
    }

    /**
     * Whether trying again later can help.
     *
     * @return true when a lane was full, false when the loop was not running
     */
    public boolean isFull() {
        return full;
    }
}
