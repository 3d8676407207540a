package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * What a thread of the loop came with, as the propagators see it. An entry that carries nothing has nothing to open on a thread that came with
 * nothing: it only closes a scope that was made when the thread started. That saves one look at each thread-local per entry.
 *
 * @param own what the thread came with; null when there are no propagators
 * @param toNothing for each propagator the scope that takes off what code has left; null where the thread came with something
 * @param allToNothing all of them as one; null where the thread came with something
 */
record ThreadContext(
        ContextPropagator.@Nullable Snapshot own,
        ContextPropagator.@Nullable Scope[] toNothing,
        ContextPropagator.@Nullable Scope allToNothing) {}
