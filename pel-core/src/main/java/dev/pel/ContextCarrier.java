package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Carries what a thread knows (logging context, trace, security, request locale) from a submission to the operation, the
 * body, the timer and the error handler that belong to it.
 *
 * <p>Captured once per submission, on the submitting thread; opened and closed on the thread that runs the code.
 */
@FunctionalInterface
public interface ContextCarrier {
    /**
     * Takes what the current thread knows. Runs on the submitting thread, at every submission: be quick.
     *
     * @return the snapshot, or null when there is nothing to carry
     */
    @Nullable Snapshot capture();

    /** What was captured. Opened more than once, and on several threads at once. */
    @FunctionalInterface
    interface Snapshot {
        /**
         * Puts the snapshot onto the current thread, a thread of the loop.
         *
         * @return what takes it off again
         */
        Scope open();
    }

    /** Takes a snapshot off the thread again. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Runs on the thread that opened the snapshot, and leaves it as it was before. Throws nothing. */
        @Override
        void close();
    }
}
