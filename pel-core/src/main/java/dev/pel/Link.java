package dev.pel;

/** Leads from a future to the one it depends on. */
class Link {
    private final LoopFuture<?> source;

    Link(LoopFuture<?> source) {
        this.source = source;
    }

    final LoopFuture<?> source() {
        return source;
    }
}
