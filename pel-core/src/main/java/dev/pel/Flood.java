package dev.pel;

/**
 * What a pool lane does differently while its operations are short, so that a flood of them does not wake more threads than can run: more
 * awake threads than processors would only get in each other's way.
 *
 * <p>A worker that has run nothing but short operations for a while keeps the right to search while it runs the next one, as long as
 * enough workers are awake; submitters then wake no thread. Should that operation not be short, the watchdog takes the right away within
 * two of its ticks, and wakes another worker. And only while operations are short do the threads of the lane, and the active thread, spin
 * before they sleep. What both bring is measured in docs/dev/performance-experiments.md.
 */
final class Flood {
    /** Nanoseconds until a woken thread runs, as measured on a machine of two processors. */
    private static final long WAKE_UP = 50_000;

    /** After so many looks in vain the mark is cleared, and after twice as many the watchdog looks no longer. */
    private static final int QUIET_LOOKS = 8;

    private final RunServices run;
    private final Workers workers;
    private final LaneQueue queue;
    private final ThreadCount threads;
    private final WakeUp wakeUp;

    /** How many workers can usefully be awake: one processor is the active thread's. */
    private final int enough;

    /** Whether the last operations were all short. */
    private volatile boolean isOn;

    /** Whether a worker has lately kept the right to search while it ran an operation, so that the watchdog has to look. */
    private volatile boolean kept;

    /** The id of the worker that the watchdog has seen keeping the right when it looked last; 0 for none. Confined to the watchdog. */
    private int keeper;

    /** How many operations that worker had run. Confined to the watchdog. */
    private long keepersOperations;

    /** Confined to the watchdog. */
    private int quietLooks;

    Flood(RunServices run, Workers workers, LaneQueue queue, ThreadCount threads, WakeUp wakeUp) {
        this.run = run;
        this.workers = workers;
        this.queue = queue;
        this.threads = threads;
        this.wakeUp = wakeUp;
        this.enough = Math.max(1, run.machine.processors() - 1);
    }

    /** Whether operations are short. */
    boolean isOn() {
        return isOn;
    }

    void isOn(boolean now) {
        if (isOn != now) { // mostly it is, and nothing is written
            isOn = now;
        }
    }

    /** Whether another awake worker would not help to empty the queue, when an operation takes that long on average. */
    boolean hasEnoughAwake(long averageNanos) {
        return threads.alive() - wakeUp.asleep() >= enough || queue.size() * averageNanos < WAKE_UP;
    }

    /** A worker keeps the right to search while it runs an operation that is expected to be short. */
    void keep() {
        if (!kept) {
            kept = true;
            run.clock.startTicking();
        }
    }

    boolean isKept() {
        return kept;
    }

    /**
     * Called by the watchdog: takes the right to search away from a worker that keeps it while its operation is not short at all.
     *
     * @return whether to look again soon
     */
    boolean relieve() {
        assert run.watchdogThread.isCurrentOrNone();
        if (!kept && quietLooks == 0) {
            return false;
        }
        Searcher worker = workers.keeper(wakeUp.searcher());
        if (worker == null) {
            return lookedInVain();
        }
        kept = true;
        quietLooks = 1;
        lookAt(worker);
        return true;
    }

    private boolean lookedInVain() {
        keeper = 0;
        // a concurrent worker may have seen the mark just before it fell: so some looks more
        kept = quietLooks < QUIET_LOOKS;
        quietLooks = quietLooks < 2 * QUIET_LOOKS ? quietLooks + 1 : 0;
        return quietLooks > 0;
    }

    private void lookAt(Searcher worker) {
        long operations = worker.operations();
        if (keeper == worker.id() && keepersOperations == operations) {
            wakeUp.stopSearching(worker);
            wakeUp.lastLook();
        }
        keeper = worker.id();
        keepersOperations = operations;
    }
}
