package dev.pel.flow;

import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counts of a stream. The active thread alone writes them, and any thread reads, and moves the marks from which the rate is measured. An item is counted as taken before it is counted as anything
 * else, and a reader looks in the other order, so it never sees more items end than begin.
 */
final class StreamFigures {
    private static final double NANOS = 1e9;

    /** How old the mark is at least from which the rate is measured, once there is one of that age; it is at most twice as old. */
    private static final long WINDOW = 5_000_000_000L;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();

    /** Since when the stream is under way. */
    private final long begun;

    /** When it ended; written once. */
    private volatile long end;

    private volatile boolean ended;
    private volatile Marks marks; // of two threads that move them at once either may win: they mean the same moment

    /** Two moments, and how many items had come to their end then. */
    private record Marks(long olderAt, long older, long newerAt, long newer) {}

    StreamFigures(long now) {
        this.begun = now;
        this.marks = new Marks(now, 0, now, 0);
    }

    /** A time in nanoseconds; more than 73 years are as good as these. */
    static long nanos(Duration time) {
        return time.compareTo(LONGEST) < 0 ? time.toNanos() : LONGEST.toNanos();
    }

    private static void count(AtomicLong counter) {
        counter.setRelease(counter.getPlain() + 1);
    }

    /** An item was taken from the source; returns its number, from 0 on. */
    long took() {
        long index = taken.getPlain();
        count(taken);
        return index;
    }

    void succeeded() {
        count(done);
    }

    void failed() {
        count(failed);
    }

    void discarded() {
        count(discarded);
    }

    /** Keeps the window of the rate short: when items end, and, so that the rate falls while none does, when somebody looks. */
    void tick(long now) {
        Marks last = marks;
        if (now - last.newerAt >= WINDOW && !ended) {
            marks = new Marks(last.newerAt, last.newer, now, gone());
        }
    }

    void end(long now) {
        end = now;
        ended = true;
    }

    private long gone() {
        return done.get() + failed.get() + discarded.get();
    }

    StreamProgress progress(String label, int concurrency, long size, long clock) {
        long now = ended ? end : clock;
        tick(now);
        Marks window = marks;
        long succeeded = done.get();
        long lost = failed.get();
        long given = discarded.get();
        long gone = succeeded + lost + given;
        int inFlight = (int) Math.min(Integer.MAX_VALUE, taken.get() - gone);
        long time = Math.max(1, now - window.olderAt);
        double rate = Math.max(0, gone - window.older) / (time / NANOS);
        Duration elapsed = Duration.ofNanos(Math.max(0, now - begun));
        return new StreamProgress(label, succeeded, lost, given, inFlight, concurrency, size, elapsed, rate);
    }

    StreamReport report(String label, Collection<ItemFailure> failures) {
        return new StreamReport(label, done.get(), failed.get(), discarded.get(), List.copyOf(failures));
    }
}
