package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one lane holds and has done since the loop's last start. In every snapshot
 * {@code submitted == queued + running + sum of outcomes}.
 *
 * @param lane the lane
 * @param threads how many threads it has; those of a passive lane may come and go, see {@link LaneOptions#withThreads(int, int)}. Spare
 *     threads for those that wait, and hung ones, do not count
 * @param capacity how many entries may wait
 * @param queued how many entries wait now
 * @param running how many entries run now
 * @param oldestWait how long the entry at the head has waited; zero when none waits
 * @param submitted how many entries were offered to it, the refused ones included
 * @param outcomes how many entries ended how; every outcome is a key
 * @param abandoned how many operations still occupy a thread although their call has ended
 * @param late how many results and failures came after their call had ended; the results were dropped, the failures told to the
 *     error handler. What pel's own interrupt makes an operation throw does not count
 * @param pool how its threads have come and gone
 */
public record LaneStats(
        Lane lane,
        int threads,
        int capacity,
        int queued,
        int running,
        Duration oldestWait,
        long submitted,
        Map<Outcome, Long> outcomes,
        int abandoned,
        long late,
        PoolStats pool) {

    /** Copies the map. */
    public LaneStats {
        outcomes = Map.copyOf(outcomes);
    }

    /**
     * How the threads of a lane have come and gone since the loop's last start, see {@link ElasticOptions}.
     *
     * @param min how many threads there are at least
     * @param max how many there are at most, as it was {@linkplain EventLoop#resize resized} last
     * @param hung the threads that have not come back from their operation, and have been replaced, in the order of their names; at
     *     most {@link ElasticOptions#maxHung}
     * @param replaced how many threads have been replaced because they hung
     * @param recycled how many have ended after {@link ElasticOptions#recycleAfter} operations
     */
    public record PoolStats(int min, int max, List<HungThread> hung, long replaced, long recycled) {
        /** Copies the list. */
        public PoolStats {
            hung = List.copyOf(hung);
        }

        static PoolStats ofFixed(int threads) {
            return new PoolStats(threads, threads, List.of(), 0, 0);
        }
    }

    /**
     * A thread that has not come back from an operation, and has been replaced.
     *
     * @param thread its name
     * @param callId the number of the call
     * @param label the call's label; null without one
     * @param running how long it has been in the operation
     */
    public record HungThread(
            String thread, long callId, @Nullable String label, Duration running) {}

    /**
     * How many entries ended in one way.
     *
     * @param outcome the way
     * @return the number
     */
    public long ended(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }
}
