package dev.pel;

import java.util.List;

/** The pending timers in words: how many there are, and which falls due next. Also for a thread that is not the active one. */
record PendingTimers(Timers timers) {
    void describe(long now, List<String> parts) {
        long pending = timers.counters().stats().pending();
        if (pending <= 0) {
            return;
        }
        String count = pending == 1 ? "1 timer is pending" : pending + " timers are pending";
        LoopTimer next = timers.peekNext();
        parts.add(
                next == null
                        ? count
                        : count + ", the next" + CallNames.hint(next.ownDetails()) + " " + due(next.dueAt() - now));
    }

    private static String due(long left) {
        return left > 0 ? "falls due in " + DurationText.about(left) : "has been due for " + DurationText.about(-left);
    }
}
