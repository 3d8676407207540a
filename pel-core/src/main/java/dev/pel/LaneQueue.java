package dev.pel;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The two queues of a pool lane: one for calls of normal priority, one for those of low priority, which in many lanes is never used. */
final class LaneQueue {
    /** Each time of so many a thread looks for a call of low priority first. */
    private static final int SHARE = 16;

    private final CallQueue normal = new CallQueue();
    private final CallQueue low = new CallQueue();
    private final AtomicInteger taken = new AtomicInteger();

    /** Whether there ever was a call of low priority: until then nobody looks for one. */
    private volatile boolean usesLow;

    void offer(Call<?> call) {
        normal.offer(call);
    }

    void offerLow(Call<?> call) {
        usesLow = true; // first: a worker that is about to sleep looks there from now on
        low.offer(call);
    }

    /** Takes the next call; null when there is none, or when one is just being put in, while isEmpty is false already. */
    @Nullable Call<?> poll() {
        return usesLow ? pollBoth() : normal.poll();
    }

    private @Nullable Call<?> pollBoth() {
        boolean lowFirst = taken.incrementAndGet() % SHARE == 0;
        Call<?> call = (lowFirst ? low : normal).poll();
        return call == null ? (lowFirst ? normal : low).poll() : call;
    }

    boolean isEmpty() {
        return normal.isEmpty() && (!usesLow || low.isEmpty());
    }

    /** How many elements are there, tombstones included; approximate while other threads offer and take. */
    int size() {
        return normal.size() + (usesLow ? low.size() : 0);
    }

    /** A call has become a tombstone. */
    void leavesTombstone(int waiting) {
        normal.leavesTombstone(waiting);
    }

    void leavesLowTombstone(int waiting) {
        low.leavesTombstone(waiting);
    }

    /** When the call came that waits longest; null when none is found. */
    @Nullable Long oldest() {
        Call<?> call = head();
        return call == null ? null : call.queuedAt();
    }

    /** The call that waits longest; null when none is found. */
    @Nullable Call<?> head() {
        Call<?> one = normal.oldest();
        Call<?> other = usesLow ? low.oldest() : null;
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.queuedAt() - other.queuedAt() < 0 ? one : other;
    }
}
