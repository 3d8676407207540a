package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One worker's search for the next call: takes it from the lane's queue, or sleeps until one has come. Confined to the worker's thread, but
 * for {@link #wake} and what other threads read.
 */
final class Searcher {
    private final RunServices run;
    private final PoolLane lane;
    private final LaneQueue queue;
    private final ThreadCount threads;
    private final WakeUp wakeUp;
    private final Flood flood;
    private final Spin spin;
    private final OperationClock clock;
    private final int id;
    private final Thread thread;

    /** Set by the thread that wakes this one, before the unpark; with it comes the right to search. */
    private volatile boolean woken;

    private volatile boolean idle;

    /** Whether its end is decided, in this sleep: by the thread that wakes it, or by itself because it has expired. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    /** Whether the worker is none of the lane's any more, and ends as soon as it looks for another call. */
    private volatile boolean dismissed;

    /** Whether the watchdog is about to decide, under the lock of {@link ThreadBounds}, whether the worker is dismissed. */
    private volatile boolean doubted;

    /** Whether the worker has the right to search, unless the watchdog has taken that away. */
    private boolean searching;

    /** Whether it keeps that right while it runs an operation. Written by its thread alone; the watchdog reads it. */
    private volatile boolean keeping;

    /** Whether it has found nothing yet since it slept. */
    private boolean justWoken;

    /** The next one on the stack of idle workers. */
    @Nullable Searcher nextIdle;

    Searcher(RunServices run, PoolLane lane, OperationClock clock, int id, Thread thread) {
        this.run = run;
        this.lane = lane;
        this.queue = lane.queue();
        this.threads = lane.threads();
        this.wakeUp = lane.wakeUp();
        this.flood = lane.flood();
        this.spin = lane.spin();
        this.clock = clock;
        this.id = id;
        this.thread = thread;
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    private boolean isOnItsThread() {
        return Thread.currentThread() == thread;
    }

    /** Takes the next call; null when there is none, and the thread is to sleep. */
    @Nullable Call<?> look() {
        assert isOnItsThread();
        // before the look, so that submitters wake no other thread while this one is about to look
        searching = searching ? wakeUp.isSearcher(this) : wakeUp.startSearching(this);
        Call<?> call = queue.poll();
        if (call == null && searching && flood.isOn() && spin.isWorthwhile()) {
            clock.pause();
            call = spin.found(run.activeBooks.size()) ? queue.poll() : null;
        }
        if (call != null && searching) {
            found();
        }
        return call;
    }

    private void found() {
        // a call that comes alone after a sleep is no flood, and not worth that the watchdog looks
        boolean keeps = clock.isShort() && !(justWoken && queue.isEmpty()) && flood.hasEnoughAwake(clock.average());
        justWoken = false;
        keeping(keeps);
        if (keeps) {
            flood.keep();
        } else {
            searching = false;
            wakeUp.found(this);
        }
    }

    private void keeping(boolean now) {
        if (keeping != now) { // mostly it is, and nothing is written
            keeping = now;
        }
    }

    /** Sleeps until another thread wakes this one. */
    void sleep() {
        assert isOnItsThread();
        idle = true;
        clock.pause();
        justWoken = true;
        keeping(false);
        claimed.setPlain(false); // nobody knows of this sleep before the push
        // on the stack before the last look: a submitter either sees this worker there, or is seen by that look
        wakeUp.pushIdle(this);
        if (searching) {
            searching = false;
            wakeUp.stopSearching(this);
        }
        wakeUp.lastLook();
        long since = run.machine.nanoTime();
        while (!woken && !threads.expires(this, since)) {
            parkUnlessWoken(since);
            Thread.interrupted(); // nobody's: a worker is only interrupted for its call, and has none
        }
        if (dismissed) {
            return; // it has expired, and is woken by nobody
        }
        spin.slept(run.machine.nanoTime() - since);
        woken = false;
        searching = true;
        idle = false;
        run.watchdogThread.startBeating();
        threads.awoke();
    }

    /**
     * Looks at the mark once more: the question whether the worker expires may have waited for a lock, and the unpark of the concurrent
     * thread that wakes this one has then only ended that wait. Between this look and the park is nothing that parks.
     */
    private void parkUnlessWoken(long since) {
        long most = threads.longestPark(since);
        if (!woken) {
            run.machine.park(lane, most);
        }
    }

    /**
     * The operation that runs is about to wait, or to run others inside its wait. Short as it was expected to be, it can take long
     * from here on, and what runs inside it would look to the watchdog as if this worker went on. So it keeps the right to search
     * no longer, and another worker is woken for what has come meanwhile.
     */
    void stopKeeping() {
        assert isOnItsThread();
        if (searching) {
            searching = false;
            keeping = false;
            wakeUp.found(this);
        }
    }

    // ------------------------------------------------------------------ for other threads

    /** Wakes the worker; the calling thread has given it the right to search. */
    void wake() {
        woken = true;
        run.machine.unpark(thread);
    }

    /** Takes the right to end the worker's sleep; false when another thread has it. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** By the worker's own thread outside of operations, and by the watchdog while the worker is in one. */
    void dismiss() {
        dismissed = true;
    }

    /** On the worker's own thread, which has dismissed it: no other thread could be started in its place. */
    void keep() {
        dismissed = false;
    }

    void doubt(boolean now) {
        doubted = now;
    }

    boolean isDoubted() {
        return doubted;
    }

    boolean isDismissed() {
        return dismissed;
    }

    int id() {
        return id;
    }

    boolean isIdle() {
        return idle;
    }

    boolean isKeeping() {
        return keeping;
    }

    /** How many operations the worker has run. */
    long operations() {
        return clock.operations();
    }
}
