package dev.pel.spring.sources;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When listeners that are paused may go on, and when what could not be done is tried again.
 *
 * @param minPause how long a listener stays paused at least
 * @param retryAfter how long it waits until it tries again what could not be done
 * @param clock in nanoseconds, from any origin
 */
record PauseTiming(Duration minPause, Duration retryAfter, LongSupplier clock) {
    /** How long a pause that began then still has to last, in nanoseconds; 0 when it may end. */
    long left(long pausedAt) {
        return Math.max(0, minPause.toNanos() - (clock.getAsLong() - pausedAt));
    }
}
