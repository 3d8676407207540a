package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many dependents a handle has that nobody has ended, where cancelling goes upstream: when the last of them has been ended, nobody
 * wants the result of the handle.
 */
final class Attachments {
    private static final long ONE_MORE = 1L << 32;

    /** How many were attached, in the upper half, and how many of them nobody has ended, in the lower one. */
    private final AtomicLong counts = new AtomicLong();

    /** A dependent is being attached to the handle. */
    void added() {
        counts.getAndAdd(ONE_MORE + 1);
    }

    /** One that did not want the end of the handle any more wants it again. */
    void wanted() {
        counts.getAndAdd(1);
    }

    /**
     * A dependent has been ended by somebody. True when it was the last, and nothing else hangs on the handle: what others have attached past
     * pel, and threads that wait, are more than what was counted.
     */
    boolean lostLast(CompletableFuture<?> handle) {
        long now = counts.addAndGet(-1);
        return (int) now == 0 && handle.getNumberOfDependents() <= (int) (now >>> 32);
    }
}
