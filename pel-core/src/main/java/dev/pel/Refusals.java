package dev.pel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Logs that calls were refused when nobody has looked at their handles: one line per lane and reason, at most one in ten seconds.
 * A refusal is counted when it is made, and taken back when somebody looks at the handle for the first time.
 *
 * <p>The first refusal after a quiet time opens a {@link RefusalWindow}. It collects for the
 * {@linkplain EventLoopOptions#unobservedGrace() grace}, or until ten seconds have passed since the last line, and the line is
 * written one grace later, so that those who submitted last have had the time to look. The watchdog keeps these times, after the stop,
 * too.
 *
 * <p>A loop that has not started has no watchdog. There the first refusal after a quiet time is logged at once, by the refusing thread,
 * because nothing comes later to see whether the handle has been looked at. Those that follow are collected, and told by the first one
 * that comes when the line may be written, or by the start or the stop.
 */
final class Refusals {
    private static final Log log = new Log();

    private static final int REASONS = 3;
    private static final int KINDS = Lane.values().length * REASONS;

    private final String loop;
    private final Machine machine;
    private final RunState state;
    private final Deadlines deadlines;
    private final long grace;
    private final AtomicReferenceArray<@Nullable RefusalWindow> open = new AtomicReferenceArray<>(KINDS);

    /** Windows that collect no more, and whose line is written when the grace is over. */
    private final AtomicReferenceArray<@Nullable RefusalWindow> closing = new AtomicReferenceArray<>(KINDS);

    private final QuietTimes quietTimes = new QuietTimes(KINDS);

    Refusals(EventLoopOptions options, Machine machine, RunState state, Deadlines deadlines) {
        this.loop = options.name();
        this.machine = machine;
        this.state = state;
        this.deadlines = deadlines;
        this.grace = Machine.nanos(options.unobservedGrace());
    }

    // ------------------------------------------------------------------ counting

    /** On the submitting thread, before anybody has the handle. */
    void count(CallRejectedException why, boolean isTimer) {
        try {
            countIn(kind(why, isTimer), why);
        } catch (OutOfMemoryError e) {
            // not even for the count: the handle tells the refusal all the same, and a submission throws nothing
        }
    }

    private void countIn(int kind, CallRejectedException why) {
        if (state.now() == LoopState.NEW) {
            long now = machine.nanoTime();
            report(now);
            if (tellAtOnce(kind, why, now)) {
                return;
            }
        }
        RefusalWindow window = openWindow(kind, why);
        while (!window.add(why)) {
            open.compareAndSet(kind, window, null); // a concurrent thread has closed it
            window = openWindow(kind, why);
        }
        why.countedIn(window);
    }

    @SuppressWarnings("EnumOrdinal") // an index of an array, never stored
    private static int kind(CallRejectedException why, boolean isTimer) {
        int reason = why.isFull() ? (isTimer ? 2 : 1) : 0;
        return why.lane().ordinal() * REASONS + reason;
    }

    private RefusalWindow openWindow(int kind, CallRejectedException why) {
        RefusalWindow known = open.get(kind);
        if (known != null) {
            return known;
        }
        long now = machine.nanoTime();
        RefusalWindow fresh = new RefusalWindow(kind, String.valueOf(why.getMessage()), now);
        known = open.compareAndExchange(kind, null, fresh);
        if (known != null) {
            return known;
        }
        long wait = Math.max(grace, quietTimes.left(kind, now));
        arm(fresh, wait, () -> collected(fresh));
        return fresh;
    }

    /** Of concurrent threads one writes the line; the refusals of the others are collected. */
    private boolean tellAtOnce(int kind, CallRejectedException why, long now) {
        boolean isFirst = open.get(kind) == null && quietTimes.beginIfOver(kind, now);
        if (isFirst) {
            log.refused(loop, site(CallSites.innermost(why.getStackTrace())), why.getMessage());
        }
        return isFirst;
    }

    private static Object site(@Nullable StackTraceElement known) {
        return known == null ? "an unknown place" : known;
    }

    private void arm(RefusalWindow window, long nanos, Runnable action) {
        window.keptBy(deadlines.arm(Duration.ofNanos(nanos), action, null));
        if (window.isClosed()) {
            disarm(window); // a concurrent stop has told it before it could see the deadline
        }
    }

    /** Its line needs no deadline any more, and a watchdog that has none left can end. */
    private void disarm(RefusalWindow window) {
        Deadline deadline = window.deadline();
        if (deadline != null) {
            deadlines.disarm(deadline);
        }
    }

    // ------------------------------------------------------------------ telling

    /** On the watchdog: the window collects no more. */
    private void collected(RefusalWindow window) {
        int kind = window.kind();
        if (!open.compareAndSet(kind, window, null)) {
            return; // the stop has told it
        }
        quietTimes.begin(kind, machine.nanoTime());
        RefusalWindow before = closing.getAndSet(kind, window);
        if (before != null) {
            tell(before, machine.nanoTime());
        }
        if (grace == 0) {
            tell(window, machine.nanoTime());
        } else {
            arm(window, grace, () -> tell(window, machine.nanoTime()));
        }
    }

    /** Writes the lines of a loop that has not started, as far as the grace of their windows is over. */
    void report(long now) {
        for (int kind = 0; kind < KINDS; kind++) {
            RefusalWindow window = open.get(kind);
            if (window != null
                    && now - window.openedAt() >= grace
                    && quietTimes.left(kind, now) == 0
                    && open.compareAndSet(kind, window, null)) {
                quietTimes.begin(kind, now);
                tell(window, now);
            }
        }
    }

    /** At the end of a stop, or when another run of the loop takes over: writes all lines that are due or would be. */
    void tellRest() {
        for (int kind = 0; kind < KINDS; kind++) {
            RefusalWindow last = closing.getAndSet(kind, null);
            if (last != null) {
                tell(last, machine.nanoTime());
            }
            RefusalWindow window = open.getAndSet(kind, null);
            if (window != null && tell(window, machine.nanoTime())) {
                quietTimes.begin(kind, machine.nanoTime());
            }
        }
    }

    /** Closes the window, and writes its line unless all refusals in it were noticed; returns whether it did. */
    private boolean tell(RefusalWindow window, long now) {
        closing.compareAndSet(window.kind(), window, null);
        StackTraceElement site = window.site();
        long count = window.close();
        disarm(window);
        if (count > 0) {
            log.refused(
                    loop,
                    count,
                    Math.max(1, Duration.ofNanos(now - window.openedAt()).toSeconds()),
                    site(site),
                    window.message());
        }
        return count > 0;
    }
}
