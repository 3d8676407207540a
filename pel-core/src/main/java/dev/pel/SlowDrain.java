package dev.pel;

import java.util.List;

/**
 * Names in the log what holds up a drain: after a second of draining, and then whenever twice the time has passed. The line is made by the
 * thread that makes the steps of the stop, so it comes also while the active thread is stuck, and its length has a limit.
 */
final class SlowDrain {
    private static final Log log = new Log();

    /** When the first line is written, in nanoseconds after the drain began. */
    static final long PATIENCE = 1_000_000_000L;

    private final String loop;
    private final long since;

    private final LeftToDo leftToDo;

    private long nextAfter = PATIENCE;

    SlowDrain(String loop, long since, LeftToDo leftToDo) {
        this.loop = loop;
        this.since = since;
        this.leftToDo = leftToDo;
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
        List<String> parts = leftToDo.at(now);
        return "Loop '%s' has been draining for %s, and gives up in %s: %s"
                .formatted(
                        loop,
                        DurationText.about(drained),
                        DurationText.about(left),
                        parts.isEmpty() ? "a call is just being submitted" : String.join("; ", parts));
    }
}
