package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The thread of a script. It goes on only while another thread, on which an entry of the active lane runs, lends it the loop and waits for it:
 * of the two one goes on at a time, and each sees what the other has written.
 */
@SuppressWarnings("ReferenceEquality") // a thread equals itself alone
final class ScriptThread {
    private final RunServices run;
    private final Runnable code;

    /** Made by the first loan. */
    private volatile @Nullable Thread thread;

    /** The thread that waits for the script, while that holds the loop. */
    private volatile @Nullable Thread lender;

    /** Whether the script has the loop. */
    private volatile boolean holds;

    ScriptThread(RunServices run, Runnable code) {
        this.run = run;
        this.code = code;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Whether it has been made, by the first loan. */
    boolean isMade() {
        return thread != null;
    }

    // ------------------------------------------------------------------ on the thread that lends

    /** Lends the loop, and returns when it has been given back. The first time this makes and starts the thread. */
    void lend() {
        Thread current = Thread.currentThread();
        boolean isActive = run.threads.isActiveCurrent();
        Thread known = thread;
        Thread script = known == null ? make() : known;
        lender = current;
        if (isActive) {
            run.threads.active(script);
        }
        holds = true;
        if (known == null) {
            start(script, isActive);
        } else {
            run.machine.unpark(script);
        }
        boolean interrupted = waitForReturn(script);
        if (isActive) {
            run.threads.active(current);
        }
        if (interrupted) {
            current.interrupt(); // the lane knows what to do with it
        }
    }

    private boolean waitForReturn(Thread script) {
        boolean interrupted = false;
        while (holds) {
            run.machine.park(this, 0);
            if (Thread.interrupted()) { // meant for the code that runs now
                interrupted = true;
                script.interrupt();
            }
        }
        return interrupted;
    }

    private Thread make() {
        Thread fresh = run.machine.thread(run.name() + "-script-" + run.nextId(), kind(), run.options.daemon(), code);
        thread = fresh;
        return fresh;
    }

    /** A virtual thread where there are any, because a script has its thread for as long as it lives. */
    private static ThreadKind kind() {
        return JdkMachine.hasVirtualThreads() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
    }

    private void start(Thread script, boolean isActive) {
        boolean started = false;
        run.threads.add(script);
        try {
            run.machine.start(script);
            started = true;
        } finally {
            if (!started) {
                holds = false;
                if (isActive) {
                    run.threads.active(lender);
                }
                run.threads.remove(script);
            }
        }
    }

    // ------------------------------------------------------------------ on this thread

    void giveBack() {
        Thread current = lender;
        if (run.threads.isActiveCurrent()) {
            run.threads.active(current); // first: from here on this thread is the active one no longer
        }
        holds = false;
        run.machine.unpark(current);
    }

    /** Gives the loop back, and returns when it has it again. */
    void yieldLoop() {
        giveBack();
        while (!holds) {
            run.machine.park(this, 0);
            Thread.interrupted(); // of no use: the thread is interrupted only while it holds the loop
        }
    }

    /** Its code has ended. */
    void isOver() {
        run.threads.remove(Thread.currentThread());
        giveBack();
    }
}
