package dev.pel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What runs and waits in each lane, in words; for threads that look on. */
record LaneActivity(LoopRun run, long now) {
    /** So many kinds of operations of a lane are named, those with the most calls first. */
    private static final int MOST_KINDS = 3;

    /** Adds a part for the lane, unless nothing runs and waits there. */
    void of(Lane lane, List<String> parts) {
        List<String> found = new ArrayList<>();
        if (lane == Lane.ACTIVE) {
            addBody(found);
        } else {
            addOperations(run.pool(lane), found);
        }
        int waiting = run.books(lane).size();
        if (waiting > 0) {
            found.add("%d wait, the oldest for %s".formatted(waiting, DurationText.about(oldestWait(lane))));
        }
        if (!found.isEmpty()) {
            parts.add("lane " + lane + " " + String.join(", ", found));
        }
    }

    private long oldestWait(Lane lane) {
        return run.stats().lane(lane).oldestWait().toNanos();
    }

    private void addBody(List<String> found) {
        CallInfo entry = run.current.call();
        if (entry == null) {
            return;
        }
        Thread thread = run.threads.active();
        StackTraceElement place = thread == null ? null : CallSites.innermost(thread.getStackTrace());
        long began = entry instanceof ActiveEntry one ? one.beganAt(run.current.waited()) : 0;
        found.add("runs %s%s%s"
                .formatted(
                        nameOf(entry),
                        began == 0 ? "" : " for " + DurationText.about(now - began),
                        place == null ? "" : " (now at " + place + ")"));
    }

    /** What the active thread is in. */
    private static String nameOf(CallInfo entry) {
        if (entry instanceof Call<?> call) {
            return "the body of " + call.kind() + " " + call.id() + CallNames.hint(call.ownDetails());
        } else if (entry instanceof Dependent<?, ?> dependent) {
            return "what is attached to a handle" + CallNames.hint(dependent.details());
        } else if (entry instanceof PostedTask) {
            return "a command of its executor view";
        } else if (entry instanceof HandOver) {
            return "code that others attached to a handle";
        }
        return "the error handler for call " + CallNames.numbered(entry.id(), entry.label());
    }

    private void addOperations(PoolLane pool, List<String> found) {
        Map<String, Integer> kinds = new HashMap<>();
        Call<?> oldest = null;
        int count = 0;
        for (Worker worker : pool.workers()) {
            Call<?> call = worker.current();
            if (call != null) {
                count++;
                kinds.merge(kind(call), 1, Integer::sum);
                oldest = oldest == null || call.startedAt() - oldest.startedAt() < 0 ? call : oldest;
            }
        }
        if (oldest != null) {
            found.add("runs %d (%s), the oldest for %s"
                    .formatted(count, text(kinds), DurationText.about(now - oldest.startedAt())));
        }
    }

    /** An operation whose call has ended keeps its thread until it returns, and a drain waits for the thread. */
    private static String kind(Call<?> call) {
        String hint = CallNames.hint(call.ownDetails());
        return (hint.isEmpty() ? "without a label" : hint.substring(1)) + (call.isDone() ? ", ended but not back" : "");
    }

    private static String text(Map<String, Integer> kinds) {
        List<String> named = kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_KINDS)
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .toList();
        int more = kinds.size() - named.size();
        return String.join("; ", named) + (more > 0 ? "; and %d other kind(s)".formatted(more) : "");
    }
}
