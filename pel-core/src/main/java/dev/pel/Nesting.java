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
 *
 * <p>The lock is held while the thread is interrupted, which may take long: it closes the channel in which the operation is. A thread that
 * waits for the lock parks; a virtual one leaves its carrier, which the operation may need to come out of that channel.
 */
final class Nesting {
    private static final int MOST = 64;

    private final Thread thread;
    private final Lock lock = new ReentrantLock();

    /** Calls whose operations wait in their joins. Changed under the lock; a stop reads it without. */
    private final List<Call<?>> waiting = new CopyOnWriteArrayList<>();

    /** Those of them that are to find the interrupt flag set when they go on. Guarded by {@link #lock}. */
    private final Set<Call<?>> interrupted = new HashSet<>();

    Nesting(Thread thread) {
        this.thread = thread;
    }

    /** The thread is about to run another operation inside the join of this call's operation. */
    void enter(Call<?> outer) {
        lock.lock();
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
        lock.lock();
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
        lock.lock();
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
            lock.lock();
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
