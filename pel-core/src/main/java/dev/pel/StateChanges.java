package dev.pel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the changes of a loop's state, in all its runs, and tells them in the order in which they were made, one at a time. A state changes
 * a few times in a run, so a lock is cheap enough; no listener is called under it.
 */
final class StateChanges {
    private final Lock lock = new ReentrantLock();

    /** What tells the changes that nobody has been told of. Guarded by {@link #lock}. */
    private final Queue<Runnable> untold = new ArrayDeque<>();

    /** Whether a thread is telling one. Guarded by {@link #lock}. */
    private boolean telling;

    /**
     * Makes a change if it still can be made. The caller tells it afterwards.
     *
     * @param change makes the change; false when it cannot be made any more
     * @param news tells the change
     * @return whether the change has been made
     */
    boolean make(BooleanSupplier change, Runnable news) {
        lock.lock();
        try {
            boolean isMade = change.getAsBoolean();
            if (isMade) {
                untold.add(news);
            }
            return isMade;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells what has changed. All of it has been told when this returns, unless a concurrent thread, or this one further up its stack, is
     * telling a change; then that thread tells the rest next.
     */
    void tell() {
        for (Runnable news = take(); news != null; news = take()) {
            try {
                news.run();
            } finally {
                hasTold();
            }
        }
    }

    /** The next change that this thread is to tell; null when there is none, or when a concurrent thread will tell it. */
    private @Nullable Runnable take() {
        lock.lock();
        try {
            if (telling) {
                return null;
            }
            Runnable news = untold.poll();
            telling = news != null;
            return news;
        } finally {
            lock.unlock();
        }
    }

    private void hasTold() {
        lock.lock();
        try {
            telling = false;
        } finally {
            lock.unlock();
        }
    }
}
