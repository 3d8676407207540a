package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The context that a thread of the loop had when it started. On a thread that had none, an entry that carries nothing opens nothing: it
 * only closes a scope that was made when the thread started, which saves one look at each thread-local.
 */
final class ThreadContext {
    private final ContextPropagator.@Nullable Snapshot own;
    private final ContextPropagator.@Nullable Scope[] toNothing;
    private final ContextPropagator.@Nullable Scope allToNothing;

    /**
     * Of one thread.
     *
     * @param own what the thread came with; null when there are no propagators
     * @param toNothing for each propagator the scope that takes off what code has left; null where the thread came with something
     * @param allToNothing all of them as one; null when the thread came with something
     */
    ThreadContext(
            ContextPropagator.@Nullable Snapshot own,
            ContextPropagator.@Nullable Scope[] toNothing,
            ContextPropagator.@Nullable Scope allToNothing) {
        this.own = own;
        this.toNothing = toNothing;
        this.allToNothing = allToNothing;
    }

    ContextPropagator.@Nullable Snapshot own() {
        return own;
    }

    ContextPropagator.@Nullable Scope toNothing(int propagator) {
        return toNothing[propagator];
    }

    ContextPropagator.@Nullable Scope allToNothing() {
        return allToNothing;
    }
}
