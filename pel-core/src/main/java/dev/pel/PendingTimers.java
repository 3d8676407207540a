package dev.pel;

import java.util.ArrayList;
import java.util.List;

/** The pending timers in words: how many there are, and which fall due next. Also for a thread that is not the active one. */
record PendingTimers(Timers timers) {
    /** So many are named, those that fall due first. */
    private static final int MOST_NAMED = 3;

    void describe(long now, List<String> parts) {
        long pending = timers.counters().stats().pending();
        if (pending <= 0) {
            return;
        }
        StringBuilder text = new StringBuilder(pending == 1 ? "1 timer is pending" : pending + " timers are pending");
        String which = ", the next";
        for (LoopTimer next : first()) {
            text.append(which)
                    .append(CallNames.hint(next.ownDetails()))
                    .append(' ')
                    .append(due(next.dueAt() - now));
            which = ", then one";
        }
        parts.add(text.toString());
    }

    /** Those that fall due first, in their order; none when none is found. */
    private List<LoopTimer> first() {
        List<LoopTimer> first = new ArrayList<>();
        timers.peekAll(timer -> {
            int place = first.size();
            while (place > 0 && timer.dueAt() - first.get(place - 1).dueAt() < 0) {
                place--;
            }
            if (place < MOST_NAMED && timer.isPending()) {
                first.add(place, timer);
            }
            if (first.size() > MOST_NAMED) {
                first.remove(MOST_NAMED);
            }
        });
        return first;
    }

    private static String due(long left) {
        return left > 0 ? "falls due in " + DurationText.about(left) : "has been due for " + DurationText.about(-left);
    }
}
