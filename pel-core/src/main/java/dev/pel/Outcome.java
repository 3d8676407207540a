package dev.pel;

/** How a call ended. Every accepted call gets exactly one of the first five; a call that was not accepted is {@link #REJECTED}. */
public enum Outcome {
    /** The operation, and the body where there is one, returned; or somebody called {@code complete}. */
    SUCCEEDED,
    /**
     * The operation, the body or the function threw, whatever it was; or a dependent took over the failure of what it depends on,
     * however that had ended; or somebody called {@code completeExceptionally}.
     */
    FAILED,
    /** Somebody cancelled the call before it was over, also by {@code completeExceptionally(new CancellationException())}. */
    CANCELLED,
    /** The call's timeout passed before it was over. */
    TIMED_OUT,
    /** The loop stopped first. */
    STOPPED,
    /** The loop did not accept the call: a lane was full, or the loop was not running. */
    REJECTED
}
