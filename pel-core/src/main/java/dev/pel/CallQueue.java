package dev.pel;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a pool lane, first in, first out. Many threads offer; the one that takes holds a lock for these few instructions. A queue
 * of arrays for a single consumer and that lock cost less than a linked queue for many consumers: no node to allocate for each call, and
 * sixteen calls to a cache line.
 *
 * <p>A call that ends while it waits, or that a thread runs inside a join, stays behind as a <em>tombstone</em>: it no longer counts, and
 * is skipped when its turn comes. When there are more tombstones than calls that wait, all are removed at once.
 */
final class CallQueue {
    private static final int CHUNK = 1_024;

    /** That many tombstones are always tolerated. */
    private static final int FEW = 64;

    private final MpscUnboundedVarHandleArrayQueue<Call<?>> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);

    /** Calls that were in the queue when the tombstones were removed; older than all that are in it now. Guarded by {@link #lock}. */
    private final ArrayDeque<Call<?>> older = new ArrayDeque<>();

    /** The size of {@link #older}, for threads that do not hold the lock. */
    private volatile int olderCount;

    /** Held by a thread that takes, for a few instructions. */
    private final Lock lock = new ReentrantLock();

    /** About how many tombstones are in the queue. */
    private final AtomicInteger tombstones = new AtomicInteger();

    void offer(Call<?> call) {
        queue.offer(call);
    }

    boolean isEmpty() {
        // read order matters: the concurrent thread that removes tombstones publishes olderCount before it drains the
        // queue
        return queue.isEmpty() && olderCount == 0;
    }

    /** How many elements are in the queue, tombstones included; approximate while other threads offer and take. */
    int size() {
        return queue.size() + olderCount;
    }

    /** Takes the first call; null when there is none, or when one is just being put in, while isEmpty is false already. */
    @Nullable Call<?> poll() {
        while (true) {
            Call<?> call = pollAny();
            if (call == null || call.isQueued()) {
                return call;
            }
            tombstones.updateAndGet(count -> Math.max(0, count - 1));
        }
    }

    /** Polls without asking isEmpty first, which reads the index that each submission writes: its cache line would move twice per call. */
    private @Nullable Call<?> pollAny() {
        lock.lock();
        try {
            if (olderCount > 0) {
                Call<?> call = older.poll();
                olderCount = older.size();
                return call;
            }
            return queue.relaxedPoll();
        } finally {
            lock.unlock();
        }
    }

    /** A call in the queue has become a tombstone. Removes all tombstones when there are more of them than calls that wait. */
    void leavesTombstone(int waiting) {
        if (tombstones.incrementAndGet() > Math.max(FEW, waiting)) {
            tombstones.set(0); // a concurrent thread that comes here starts to count anew
            removeTombstones();
        }
    }

    private void removeTombstones() {
        lock.lock();
        try {
            // the queue must not look empty while calls are moved: a worker that sees an empty queue sleeps, and no
            // submission would wake it for calls that have been there all the time
            olderCount = Math.max(1, olderCount);
            older.removeIf(call -> !call.isQueued());
            Call<?> call = queue.relaxedPeek();
            while (call != null) {
                if (call.isQueued()) {
                    older.add(call); // before it leaves the queue: should no memory be left, it is lost in neither
                }
                queue.relaxedPoll();
                call = queue.relaxedPeek();
            }
        } finally {
            olderCount = older.size();
            lock.unlock();
        }
    }

    /** The call that waits longest, or null; it may have been taken meanwhile. */
    @Nullable Call<?> oldest() {
        Call<?> first = first(queue);
        // after that look: the concurrent thread that removes tombstones may have moved what is older than this one
        if (olderCount > 0) {
            lock.lock();
            try {
                Call<?> before = first(older);
                return before == null ? first : before;
            } finally {
                lock.unlock();
            }
        }
        return first;
    }

    private static @Nullable Call<?> first(Iterable<Call<?>> calls) {
        for (Call<?> call : calls) {
            if (call.isQueued()) {
                return call;
            }
        }
        return null;
    }
}
