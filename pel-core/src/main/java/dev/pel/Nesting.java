package dev.pel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls whose operations wait in one worker's thread while it runs another operation inside their join, and the decision which of all
 * these operations an interrupt of that thread reaches. Hardly any call is ever nested or interrupted, so a lock is cheap enough.
 */
final class Nesting {
    private static final int MOST = 64;

    private final Machine machine;
    private final Thread thread;
    private final Lock lock = new ReentrantLock();

    /** Calls whose operations wait in their joins. Changed under the lock; a stop reads it without. */
    private final List<Call<?>> waiting = new CopyOnWriteArrayList<>();

    /** Those of them that are to find the interrupt flag set when they go on. Guarded by {@link #lock}. */
    private final Set<Call<?>> interrupted = new HashSet<>();

    Nesting(Machine machine, Thread thread) {
        this.machine = machine;
        this.thread = thread;
    }

    /**
     * Waits for the lock by yielding, not by parking. The lock is held while the thread is interrupted, where a simulated machine may let
     * another thread run: so it must know of each thread that waits.
     */
    private void lock() {
        while (!lock.tryLock()) {
            machine.giveWay();
        }
    }

    /** The thread is about to run another operation inside the join of this call's operation. */
    void enter(Call<?> outer) {
        lock();
        try {
            waiting.add(outer);
            if (Thread.interrupted()) {
                interrupted.add(outer); // a flag that is set belongs to the operation that waits
            }
        } finally {
            lock.unlock();
        }
    }

    /** The operation inside the join has returned, and that of this call goes on. */
    void leave(Call<?> outer) {
        lock();
        try {
            waiting.remove(outer);
            if (interrupted.remove(outer)) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Interrupts the operation of a call that others have ended: at once when it runs, or else when the operation inside its join has
     * returned. The concurrent thread is this one's own, in {@link #spare}: either it comes first, and nothing is interrupted, or it finds
     * the flag set, and clears it.
     */
    void interrupt(Call<?> call) {
        lock();
        try {
            if (call.isInterrupting()) {
                interruptNow(call);
                call.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    private void interruptNow(Call<?> call) {
        if (waiting.contains(call)) {
            interrupted.add(call);
        } else {
            thread.interrupt();
        }
    }

    /** The operation of a call that others have ended has come back: no interrupt for it is to reach what the thread runs next. */
    void spare(Call<?> call) {
        if (call.isInterrupting()) {
            lock();
            try {
                call.spared();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The calls whose operations wait, from any thread. */
    List<Call<?>> waiting() {
        return waiting;
    }

    /** Whether one more operation may run inside a join: each takes some of the thread's stack. */
    boolean hasRoom() {
        return waiting.size() < MOST;
    }
}
