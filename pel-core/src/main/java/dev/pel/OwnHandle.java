package dev.pel;

import org.jspecify.annotations.Nullable;

/** A handle that stands for itself: it is neither of a call nor attached to another one, and knows its label, its place and the caller's context. */
abstract class OwnHandle<T extends @Nullable Object> extends LoopFuture<T> {
    private final @Nullable CallDetails details;
    private final ContextPropagator.@Nullable Snapshot context;

    OwnHandle(RunServices run, @Nullable CallDetails details) {
        super(run);
        this.details = details;
        this.context = run.propagators.capture();
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

    final @Nullable String label() {
        return details == null ? null : details.label();
    }
}
