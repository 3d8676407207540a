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
    private final Defects defects;

    /** What tells the changes that nobody has been told of. Guarded by {@link #lock}. */
    private final Queue<Runnable> untold = new ArrayDeque<>();

    /** The thread that tells all changes in the queue: the first to make a change while there is none. Set under the lock. */
    private volatile @Nullable Thread teller;

    /** Whether that thread has begun to tell. Confined to it. */
    private boolean isTelling;

    StateChanges(Defects defects) {
        this.defects = defects;
    }

    /**
     * Makes a change if it still can be made. The caller has to call {@link #tell} afterwards; between the two it does what must not wait for
     * a listener that blocks.
     *
     * @param change makes the change; false when it cannot be made any more
     * @param news tells the change
     * @return whether the change has been made
     */
    boolean make(BooleanSupplier change, Runnable news) {
        lock.lock();
        try {
            if (!change.getAsBoolean()) {
                return false;
            }
            untold.add(news);
            if (teller == null) {
                teller = Thread.currentThread();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells what has changed, unless another thread is the teller and tells this change, too, or the current thread tells already, further
     * up its stack, and a listener has changed the state.
     */
    @SuppressWarnings("ReferenceEquality") // the very same thread
    void tell() {
        if (teller != Thread.currentThread() || isTelling) {
            return;
        }
        isTelling = true;
        Runnable news = next();
        while (news != null) {
            try {
                news.run();
            } catch (Throwable e) {
                // a listener's own are caught before: no memory or no stack was left for pel, and there may be for the
                // next
                defects.tell(e);
            }
            news = next();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same thread
    private @Nullable Runnable next() {
        assert teller == Thread.currentThread();
        lock.lock();
        try {
            Runnable news = untold.poll();
            if (news == null) {
                isTelling = false; // before another thread may begin
                teller = null;
            }
            return news;
        } finally {
            lock.unlock();
        }
    }
}
