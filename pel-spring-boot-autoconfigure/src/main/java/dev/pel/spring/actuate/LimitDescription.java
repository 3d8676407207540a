package dev.pel.spring.actuate;

import dev.pel.LimitOptions;
import dev.pel.LoopStats;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One limit in JSON. What is not limited is null, and so left out.
 *
 * @param inUse how many calls have a permit
 * @param waiting how many wait for one, or for the turn of their key before that
 * @param oldestWaitMillis how long the one waits that waits longest
 * @param rejected how many were rejected because as many as may wait did
 * @param concurrency how many may have a permit
 * @param rate how many may start in {@code perMillis}
 * @param perMillis the time of the rate
 * @param burst how many may start at once after a quiet time
 * @param capacity how many may wait
 */
record LimitDescription(
        int inUse,
        int waiting,
        long oldestWaitMillis,
        long rejected,
        @Nullable Integer concurrency,
        @Nullable Integer rate,
        @Nullable Double perMillis,
        @Nullable Integer burst,
        @Nullable Integer capacity) {

    private static final double NANOS_OF_MILLI = 1e6;

    /** Those of a loop by name; null when it has none. */
    static @Nullable Map<String, LimitDescription> of(LoopStats stats) {
        Map<String, LimitDescription> limits = new LinkedHashMap<>();
        stats.limits().forEach((name, limit) -> limits.put(name, of(limit)));
        return limits.isEmpty() ? null : limits;
    }

    private static LimitDescription of(LoopStats.LimitStats stats) {
        LimitOptions options = stats.options();
        boolean hasRate = options.rate() > 0;
        return new LimitDescription(
                stats.inUse(),
                stats.waiting(),
                stats.oldestWait().toMillis(),
                stats.rejected(),
                limited(options.concurrency()),
                hasRate ? options.rate() : null,
                hasRate ? options.per().toNanos() / NANOS_OF_MILLI : null,
                hasRate ? options.burst() : null,
                limited(options.capacity()));
    }

    private static @Nullable Integer limited(int most) {
        return most == Integer.MAX_VALUE ? null : most;
    }
}
