package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Carries what a thread knows (logging context, trace, security, request locale) from a submission to the operation, the
 * body, the timer and the error handler that belong to it.
 *
 * <p>Captured once per submission, on the submitting thread; opened before the code runs, on the thread that runs it, and closed after
 * the code. Each thread of a loop captures once more when it starts, to know what it came with.
 *
 * <p>Having nothing to carry is carried, too: {@link #capture()} returns null then, and {@link #clear()} is called instead of opening. The
 * code sees no context, also inside the wait of another operation or on a thread that had a context of its own, and what it leaves behind
 * is removed. So a propagator that returns null at times should have a {@code clear()}:
 *
 * <pre>{@code
 * final class TenantPropagator implements ContextPropagator {
 *     private static final ThreadLocal<String> TENANT = new ThreadLocal<>();
 *
 *     public Snapshot capture() {
 *         String tenant = TENANT.get();
 *         return tenant == null ? null : () -> put(tenant);
 *     }
 *
 *     public Scope clear() {
 *         return put(null);
 *     }
 *
 *     private static Scope put(String tenant) {
 *         String before = TENANT.get();
 *         TENANT.set(tenant);
 *         return () -> TENANT.set(before);
 *     }
 * }
 * }</pre>
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

    /**
     * Makes the current thread, one of the loop, carry nothing: for code whose submitter had nothing. When the scope is closed, the thread
     * has again what it had before, whatever the code has left there.
     *
     * <p>The scope may be closed more than once. A thread that came with nothing, as most threads of a loop do, calls this once, and closes
     * the same scope after each entry that carries nothing: such an entry costs no more than that.
     *
     * @return what gives the thread back what it had; the default neither clears nor gives back, which is enough for a propagator that never
     *     returns null from {@link #capture()}
     */
    default Scope clear() {
        return () -> {};
    }

    /** What was captured. Opened more than once, and on several threads at once. */
    @FunctionalInterface
    interface Snapshot {
        /**
         * Puts the snapshot onto the current thread, a thread of the loop.
         *
         * @return what takes it off again; closed once
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
