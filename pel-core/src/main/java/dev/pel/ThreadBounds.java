package dev.pel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** How many threads an elastic lane has at least and at most, and its size between the two. */
final class ThreadBounds {
    private final AtomicInteger size;
    private final AtomicInteger target;
    private final boolean isFixed;

    /** Held for a few instructions by threads that change the size, or dismiss a worker that is not the current thread's. */
    private final Lock lock = new ReentrantLock();

    /** How many threads there are at least. Changed by a resize of a lane for which both numbers are the same. */
    private volatile int least;

    /** How many threads there may be. Changed by a resize. */
    private volatile int most;

    /** The size and the target of the lane's {@link ThreadCount}. */
    ThreadBounds(LaneThreads options, AtomicInteger size, AtomicInteger target) {
        this.size = size;
        this.target = target;
        this.isFixed = options.min() == options.max();
        this.least = options.min();
        this.most = options.max();
    }

    Lock lock() {
        return lock;
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }

    boolean isFixed() {
        return isFixed;
    }

    /** Whether there may ever be more threads than the fewest. */
    boolean mayGrow() {
        return most > least;
    }

    boolean isAboveLeast() {
        return size.get() > least;
    }

    /** Makes the size greater by one; false when it is as great as it may be. */
    boolean addOne() {
        lock.lock();
        try {
            return size.get() < most && change(1);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the size smaller by one; false when it is as small as it may be. */
    boolean removeOne() {
        lock.lock();
        try {
            return isAboveLeast() && change(-1);
        } finally {
            lock.unlock();
        }
    }

    private boolean change(int by) {
        size.addAndGet(by);
        target.addAndGet(by);
        return true;
    }

    /** Changes how great the size may be. */
    void resize(int threads) {
        if (threads < least) {
            throw new InvalidOptionException(
                    "threads", "must be at least 'min threads', which is " + least + ",", String.valueOf(threads));
        }
        lock.lock();
        try {
            most = threads;
            change(-Math.max(0, size.get() - threads));
        } finally {
            lock.unlock();
        }
    }

    /** Changes both numbers, of a lane whose size is being changed by others. */
    void fixed(int threads) {
        least = threads;
        most = threads;
    }
}
