package dev.pel;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks, while an elastic lane is busy, whether the call at the head of its queue has waited too long, and whether a thread has been in the
 * same operation for too long. Confined to the watchdog, but for {@link #begin}.
 */
final class ElasticWatch {
    /** How long between two looks when nothing is expected before, in nanoseconds. */
    private static final long BEAT = 250_000_000;

    private final RunServices run;
    private final PoolLane lane;
    private final ElasticThreads threads;
    private final long growAfter;
    private final long hungAfter;

    /** Whether a thread of the lane is awake, so that there is something to look at. */
    private volatile boolean isWatching;

    /** Whether {@link #nextLook} is set. */
    private boolean isLooking;

    private long nextLook;

    /** When to look at the operations next. */
    private long nextHungLook;

    /** Since when all looks have found calls that wait, and no idle thread; only while {@link #isBehind}. */
    private long behindSince;

    private boolean isBehind;

    /** What each worker was in at the last look, and since when. */
    private Map<Worker, Stay> stays = new HashMap<>();

    ElasticWatch(RunServices run, PoolLane lane, ElasticThreads threads, ElasticOptions options) {
        this.run = run;
        this.lane = lane;
        this.threads = threads;
        this.growAfter = Machine.nanos(options.growAfter());
        this.hungAfter = Machine.nanos(options.hungAfter());
    }

    /** A call in which a worker is, as far as looks have seen. It is held weakly: its result may be large, and the next look far away. */
    private record Stay(WeakReference<Call<?>> call, long since) {
        boolean isIn(Call<?> other) {
            return call.refersTo(other);
        }
    }

    /** Called by a worker that has something to do: the watchdog looks from now on. */
    void begin() {
        if (!isWatching) {
            isWatching = true;
            run.watchdogThread.wake();
        }
    }

    /** Looks, when it is time; says when it will be time again, and 0 for not before the next {@link #begin}. */
    long step() {
        assert run.watchdogThread.isCurrentOrNone();
        if (!isWatching || run.isOver()) {
            return 0;
        }
        long now = run.machine.nanoTime();
        if (!isLooking) {
            isLooking = true;
            nextLook = now + interval();
            nextHungLook = now;
        } else if (now - nextLook >= 0) {
            nextLook = now + look(now);
            if (ends()) {
                return 0;
            }
        }
        return Math.max(1, nextLook - now);
    }

    /** Whether the last thread has gone to sleep, so that the looks end. */
    private boolean ends() {
        if (!isQuiet()) {
            return false;
        }
        isWatching = false;
        // the concurrent one is a thread that wakes up: it is no longer counted as asleep when it looks at the mark.
        // Either it sees that the mark has fallen, and raises it, or it is seen here
        if (!isQuiet()) {
            isWatching = true;
            return false;
        }
        isLooking = false;
        isBehind = false;
        stays = new HashMap<>();
        return true;
    }

    private boolean isQuiet() {
        return lane.isAsleep() && !threads.isIncomplete();
    }

    private long interval() {
        return threads.bounds().mayGrow() ? growAfter : BEAT;
    }

    private long look(long now) {
        threads.hung().tellDue(now);
        if (threads.isIncomplete()) {
            threads.startMissing();
        }
        return Math.min(lookAtQueue(now), hungAfter == 0 ? BEAT : lookAtOperations(now));
    }

    // ------------------------------------------------------------------ calls that wait

    private long lookAtQueue(long now) {
        Call<?> head =
                threads.bounds().mayGrow() && lane.lacksThread() ? lane.queue().head() : null;
        if (head == null) {
            isBehind = false;
            return interval();
        }
        if (!isBehind) {
            isBehind = true;
            behindSince = now;
        }
        long waited = now - since(head);
        if (waited < growAfter) {
            return growAfter - waited;
        }
        threads.addOne();
        return growAfter;
    }

    /**
     * Since when the call at the head waits for a thread. A call with a key, a limit or a retry may have waited for something else
     * before, so it counts from the first look that has found the lane like that.
     */
    private long since(Call<?> head) {
        long queuedAt = head.queuedAt();
        return head.admission() != null && queuedAt - behindSince < 0 ? behindSince : queuedAt;
    }

    // ------------------------------------------------------------------ operations that do not come back

    private long lookAtOperations(long now) {
        if (now - nextHungLook < 0) {
            return nextHungLook - now;
        }
        Map<Worker, Stay> before = stays;
        stays = new HashMap<>();
        long next = hungAfter;
        for (Worker worker : lane.workers()) {
            Call<?> call = worker.current();
            if (call != null && !worker.isWaiting() && !worker.searcher().isDismissed()) {
                next = Math.min(next, lookAt(worker, call, before.get(worker), now));
            }
        }
        nextHungLook = now + next;
        return next;
    }

    /** Says how long until the worker is to be looked at again; one that has been in its operation for too long is replaced. */
    private long lookAt(Worker worker, Call<?> call, @Nullable Stay before, long now) {
        Stay stay = before != null && before.isIn(call) ? before : new Stay(new WeakReference<>(call), now);
        stays.put(worker, stay);
        // before the operation has begun, only the look that has seen it first is known
        long began = call.isInOperation() ? worker.inOperationSince(call) : stay.since();
        if (now - began < hungAfter) {
            return hungAfter - (now - began);
        }
        if (threads.replace(worker, call)) {
            threads.hung().tell(worker, call, began, now);
        } else if (threads.hung().isFull()) {
            threads.hung().tellFull(worker, call, began, now);
        }
        return BEAT;
    }
}
