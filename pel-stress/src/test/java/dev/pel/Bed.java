package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Where the one thread of a race sleeps that is to be woken. It lies there until it is woken, as with the real machine; but when
 * it would lie there for ever, because whoever could have woken it has gone, it gets up by itself, and the race is lost.
 */
@SuppressWarnings("ReferenceEquality") // a thread equals itself alone
final class Bed extends StillMachine {
    /** The thread of another worker, which sleeps all the time. */
    private static final Thread OTHER = new Thread("other");

    private volatile boolean permit;
    private volatile boolean otherWoken;
    private volatile boolean gone;
    private boolean forgotten;
    private boolean makesOther;

    /** Lets the sleeper get up and end. */
    private Runnable alarm = () -> {};

    void alarm(Runnable way) {
        alarm = way;
    }

    /** Lets another worker sleep in the lane. */
    void other(LoopRun run, Lane lane) {
        makesOther = true;
        run.pool(lane).wakeUp().pushIdle(worker(run, lane).searcher());
        makesOther = false;
    }

    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        return makesOther ? OTHER : super.thread(name, kind, daemon, body);
    }

    @Override
    public void park(Object blocker, long nanos) {
        while (!permit) {
            if (gone && !permit) {
                forgotten = !otherWoken;
                alarm.run();
                return;
            }
            Thread.onSpinWait();
        }
        permit = false;
    }

    @Override
    public void unpark(@Nullable Thread thread) {
        if (thread == OTHER) {
            otherWoken = true;
        } else if (thread != null) {
            permit = true;
        }
    }

    /** The one who brings the work will do nothing more. */
    void leave() {
        gone = true;
    }

    String verdict(boolean done) {
        return forgotten ? "slept over it" : done ? "done" : otherWoken ? "the other does it" : "not done";
    }
}
