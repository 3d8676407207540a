package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A snapshot of a loop, taken without stopping anything; the counting identity of {@link LaneStats} holds in it, per lane and
 * for the sums.
 *
 * @param name the loop's name
 * @param state its state
 * @param since when it came into that state
 * @param lanes the three lanes
 * @param timers the timers
 * @param keys the keys that are in use
 * @param limits the limits, by their names
 * @param unhandled how many failures reached the error handler
 */
public record LoopStats(
        String name,
        LoopState state,
        Instant since,
        Map<Lane, LaneStats> lanes,
        TimerStats timers,
        KeyStats keys,
        Map<String, LimitStats> limits,
        long unhandled) {

    /** Copies the maps. */
    public LoopStats {
        lanes = Map.copyOf(lanes);
        limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
    }

    /**
     * The keys that are in use, see {@link CallSpec#key}.
     *
     * @param inUse how many there are
     * @param waiting how many calls wait for the turn of their key; they count as queued in their lanes
     * @param longest how many wait for the turn of the key for which most do
     * @param rejected how many were rejected because as many as may wait for the turn of their key did, since the start of the loop
     */
    public record KeyStats(int inUse, int waiting, int longest, long rejected) {}

    /**
     * One limit.
     *
     * @param options its values now
     * @param inUse how many calls have a permit
     * @param waiting how many wait for one, or for the turn of their key before that; they count as queued in their lanes
     * @param oldestWait how long the one waits that waits longest, since its submission; zero when none does
     * @param rejected how many were rejected because as many as may wait did, since the start of the loop
     */
    public record LimitStats(LimitOptions options, int inUse, int waiting, Duration oldestWait, long rejected) {}

    /**
     * One lane.
     *
     * @param lane which
     * @return its figures
     */
    public LaneStats lane(Lane lane) {
        LaneStats stats = lanes.get(lane);
        if (stats == null) {
            throw new IllegalStateException("No figures for lane " + lane);
        }
        return stats;
    }

    /**
     * The sum over the lanes of how many entries were submitted.
     *
     * @return the number
     */
    public long submitted() {
        return lanes.values().stream().mapToLong(LaneStats::submitted).sum();
    }

    /**
     * The sum over the lanes of how many entries wait.
     *
     * @return the number
     */
    public int queued() {
        return lanes.values().stream().mapToInt(LaneStats::queued).sum();
    }

    /**
     * The sum over the lanes of how many entries run.
     *
     * @return the number
     */
    public int running() {
        return lanes.values().stream().mapToInt(LaneStats::running).sum();
    }

    /**
     * The sum over the lanes of how many entries ended in one way.
     *
     * @param outcome the way
     * @return the number
     */
    public long ended(Outcome outcome) {
        return lanes.values().stream().mapToLong(stats -> stats.ended(outcome)).sum();
    }

    /**
     * The timers of a loop since its last start: {@code created == pending + fired + cancelled + stopped + rejected}. Each tick of a periodic
     * timer is a timer here.
     *
     * @param created how many were asked for
     * @param pending how many wait for their time
     * @param fired how many fell due; their bodies are entries of {@link Lane#ACTIVE}
     * @param cancelled how many were cancelled, or ended by their handle, before they fell due
     * @param stopped how many the loop's stop ended
     * @param rejected how many were not accepted
     * @param missed how many ticks of periodic timers got no run, see {@link MissedTicks}; none of them is counted above
     */
    public record TimerStats(
            long created, long pending, long fired, long cancelled, long stopped, long rejected, long missed) {}
}
