package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopStats;
import dev.pel.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The loop in JSON. Names are stable: tools read them.
 *
 * @param state the loop's state
 * @param since when it came into that state
 * @param lanes the three lanes by name
 * @param timers the timers
 * @param keys the keys that are in use
 * @param limits the limits by name; null, and so left out, when there are none
 * @param streams the streams of work that are under way; null, and so left out, when there are none
 * @param failures the latest failures that nobody dealt with, the newest first; null, and so left out, where they are never shown
 * @param loops the other loops by name; null, and so left out, when there are none
 */
record LoopDescription(
        String state,
        Instant since,
        Map<String, LaneDescription> lanes,
        Timers timers,
        Keys keys,
        @Nullable Map<String, LimitDescription> limits,
        @Nullable List<StreamDescription> streams,
        @Nullable List<FailureDescription> failures,
        @Nullable Map<String, LoopDescription> loops)
        implements OperationResponseBody {

    static LoopDescription of(EventLoop loop, @Nullable List<FailureDescription> failures) {
        LoopStats stats = loop.stats();
        Map<String, LaneDescription> lanes = new LinkedHashMap<>();
        for (Lane lane : Lane.values()) {
            lanes.put(LaneNames.of(lane), LaneDescription.of(stats.lane(lane), loop));
        }
        return new LoopDescription(
                stats.state().name(),
                stats.since(),
                lanes,
                new Timers(stats.timers().pending()),
                Keys.of(stats.keys()),
                LimitDescription.of(stats),
                RunningStreams.of(loop),
                failures,
                null);
    }

    /** The same, with the other loops beside it. */
    LoopDescription beside(Map<String, LoopDescription> others) {
        return new LoopDescription(
                state, since, lanes, timers, keys, limits, streams, failures, others.isEmpty() ? null : others);
    }

    /**
     * One failure in JSON.
     *
     * @param at when it reached the error handler
     * @param lane the lane on which it was thrown
     * @param label the label of its call
     * @param error the class of what was thrown
     * @param message its message, or asterisks
     * @param late whether its call had ended already
     */
    record FailureDescription(
            Instant at,
            String lane,
            @Nullable String label,
            String error,
            @Nullable String message,
            boolean late) {

        static FailureDescription of(Failure failure, Instant at) {
            return new FailureDescription(
                    at,
                    LaneNames.of(failure.lane()),
                    failure.label(),
                    failure.error().getClass().getName(),
                    failure.error().getMessage(),
                    failure.late());
        }

        FailureDescription withMessage(UnaryOperator<@Nullable String> sanitize) {
            return new FailureDescription(at, lane, label, error, sanitize.apply(message), late);
        }
    }

    /**
     * The timers in JSON.
     *
     * @param pending how many wait for their time
     */
    record Timers(long pending) {}

    /**
     * The keys in JSON.
     *
     * @param inUse how many there are
     * @param waiting how many calls wait for the turn of their key
     * @param longest how many wait for the turn of the key for which most do
     * @param rejected how many were rejected because as many as may wait for the turn of their key did
     */
    record Keys(int inUse, int waiting, int longest, long rejected) {

        static Keys of(LoopStats.KeyStats stats) {
            return new Keys(stats.inUse(), stats.waiting(), stats.longest(), stats.rejected());
        }
    }

    /**
     * One lane in JSON.
     *
     * @param threads how many threads it has
     * @param size how many entries wait
     * @param running how many entries run
     * @param capacity how many entries may wait
     * @param oldestWaitMillis how long the entry at the head has waited
     * @param submitted how many entries were offered to it
     * @param outcomes how many of them ended how
     * @param pool how its threads come and go; null, and so left out, of a lane with a fixed number of them
     */
    record LaneDescription(
            int threads,
            int size,
            int running,
            int capacity,
            long oldestWaitMillis,
            long submitted,
            Outcomes outcomes,
            @Nullable PoolDescription pool)
            implements OperationResponseBody {

        static LaneDescription of(LaneStats stats, EventLoop loop) {
            return new LaneDescription(
                    stats.threads(),
                    stats.queued(),
                    stats.running(),
                    stats.capacity(),
                    stats.oldestWait().toMillis(),
                    stats.submitted(),
                    Outcomes.of(stats),
                    PoolDescription.of(stats, loop.options()));
        }
    }

    /**
     * The outcomes in JSON.
     *
     * @param succeeded how many returned
     * @param failed how many threw
     * @param cancelled how many were cancelled
     * @param timedOut how many took longer than they were given
     * @param stopped how many the stop of the loop ended
     * @param rejected how many were not accepted
     */
    record Outcomes(long succeeded, long failed, long cancelled, long timedOut, long stopped, long rejected) {

        static Outcomes of(LaneStats stats) {
            return new Outcomes(
                    stats.ended(Outcome.SUCCEEDED),
                    stats.ended(Outcome.FAILED),
                    stats.ended(Outcome.CANCELLED),
                    stats.ended(Outcome.TIMED_OUT),
                    stats.ended(Outcome.STOPPED),
                    stats.ended(Outcome.REJECTED));
        }
    }
}
