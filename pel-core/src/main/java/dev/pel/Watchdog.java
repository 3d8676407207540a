package dev.pel;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The turns of the thread that watches deadlines: those of calls, and that of a stop. It belongs to no lane and runs no operation, body
 * or attached code, so a timeout ends its call and a stop keeps its deadline also while the active thread is stuck. Of the code of users
 * it runs listeners, when a timeout or a stop ends a call, and the thread factory, when a further, spare or completion thread is needed:
 * one that blocks holds up all timeouts and the stop. After the stop its thread stays only as long as a deadline is armed, and one that is
 * armed later has it started again.
 */
final class Watchdog implements Runnable {
    /** How often the watchdog of a stopped loop looks whether a deadline is left, in nanoseconds. */
    private static final long PAUSE = 100_000_000;

    private final WatchdogThread thread;
    private final Defects defects;
    private final Deadlines deadlines;
    private final CoarseClock clock;
    private final Duties duties;

    /** Whether the stop is over. Confined to the watchdog, or to the thread that has made the steps of the stop in its place. */
    private boolean isAfterStop;

    Watchdog(WatchdogThread thread, Defects defects, Deadlines deadlines, CoarseClock clock, Duties duties) {
        this.thread = thread;
        this.defects = defects;
        this.deadlines = deadlines;
        this.clock = clock;
        this.duties = duties;
    }

    /**
     * What the watchdog does besides.
     *
     * @param lanes the lanes for which it ticks, and after whose threads it looks
     * @param detector looks at what the threads of the lanes wait for; null when the machine sees all waits itself
     * @param retry repeats what failed for lack of memory
     * @param hasRetries whether something is left to repeat
     * @param isOver whether the loop is over
     * @param stopStep makes a step of the stop that is under way, and says how long the next may wait: 0 when there is none, less than 0 when
     *     it is done
     */
    record Duties(
            List<? extends TickingLane> lanes,
            @Nullable WaitDetector detector,
            Runnable retry,
            BooleanSupplier hasRetries,
            BooleanSupplier isOver,
            LongSupplier stopStep) {}

    void start() {
        thread.start(this);
    }

    /** A stop was made without the watchdog: an armed deadline starts it from here on. */
    void goesOnAfterStop() {
        thread.runs(this);
        isAfterStop = true;
        if (keepsRest()) {
            thread.startAgain();
        }
    }

    @Override
    public void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = turn();
            } catch (Throwable e) {
                defects.caught(e); // without this thread no timeout and no stop would ever come
            }
        }
    }

    private boolean turn() {
        assert thread.isCurrentOrNone();
        thread.turnBegins();
        if (isAfterStop) {
            deadlines.sleep(PAUSE);
            return keepsRest();
        }
        deadlines.fireDue();
        duties.retry.run();
        long stopWaits = duties.stopStep.getAsLong();
        if (stopWaits < 0) {
            isAfterStop = true;
            return keepsRest();
        }
        long next = clock.tick(duties.lanes, duties.isOver.getAsBoolean());
        long soon = sooner(sooner(next, stopWaits), sooner(lookAtThreads(), beat()));
        deadlines.sleep(sooner(soon, duties.hasRetries.getAsBoolean() ? WatchdogThread.PAUSE : 0));
        return true;
    }

    private long lookAtThreads() {
        long next = 0;
        for (TickingLane lane : duties.lanes) {
            next = sooner(next, lane.lookAtThreads());
        }
        return next;
    }

    /** The shorter of two times, of which 0 means for ever. */
    private static long sooner(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }

    /** After the stop: keeps the deadlines that are armed, and what is to be repeated; says whether there are any. */
    private boolean keepsRest() {
        deadlines.fireDue();
        deadlines.forgetDisarmed();
        duties.retry.run();
        if (hasRest()) {
            return true;
        }
        thread.ends();
        // a concurrent thread arms a deadline and then looks at the mark: one of the two goes on with it
        return hasRest() && thread.goesOn();
    }

    private boolean hasRest() {
        return duties.hasRetries.getAsBoolean() || !deadlines.isEmpty();
    }

    /** Looks at what the threads of the lanes wait for, when it is time. Says when it will be time again; 0 for not at all. */
    private long beat() {
        WaitDetector detector = duties.detector;
        if (detector == null || !thread.isBeating() || duties.isOver.getAsBoolean()) {
            return 0;
        }
        long next = detector.step(thread.machine().nanoTime());
        while (next == 0) {
            thread.beats(false);
            // the concurrent one is a thread that wakes up: it is no longer counted as asleep when it looks at the
            // mark. Either it
            // sees that the mark has fallen, and raises it, or it is seen here
            if (detector.isAllAsleep()) {
                return 0;
            }
            thread.beats(true);
            next = detector.step(thread.machine().nanoTime());
        }
        return next;
    }

    /** At the end of a stop: logs what no line has told yet. */
    void tellRest() {
        deadlines.tellRest();
        if (duties.detector != null) {
            duties.detector.tellRest();
        }
    }
}
