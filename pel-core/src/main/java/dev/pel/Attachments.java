package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the dependents of a handle that nobody has ended from outside, where cancelling goes upstream: when the last of them has been
 * ended, the result of the handle is no longer wanted.
 */
final class Attachments {
    private static final long ONE_MORE = 1L << 32;

    /** How many were attached, in the upper half, and how many of them nobody has ended, in the lower one. */
    private final AtomicLong counts = new AtomicLong();

    /** A dependent is being attached to the handle. */
    void added() {
        counts.getAndAdd(ONE_MORE + 1);
    }

    /** A waiting future that had given the handle up wants its result again. */
    void wanted() {
        counts.getAndAdd(1);
    }

    /**
     * Counts that a dependent has been ended from outside. True when it was the last one and nothing else is attached: waiting threads, and
     * code attached through the plain {@code CompletableFuture} API, are in the JDK's number of dependents and not in this count.
     */
    boolean lostLast(CompletableFuture<?> handle) {
        long now = counts.addAndGet(-1);
        return (int) now == 0 && handle.getNumberOfDependents() <= (int) (now >>> 32);
    }
}
