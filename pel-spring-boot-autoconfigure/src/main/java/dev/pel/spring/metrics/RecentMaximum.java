package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The largest value of the last one to two minutes; when it is read less often than once a minute, of the time since it was read
 * before. Recording reads once, and writes only a new maximum; the time is asked for by the reader.
 */
final class RecentMaximum {
    private static final long WINDOW = MINUTES.toNanos(1);

    private final Clock clock;
    private final AtomicLong current = new AtomicLong();
    private long before;
    private long since;

    /**
     * Begins now, with 0.
     *
     * @param clock whose time counts
     */
    RecentMaximum(Clock clock) {
        this.clock = clock;
        this.since = clock.monotonicTime();
    }

    void record(long value) {
        long known = current.get();
        // fails for a larger value of another thread, and when a reader starts a new window, to which this value then
        // belongs
        while (value > known && !current.compareAndSet(known, value)) {
            known = current.get();
        }
    }

    synchronized long get() {
        long now = clock.monotonicTime();
        if (now - since >= WINDOW) {
            before = current.getAndSet(0);
            since = now;
        }
        return Math.max(before, current.get());
    }
}
