package dev.pel;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a pool lane, first in, first out. Many put in; who takes out holds the right to take for these few
 * instructions. A queue of arrays for a single consumer and that right cost less than a linked queue for many consumers: no
 * node to allocate for each call, and sixteen calls to a cache line.
 */
final class CallQueue {
    private static final int CHUNK = 1_024;
    private static final int FEW = 64;
    private static final int PATIENCE = 64;

    private final Machine machine;
    private final MpscUnboundedVarHandleArrayQueue<Call<?>> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);

    /** Calls that were in the queue when the shells were taken out; older than all that are in it now. */
    private final ArrayDeque<Call<?>> older = new ArrayDeque<>();

    /** How many of them there are, for those who do not hold the right to take. */
    private volatile int olderCount;

    private final PaddedLong taking = new PaddedLong();

    /** Calls that ended while they waited, and are still in the queue: empty shells that no longer count. */
    private final AtomicInteger shells = new AtomicInteger();

    CallQueue(Machine machine) {
        this.machine = machine;
    }

    void offer(Call<?> call) {
        queue.offer(call);
    }

    boolean isEmpty() {
        // in this order: the rival who takes out the shells says that there are older ones before the queue is empty
        return queue.isEmpty() && olderCount == 0;
    }

    /** How many wait, shells included; only roughly while others put in and take out. */
    int size() {
        return queue.size() + olderCount;
    }

    /** Takes the first that waits; null also when that is on its way into the queue, which isEmpty does not call empty. */
    @Nullable Call<?> poll() {
        while (true) {
            Call<?> call = pollAny();
            if (call == null || call.isQueued()) {
                return call;
            }
            shells.updateAndGet(count -> Math.max(0, count - 1));
        }
    }

    /** Without a look at whether there is something: that reads what submitters write, and so takes it from them for a while. */
    private @Nullable Call<?> pollAny() {
        lock();
        try {
            if (olderCount > 0) {
                Call<?> call = older.poll();
                olderCount = older.size();
                return call;
            }
            return queue.relaxedPoll();
        } finally {
            taking.setRelease(0);
        }
    }

    /** The rival holds it for a few instructions, but may lose its processor just there. */
    private void lock() {
        int looks = 0;
        while (taking.get() != 0 || !taking.compareAndSet(0, 1)) {
            if (++looks % PATIENCE == 0) {
                machine.giveWay();
            } else {
                machine.spin();
            }
        }
    }

    /** A call that is in the queue has become a shell. When there are more of them than of calls, all are taken out. */
    void leavesShell(int waiting) {
        if (shells.incrementAndGet() > Math.max(FEW, waiting)) {
            shells.set(0); // whoever comes here meanwhile starts to count anew
            removeShells();
        }
    }

    private void removeShells() {
        lock();
        try {
            // what is on its way must not look like nothing: a worker that sees nothing sleeps, and nobody wakes it for
            // calls that have been there all the time
            olderCount = Math.max(1, olderCount);
            older.removeIf(call -> !call.isQueued());
            Call<?> call = queue.relaxedPoll();
            while (call != null) {
                if (call.isQueued()) {
                    older.add(call);
                }
                call = queue.relaxedPoll();
            }
            olderCount = older.size();
        } finally {
            taking.setRelease(0);
        }
    }

    /** The one that waits longest, or null; it may have been taken meanwhile. */
    @Nullable Call<?> oldest() {
        Call<?> first = first(queue);
        // after that look: the rival may have taken out the shells meanwhile, and what is older than this with them
        if (olderCount > 0) {
            lock();
            try {
                Call<?> before = first(older);
                return before == null ? first : before;
            } finally {
                taking.setRelease(0);
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
