package dev.pel;

import java.time.Instant;
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
 * @param unhandled how many failures reached the error handler
 */
public record LoopStats(
        String name, LoopState state, Instant since, Map<Lane, LaneStats> lanes, TimerStats timers, long unhandled) {

    /** Copies the map. */
    public LoopStats {
        lanes = Map.copyOf(lanes);
    }

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
     * The timers of a loop since its last start: {@code created == pending + fired + cancelled + stopped + rejected}.
     *
     * @param created how many were asked for
     * @param pending how many wait for their time
     * @param fired how many fell due; their bodies are entries of {@link Lane#ACTIVE}
     * @param cancelled how many were cancelled, or ended by their handle, before they fell due
     * @param stopped how many the loop's stop ended
     * @param rejected how many were not accepted
     */
    public record TimerStats(long created, long pending, long fired, long cancelled, long stopped, long rejected) {}
}
