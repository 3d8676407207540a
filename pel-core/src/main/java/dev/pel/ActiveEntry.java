package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the active lane: the body of a call, a posted task, or a dependent of a handle. {@link ActiveLane#run} takes it through
 * six steps (claimed, context opened, started, its code, ended, context closed), which are the same for all; an entry supplies what
 * differs.
 *
 * <p>An implementation passes itself on in {@link #runOn}, so that the compiler knows its class in all six steps.
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

    /** How it ended while it waited, for the one who counts that; null when another thread has counted it. */
    @Nullable Outcome endedInQueue();

    /** The context that was captured when it was submitted. */
    ContextPropagator.@Nullable Snapshot capturedContext();

    /** Runs the code. Says how it ended, or null when others had ended it meanwhile, and have counted that. */
    @Nullable Outcome runCode();

    /** Called after the end was counted: tells those who wait for it. */
    default void conclude(Outcome outcome) {}

    /** Pel itself has failed, or had no memory, between {@link #begin} and the end: the entry ends in any case. */
    default void broken(Throwable error) {}

    /** Ends it because the loop stops, while it runs; true when that ended it, and its thread is to be interrupted. */
    boolean stopRunning();

    /** The same when the loop gives it no more time, whatever it is. */
    default void stopAnyway() {
        stopRunning();
    }

    /** The active thread has been given up as lost in it. */
    default void lost() {}

    /** Whether a timer that is set by its code counts as one that a timer's body sets. */
    default boolean isOfTimer() {
        return false;
    }

    /** When its code began, as far as that is known to another thread, given how long the current entry waited. */
    default long beganAt(long waited) {
        return queuedAt() + waited;
    }
}
