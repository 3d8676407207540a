package dev.pel;

import java.util.ArrayList;
import java.util.List;

/**
 * Names in the log what holds up a drain: after a second of draining, and then whenever twice the time has passed. The line is made by the
 * thread that makes the steps of the stop, so it comes also while the active thread is stuck, and its length has a limit.
 */
final class SlowDrain {
    private static final Log log = new Log();

    /** When the first line is written, in nanoseconds after the drain began. */
    static final long PATIENCE = 1_000_000_000L;

    private final LoopRun run;
    private final long since;
    private long nextAfter = PATIENCE;

    SlowDrain(LoopRun run, long since) {
        this.run = run;
        this.since = since;
    }

    /** Writes a line when it is time; says how long to wait for the next, in nanoseconds. */
    long tell(long now, long left) {
        long drained = now - since;
        if (drained >= nextAfter) {
            while (drained >= nextAfter) {
                nextAfter *= 2;
            }
            log.warn("{}", text(now, drained, left));
        }
        return nextAfter - drained;
    }

    private String text(long now, long drained, long left) {
        List<String> parts = new ArrayList<>();
        LaneActivity activity = new LaneActivity(run, now);
        for (Lane lane : Lane.values()) {
            activity.of(lane, parts);
        }
        new PendingTimers(run.timers).describe(now, parts);
        addCount(parts, run.foreign.waiting(), "%d handle(s) wait for a future or an executor outside of the loop");
        addCount(parts, run.completingAside(), "%d handle(s) are held up by code that others attached to them");
        return "Loop '%s' has been draining for %s, and gives up in %s: %s"
                .formatted(
                        run.name(),
                        DurationText.about(drained),
                        DurationText.about(left),
                        parts.isEmpty() ? "a call is just being submitted" : String.join("; ", parts));
    }

    private static void addCount(List<String> parts, int count, String text) {
        if (count > 0) {
            parts.add(text.formatted(count));
        }
    }
}
