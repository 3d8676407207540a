package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the active lane: the body of a call, a posted task, or a dependent of a handle. {@link ActiveLane#begins} and
 * {@link ActiveLane#run} take it through six steps (claimed, context opened, started, its code, ended, context closed), which are the same
 * for all; an entry supplies what differs.
 *
 * <p>Each implementation of {@link #runOn} calls these two with itself, so that the JIT compiler knows its class in all six steps. When they
 * were one method, the compiler compiled that method by itself in about every second process, without knowing the class, and
 * {@code next} was slower by a quarter there.
 */
interface ActiveEntry extends ActiveElement, CallInfo {
    /** When it came into the queue, in nanoseconds of the monotonic clock. */
    long queuedAt();

    /** Whether the active thread has the entry now; false when another thread has it, or has ended it. */
    boolean claim();

    /**
     * Makes it the running one.
     *
     * @param startedAt when it begins
     * @return false when it has ended while it waited, and is to be counted with {@link #endedInQueue}
     */
    boolean begin(long startedAt);

    /** Its outcome, if it ended while it was queued and this thread is to count that; null when another thread counts it. */
    @Nullable Outcome endedInQueue();

    /** The context that was captured when it was submitted. */
    ContextPropagator.@Nullable Snapshot capturedContext();

    /** Runs the code and returns its outcome; null when another thread has ended the entry meanwhile, and has counted that. */
    @Nullable Outcome runCode();

    /** Called after the end was counted: tells those who wait for it. */
    default void conclude(Outcome outcome) {}

    /**
     * Pel itself has failed, or had no memory, after the entry had left the queue: it ends in any case.
     *
     * @return its outcome, to be counted; null when another thread has ended it, or it has counted that itself
     */
    @Nullable Outcome broken(Throwable error);

    /**
     * Ends it because the loop stops, while it runs; true when that ended it, and its thread is to be interrupted. Only a call has a handle
     * that can be ended at any time.
     */
    default boolean stopRunning() {
        return false;
    }

    /** The same for every kind of entry, when the loop gives it no more time. */
    default void stopAnyway() {
        stopRunning();
    }

    /** The active thread has been given up as lost in it. */
    default void lost() {}

    /** Whether its code counts as a timer's body: a timer that such code sets while the loop drains ends at once. */
    default boolean isOfTimer() {
        return false;
    }

    /** A failure of its code, for the error handler. Not for calls, which know of their lanes and have {@code failure}. */
    default Failure toFailure(Throwable cause, long failedAt) {
        Duration age = Duration.ofNanos(Math.max(0, failedAt - queuedAt())); // that clock may be a tick ahead
        return new Failure(cause, id(), label(), Lane.ACTIVE, age, CallSites.of(cause));
    }

    /** When its code began, as far as that is known to another thread, given how long the current entry waited. */
    default long beganAt(long waited) {
        return queuedAt() + waited;
    }
}
