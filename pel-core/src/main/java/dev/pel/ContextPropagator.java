package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Carries what a thread knows (logging context, trace, security, request locale) from a submission to the operation, the
 * body, the timer and the error handler that belong to it.
 *
 * <p>Captured once per submission, on the submitting thread; opened and closed on the thread that runs the code. Each thread of a
 * loop captures once more when it starts, to know what it came with.
 */
@FunctionalInterface
public interface ContextPropagator {
    /**
     * Takes what the current thread knows. Runs on the submitting thread, at every submission: be quick. And once on each thread of
     * the loop, at its start.
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

        /**
         * Whether there was nothing to carry: a thread that had this opened, or that looks like this, is blank.
         *
         * @return false unless overridden, which costs some time but is always right
         */
        default boolean isEmpty() {
            return false;
        }

        /**
         * As {@link #open}, on a thread that is known to carry nothing, as most threads of a loop do between two entries: an empty
         * snapshot need not even look. Called only where this propagator has said, by {@link #isEmpty}, that the thread was
         * blank, and every scope since then was closed.
         *
         * @return what takes it off again, and with it what the code itself has left
         */
        default Scope openOnBlank() {
            return open();
        }
    }

    /** Takes a snapshot off the thread again. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Runs on the thread that opened the snapshot, and leaves it as it was before. Throws nothing. */
        @Override
        void close();
    }
}
