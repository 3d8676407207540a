package dev.pel;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as a reader of a log or an exception expects them: {@code 300 ms}, {@code 1.5 s}, {@code 2 min 5 s}. */
final class DurationText {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private DurationText() {}

    /** The very duration, to its last nanosecond: for values that somebody has given. */
    static String of(Duration duration) {
        if (duration.isNegative()) {
            return "-" + of(positive(duration));
        }
        return duration.toSeconds() < MINUTE ? inOneUnit(duration.toNanos()) : inSeveralUnits(duration);
    }

    /** About that long, for what was measured: to the millisecond, from a second on to the tenth of one, from a minute on to the second. */
    static String about(long nanos) {
        long unit = nanos < SECOND ? MILLI : nanos < MINUTE * SECOND ? SECOND / 10 : SECOND;
        return of(Duration.ofNanos(Math.max(0, nanos) / unit * unit));
    }

    private static Duration positive(Duration negative) {
        // the most negative duration cannot be negated
        return negative.toSeconds() == Long.MIN_VALUE ? Duration.ofSeconds(Long.MAX_VALUE) : negative.negated();
    }

    private static String inOneUnit(long nanos) {
        if (nanos == 0 || nanos >= SECOND) {
            return decimal(nanos, 9) + " s";
        } else if (nanos >= MILLI) {
            return decimal(nanos, 6) + " ms";
        }
        return nanos >= MICRO ? decimal(nanos, 3) + " µs" : nanos + " ns";
    }

    private static String inSeveralUnits(Duration duration) {
        long seconds = duration.toSeconds();
        StringBuilder text = new StringBuilder();
        append(text, seconds / DAY, "d");
        append(text, seconds % DAY / HOUR, "h");
        append(text, seconds % HOUR / MINUTE, "min");
        long rest = seconds % MINUTE * SECOND + duration.toNanosPart();
        if (rest > 0) {
            text.append(' ').append(decimal(rest, 9)).append(" s");
        }
        return text.substring(1);
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0) {
            text.append(' ').append(count).append(' ').append(unit);
        }
    }

    private static String decimal(long number, int places) {
        return BigDecimal.valueOf(number, places).stripTrailingZeros().toPlainString();
    }
}
