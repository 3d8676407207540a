package dev.pel;

import java.time.Duration;
import java.util.Map;

/**
 * What one lane holds and has done since the loop's last start. In every snapshot
 * {@code submitted == queued + running + sum of outcomes}.
 *
 * @param lane the lane
 * @param threads how many threads it has
 * @param capacity how many entries may wait
 * @param queued how many entries wait now
 * @param running how many entries run now
 * @param oldestWait how long the entry at the head has waited; zero when none waits
 * @param submitted how many entries were offered to it, the refused ones included
 * @param outcomes how many entries ended how; every outcome is a key
 * @param abandoned how many operations still occupy a thread although their call has ended
 * @param late how many results and failures came after their call had ended; the results were dropped, the failures told to the
 *     error handler. What pel's own interrupt makes an operation throw does not count
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
        long late) {

    /** Copies the map. */
    public LaneStats {
        outcomes = Map.copyOf(outcomes);
    }

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
