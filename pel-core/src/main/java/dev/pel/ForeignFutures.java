package dev.pel;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The futures of one run that wait for a future or an executor that is not the loop's. A drain waits for those that somebody wants
 * something of. The others are known only weakly, so that they go when nobody holds them; a stop ends both.
 */
final class ForeignFutures {
    private final Set<LoopFuture<?>> open = ConcurrentHashMap.newKeySet();
    private final Set<Faint> idle = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<LoopFuture<?>> collected = new ReferenceQueue<>();

    void add(LoopFuture<?> future) {
        open.add(future);
    }

    /** Whether it was there. */
    boolean remove(LoopFuture<?> future) {
        return open.remove(future);
    }

    /** Nobody wants anything of it for now. */
    Faint faint(LoopFuture<?> future) {
        forgetCollected();
        return new Faint(future, collected);
    }

    void addIdle(Faint faint) {
        idle.add(faint);
    }

    void removeIdle(Faint faint) {
        idle.remove(faint);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** How many a drain waits for. */
    int waiting() {
        return open.size();
    }

    void stopAll() {
        for (LoopFuture<?> future : open) {
            future.stop(); // which takes it out
        }
        for (Faint faint : idle) {
            LoopFuture<?> future = faint.get();
            if (future != null) {
                future.stop();
            }
        }
        forgetCollected();
    }

    /** How many it knows. */
    int size() {
        forgetCollected();
        return open.size() + idle.size();
    }

    private void forgetCollected() {
        Reference<?> gone = collected.poll();
        while (gone != null) {
            idle.remove(gone);
            gone = collected.poll();
        }
    }

    /** A future that lives only as long as somebody else holds it. */
    static final class Faint extends WeakReference<@Nullable LoopFuture<?>> {
        private Faint(LoopFuture<?> future, ReferenceQueue<LoopFuture<?>> queue) {
            super(future, queue);
        }
    }
}
