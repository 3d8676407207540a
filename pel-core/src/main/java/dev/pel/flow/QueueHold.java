package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a drain of the loop wait as long as items wait for a consumer: by a promise. Without it the drain would miss an item that a thread from
 * outside has in hand on its way from the queue to the consumer, since that is in no lane.
 */
final class QueueHold {
    private final CallSpec calls;

    /** Whether there is an item, and a consumer for it. */
    private final BooleanSupplier isWanted;

    /** Null when no drain has to wait. */
    private final AtomicReference<@Nullable LoopFuture<Boolean>> held = new AtomicReference<>();

    QueueHold(CallSpec calls, BooleanSupplier isWanted) {
        this.calls = calls;
        this.isWanted = isWanted;
    }

    /** Has a drain wait, if it is wanted. False when the loop refuses that. */
    boolean take() {
        LoopFuture<Boolean> known = held.get();
        if (!isWanted.getAsBoolean() || (known != null && !known.isDone())) {
            return true;
        }
        LoopFuture<Boolean> fresh = calls.promise();
        if (fresh.isDone()) {
            return fresh.outcome() == null; // false: it was refused. The look tells the log that somebody has noticed
        }
        if (!held.compareAndSet(known, fresh)) {
            fresh.complete(true); // a concurrent thread has made one, or has let go of the last one: look again
            return take();
        }
        if (!isWanted.getAsBoolean()) {
            letGo(); // the concurrent thread that has ended the consumer looked before
        }
        return true;
    }

    /**
     * Lets the drain go on, unless it has to wait for more. The promise is taken out first: whoever takes a place for an item meanwhile is
     * either seen here, or finds no promise, and makes one.
     */
    void letGo() {
        LoopFuture<Boolean> known = held.getAndSet(null);
        while (known != null) {
            if (!isWanted.getAsBoolean() || !held.compareAndSet(null, known)) {
                known.complete(true);
                return;
            }
            // it is back in its place, and the last item may just have gone
            known = isWanted.getAsBoolean() ? null : held.getAndSet(null);
        }
    }
}
