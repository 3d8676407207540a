package dev.pel;

/**
 * Where a loop is in its life.
 *
 * <pre>
 * from       to         cause
 * NEW        RUNNING    start(): what was submitted before runs
 * NEW        STOPPING   stop(deadline), close(), forceStop(): what was submitted before ends as STOPPED
 * RUNNING    DRAINING   stop(deadline), close(): outside callers are refused, chains in flight go on
 * RUNNING    STOPPING   forceStop(); or a thread could not be started
 * DRAINING   STOPPING   nothing is left to do, or the deadline has passed, or forceStop()
 * STOPPING   STOPPED    every thread has ended, or the grace after the interrupt is over
 * STOPPED    RUNNING    start(): a new run with new queues, threads and counters
 * </pre>
 *
 * There are no other transitions.
 */
public enum LoopState {
    /** Never started. Everything is accepted that fits, and waits for the start. */
    NEW,
    /** Everything is accepted that fits. */
    RUNNING,
    /** Only the loop's own threads may still submit: the next links of chains in flight. */
    DRAINING,
    /** Submissions are refused; what is left ends as {@link Outcome#STOPPED}. */
    STOPPING,
    /**
     * No thread of the loop runs any more, but for those the report names as stuck. Submissions are refused; what is attached to a
     * handle runs on a completion thread.
     */
    STOPPED;

    boolean isOver() {
        return this == STOPPING || this == STOPPED;
    }
}
