package dev.pel;

import org.jspecify.annotations.Nullable;

/** Leads from a future to the one, or the two, that it depends on. */
class Link {
    private final LoopFuture<?> source;
    private final @Nullable LoopFuture<?> other;

    Link(LoopFuture<?> source) {
        this(source, null);
    }

    Link(LoopFuture<?> source, @Nullable LoopFuture<?> other) {
        this.source = source;
        this.other = other;
    }

    final LoopFuture<?> source() {
        return source;
    }

    final @Nullable LoopFuture<?> other() {
        return other;
    }
}
