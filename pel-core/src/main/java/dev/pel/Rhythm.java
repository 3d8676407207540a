package dev.pel;

import java.time.Duration;

/**
 * When a periodic timer runs.
 *
 * @param first from its making to the first run
 * @param interval from one run to the next
 * @param times how many runs it has; 0 for any number
 * @param missed what becomes of ticks that fell due while it could not run
 * @param failures after how many failures in a row it ends; 0 for never
 */
record Rhythm(Duration first, Duration interval, long times, MissedTicks missed, int failures) {
    static Rhythm every(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException(
                    "'interval' must be more than zero but was " + DurationText.of(interval));
        }
        return new Rhythm(interval, interval, 0, MissedTicks.SKIP, 0);
    }

    Rhythm first(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("'first' must not be negative but was " + DurationText.of(delay));
        }
        return new Rhythm(delay, interval, times, missed, failures);
    }

    Rhythm times(long count) {
        if (count < 1) {
            throw new IllegalArgumentException("'times' must be at least 1 but was " + count);
        }
        return new Rhythm(first, interval, count, missed, failures);
    }

    Rhythm missed(MissedTicks policy) {
        return new Rhythm(first, interval, times, policy, failures);
    }

    Rhythm endAfterFailures(int inARow) {
        if (inARow < 1) {
            throw new IllegalArgumentException("'inARow' must be at least 1 but was " + inARow);
        }
        return new Rhythm(first, interval, times, missed, inARow);
    }

    boolean hasGrid() {
        return missed != MissedTicks.FIXED_DELAY;
    }

    /** Whether that many runs are all. */
    boolean isOver(long runs) {
        return times != 0 && runs >= times;
    }

    /** Whether that many failures in a row end it. */
    boolean isGivenUp(int failuresInARow) {
        return failures != 0 && failuresInARow >= failures;
    }
}
