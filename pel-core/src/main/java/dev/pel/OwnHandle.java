package dev.pel;

import org.jspecify.annotations.Nullable;

/** A handle that stands for itself: it is neither of a call nor attached to another one, and knows its label, its place and the caller's context. */
abstract class OwnHandle<T extends @Nullable Object> extends LoopFuture<T> {
    private final @Nullable CallDetails details;
    private final ContextPropagator.@Nullable Snapshot context;
    private final int order;

    OwnHandle(RunServices run, @Nullable CallDetails details) {
        super(run);
        this.details = details;
        this.context = run.propagators.capture();
        this.order = (int) run.nextId();
    }

    @Override
    final boolean isBound() {
        return true;
    }

    @Override
    final @Nullable CallDetails ownDetails() {
        return details;
    }

    @Override
    final ContextPropagator.@Nullable Snapshot context() {
        return context;
    }

    /** Rises with each handle, so that a stop ends those that wait about in the order in which they were made, and a simulation always in the same. */
    @Override
    public final int hashCode() {
        return order;
    }

    final @Nullable String label() {
        return details == null ? null : details.label();
    }
}
