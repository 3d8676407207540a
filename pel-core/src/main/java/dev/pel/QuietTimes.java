package dev.pel;

import java.util.concurrent.atomic.AtomicLongArray;

/** For each kind of refusal the time that must pass after a log line before the next one is written. Used by any thread. */
final class QuietTimes {
    /** At most one line per kind in this time, in nanoseconds. */
    static final long INTERVAL = 10_000_000_000L;

    /** When the time is over; 0 for a kind without a line so far. */
    private final AtomicLongArray ends;

    QuietTimes(int kinds) {
        ends = new AtomicLongArray(kinds);
    }

    /** How long no line may be written yet, in nanoseconds; 0 when it may. */
    long left(int kind, long now) {
        return left(ends.get(kind), now);
    }

    /** A line is written now. */
    void begin(int kind, long now) {
        ends.set(kind, end(now));
    }

    /** The same if a line may be written; of concurrent threads this is true for one. */
    boolean beginIfOver(int kind, long now) {
        long until = ends.get(kind);
        return left(until, now) == 0 && ends.compareAndSet(kind, until, end(now));
    }

    private static long left(long until, long now) {
        return until == 0 ? 0 : Math.max(0, until - now);
    }

    private static long end(long now) {
        return now + INTERVAL == 0 ? 1 : now + INTERVAL;
    }
}
