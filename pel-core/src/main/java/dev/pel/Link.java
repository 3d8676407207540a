package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Leads from a future to the one, or the two, that it depends on; to the one in which its failure began, once it has failed; and
 * nowhere, once it has failed itself.
 */
class Link {
    private volatile @Nullable LoopFuture<?> source;
    private volatile @Nullable LoopFuture<?> other;

    Link(LoopFuture<?> source) {
        this(source, null);
    }

    Link(LoopFuture<?> source, @Nullable LoopFuture<?> other) {
        this.source = source;
        this.other = other;
    }

    final @Nullable LoopFuture<?> source() {
        return source;
    }

    final @Nullable LoopFuture<?> other() {
        return other;
    }

    /** The failure began with the future that this leads from: nothing is to be found further on, and what runs there is over. */
    void letGo() {
        source = null;
        other = null;
    }
}
