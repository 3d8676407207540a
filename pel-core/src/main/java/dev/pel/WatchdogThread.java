package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a run's watchdog, as other threads use it: they wake it, ask it to look at what threads wait for, and start it again when
 * it has ended after a stop.
 */
final class WatchdogThread {
    /** How long it waits before it repeats what has failed for lack of memory, in nanoseconds. */
    static final long PAUSE = 10_000_000;

    private static final Log log = new Log();

    private final Machine machine;
    private final String loop;
    private volatile @Nullable Thread thread;

    /** What the thread runs; null until a start, or a stop without one, has said so. */
    private volatile @Nullable Runnable body;

    /** Whether it has ended: the stop was over, and no deadline was armed. */
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * Whether it looks from time to time at what threads wait for, because they are not all asleep. Always true on a machine that sees all
     * waits itself, where there is nothing to ask for.
     */
    private volatile boolean beating;

    /** Whether another thread has woken it since its turn began. The unpark alone may be used up by a wait for a lock in that turn. */
    private final AtomicBoolean woken = new AtomicBoolean();

    WatchdogThread(Machine machine, String loop) {
        this.machine = machine;
        this.loop = loop;
        this.beating = !machine.hasUnseenWaits();
    }

    Machine machine() {
        return machine;
    }

    String loop() {
        return loop;
    }

    /** Says what a thread is to run that is started later. */
    void runs(Runnable watchdog) {
        body = watchdog;
    }

    /** Starts the thread. Throws what the machine throws when there is none. */
    void start(Runnable watchdog) {
        runs(watchdog);
        Thread fresh = machine.thread(loop + "-watch", ThreadKind.PLATFORM, true, watchdog);
        thread = fresh;
        boolean started = false;
        try {
            machine.start(fresh);
            started = true;
        } finally {
            if (!started) {
                thread = null;
            }
        }
    }

    void wake() {
        woken.set(true); // first: the watchdog that is woken looks at what there is to do
        machine.unpark(thread);
    }

    /** On the watchdog, before it looks at what there is to do: from here on a thread that wakes it is remembered. */
    void turnBegins() {
        // with a read: what the concurrent thread did before it woke this one is seen from here on
        woken.getAndSet(false);
    }

    /** On the watchdog: whether it has to look again before it sleeps. */
    boolean isWoken() {
        return woken.get();
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** For assertions: whether the current thread is the watchdog, or does its work because there is no such thread. */
    boolean isCurrentOrNone() {
        return thread == null || isCurrent();
    }

    // ------------------------------------------------------------------ waits

    /** Called by a thread of a lane that has something to do after a sleep: the watchdog looks at what it waits for, now and then. */
    void startBeating() {
        if (!beating) {
            beating = true;
            wake();
        }
    }

    boolean isBeating() {
        return beating;
    }

    /** On the watchdog. */
    void beats(boolean goesOn) {
        beating = goesOn;
    }

    // ------------------------------------------------------------------ after the stop

    /** On the watchdog, which is about to end; it then looks once more whether there is something to do. */
    void ends() {
        ended.set(true);
    }

    /** Takes the end back. False when another thread has done so and started the watchdog again. */
    boolean goesOn() {
        return ended.compareAndSet(true, false);
    }

    void startAgainIfEnded() {
        if (ended.get() && goesOn()) {
            startAgain();
        }
    }

    void startAgain() {
        Runnable watchdog = body;
        try {
            if (watchdog != null) {
                start(watchdog);
            }
        } catch (Throwable e) { // of the system, or anything that a thread factory throws
            ended.set(true); // the thread that arms the next deadline tries again
            log.warn("The watchdog of loop '{}' could not be started again; its timeouts are late", loop, e);
        }
    }
}
