package dev.pel;

import java.util.ArrayList;
import java.util.List;

/** What a run has left to do, in words; for threads that look on. */
record LeftToDo(LoopRun run) {
    List<String> at(long now) {
        List<String> parts = new ArrayList<>();
        LaneActivity activity = new LaneActivity(run, now);
        for (Lane lane : Lane.values()) {
            activity.of(lane, parts);
        }
        new PendingTimers(run.timers).describe(now, parts);
        addCount(parts, run.foreign.waiting(), "%d handle(s) wait for a future or an executor outside of the loop");
        addCount(parts, run.completions.size(), "%d handle(s) are held up by code that others attached to them");
        return parts;
    }

    private static void addCount(List<String> parts, int count, String text) {
        if (count > 0) {
            parts.add(text.formatted(count));
        }
    }
}
