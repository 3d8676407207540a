package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
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

    /** The lane that refused. */
    private final Lane lane;

    /** The number of entries that may wait there, or for the turn or permit that the call needs. */
    private final int capacity;

    /** The state of the loop when it refused. */
    private final LoopState state;

    /** Whether the lane was full; if not, the loop did not accept calls. */
    private final boolean full;

    /** Where it is counted until somebody looks at the handle. Set before anybody has the handle. */
    private transient volatile @Nullable RefusalWindow window;

    /**
     * For tests and stand-ins, which return {@code LoopFuture.failed(new CallRejectedException(…))}. The loop makes those of its calls
     * itself.
     *
     * @param loop the name of the loop
     * @param lane the lane that refuses
     * @param capacity the number of entries that may wait there
     * @param state the state of the loop: {@code NEW} or {@code RUNNING} for a lane that is full, the others for a loop that does not
     *     accept calls
     * @throws IllegalArgumentException when the capacity is less than 1
     */
    public CallRejectedException(String loop, Lane lane, int capacity, LoopState state) {
        this(message(loop, lane, capacity, state), lane, capacity, state, isFull(state));
    }

    private static boolean isFull(LoopState state) {
        return state == LoopState.NEW || state == LoopState.RUNNING;
    }

    private static String message(String loop, Lane lane, int capacity, LoopState state) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(lane, "lane");
        if (capacity < 1) {
            throw new IllegalArgumentException("'capacity' must be at least 1 but was " + capacity);
        }
        return isFull(Objects.requireNonNull(state, "state"))
                ? fullMessage(loop, lane, capacity)
                : notRunningMessage(loop, state);
    }

    private CallRejectedException(String message, Lane lane, int capacity, LoopState state, boolean full) {
        super(message);
        this.lane = lane;
        this.capacity = capacity;
        this.state = state;
        this.full = full;
    }

    static CallRejectedException full(String loop, Lane lane, int capacity) {
        return new CallRejectedException(fullMessage(loop, lane, capacity), lane, capacity, LoopState.RUNNING, true);
    }

    private static String fullMessage(String loop, Lane lane, int capacity) {
        return ("The %s lane of loop '%s' is full: %d are waiting, its capacity is %d. Submit less (watch the pressure events"
                        + " or isFull), or raise the lane's capacity.")
                .formatted(lane, loop, capacity, capacity);
    }

    static CallRejectedException keyFull(String loop, Lane lane, Object key, int capacity) {
        return new CallRejectedException(
                ("%d calls wait for the turn of %s on loop '%s', which is its key capacity. Submit less, or raise the key"
                                + " capacity.")
                        .formatted(capacity, CallNames.ofKey(key), loop),
                lane,
                capacity,
                LoopState.RUNNING,
                true);
    }

    static CallRejectedException limitFull(String loop, Lane lane, String limit, int capacity) {
        return new CallRejectedException(
                ("%d calls wait for limit '%s' of loop '%s', which is the limit's capacity. Submit less, or raise the limit or its"
                                + " capacity.")
                        .formatted(capacity, limit, loop),
                lane,
                capacity,
                LoopState.RUNNING,
                true);
    }

    /** Whether a loop that does not run has refused something. */
    static boolean isOfStop(Throwable error) {
        return Causes.cause(error) instanceof CallRejectedException refused && refused.state != LoopState.RUNNING;
    }

    static CallRejectedException scriptsFull(String loop, int capacity) {
        return new CallRejectedException(
                "%d scripts are under way on loop '%s', which is its script capacity. Start fewer, or raise the script capacity."
                        .formatted(capacity, loop),
                Lane.ACTIVE,
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
        return new CallRejectedException(notRunningMessage(loop, state), lane, capacity, state, false);
    }

    private static String notRunningMessage(String loop, LoopState state) {
        return "Loop '%s' does not accept calls: its state is %s. %s".formatted(loop, state, advice(state));
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

    /** The refusal was noticed at the handle, or at a dependent that took it over. The first time takes it out of the count for the log. */
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
     * The capacity that was used up: of that lane, of the timers, or of the key or limit of the call, as the message says.
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
