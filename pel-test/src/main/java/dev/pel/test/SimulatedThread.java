package dev.pel.test;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A real thread, used by one simulation after the other, because to make one takes longer than a small simulation. */
@SuppressWarnings("ReferenceEquality") // threads and assignments equal themselves alone
final class SimulatedThread extends Thread {
    private volatile @Nullable Assignment assignment;
    private volatile boolean retired;

    /** Somebody has interrupted it while it waited for the token; it shall see that when it goes on. */
    private volatile boolean pendingInterrupt;

    SimulatedThread() {
        super("pel-test-idle");
        setDaemon(true);
    }

    /** Gives it something to run. */
    void assign(Scheduler scheduler, Strand strand) {
        setName(strand.name);
        setContextClassLoader(Thread.currentThread().getContextClassLoader());
        pendingInterrupt = false;
        assignment = new Assignment(scheduler, strand);
    }

    /** Lets it end, when it has nothing to run. */
    void retire() {
        retired = true;
        LockSupport.unpark(this);
    }

    @Nullable Strand strandOf(Scheduler scheduler) {
        Assignment mine = assignment;
        return mine != null && mine.scheduler == scheduler ? mine.strand : null;
    }

    @Override
    public void run() {
        Assignment last = null;
        while (!retired) {
            Assignment next = assignment;
            if (next == null || next == last || !next.isCalled()) {
                LockSupport.park(this);
                Thread.interrupted(); // nobody's
            } else {
                last = next;
                Thread.interrupted(); // of an earlier simulation
                showInterrupt();
                next.scheduler.runs(next.strand);
            }
        }
    }

    /**
     * Takes effect when this thread goes on, so that the seed decides what the interrupted one sees; from outside of the
     * simulation it is a real one, and ends what blocks for real.
     */
    @Override
    public void interrupt() {
        Assignment mine = assignment;
        if (mine == null || Thread.currentThread() == this || !mine.scheduler.isIn()) {
            super.interrupt();
        } else {
            mine.scheduler.step(); // it may be over what it was to be interrupted for
            pendingInterrupt = true;
            mine.scheduler.step();
        }
    }

    @Override
    public boolean isInterrupted() {
        return pendingInterrupt || super.isInterrupted();
    }

    /** Before it waits for the token: a flag that is set would not let it wait. */
    void hideInterrupt() {
        if (Thread.interrupted()) {
            pendingInterrupt = true;
        }
    }

    /** It goes on, and sees what came meanwhile. */
    void showInterrupt() {
        if (pendingInterrupt) {
            pendingInterrupt = false;
            super.interrupt();
        }
    }

    private record Assignment(Scheduler scheduler, Strand strand) {
        boolean isCalled() {
            return scheduler.isHolder(strand);
        }
    }
}
