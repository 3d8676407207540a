package dev.pel.spring.actuate;

import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LaneStats.PoolStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the threads of a lane come and go, in JSON.
 *
 * @param min how many there are at least
 * @param max how many there are at most
 * @param hung those that have not come back from their operation, and were replaced
 * @param replaced how many were replaced because they hung
 * @param recycled how many were replaced after many operations
 */
record PoolDescription(int min, int max, List<Hung> hung, long replaced, long recycled) {

    /** Null of a lane with a fixed number of threads, which are never replaced. */
    static @Nullable PoolDescription of(LaneStats stats, EventLoopOptions options) {
        return stats.lane() == Lane.PASSIVE && options.passive().isElastic() ? of(stats.pool()) : null;
    }

    private static PoolDescription of(PoolStats stats) {
        List<Hung> hung = stats.hung().stream()
                .map(thread -> new Hung(
                        thread.thread(),
                        thread.callId(),
                        thread.label(),
                        thread.running().toMillis()))
                .toList();
        return new PoolDescription(stats.min(), stats.max(), hung, stats.replaced(), stats.recycled());
    }

    /**
     * A thread that has not come back.
     *
     * @param thread its name
     * @param call the number of the call
     * @param label the call's label; null, and so left out, without one
     * @param runningMillis how long it has been in the operation
     */
    record Hung(String thread, long call, @Nullable String label, long runningMillis) {}
}
