package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The largest value of the last one to two minutes; when it is read less often than once a minute, of the time since it was read
 * before. Who records only looks, unless the value is a new maximum; time is the reader's concern.
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
        // the rivals are larger values, and the reader that starts a new window: the value then belongs to the new one
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
