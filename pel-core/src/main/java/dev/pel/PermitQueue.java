package dev.pel;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Permits, and the calls that wait for one, first in, first out. No thread ever waits here: a thread that changes something, because a call has
 * come or a permit has come back, gives a signal, and one at a time hands permits out.
 */
abstract class PermitQueue extends Rounds {
    /** That many calls that have ended are always tolerated in the queue. */
    private static final int FEW = 64;

    private final Queue<Admission> queue = new ConcurrentLinkedQueue<>();

    /** How many calls wait. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** About how many calls in the queue have ended while they waited. */
    private final AtomicInteger tombstones = new AtomicInteger();

    PermitQueue(Deadlines deadlines) {
        super(deadlines);
    }

    // ------------------------------------------------------------------ what kinds of permits there are

    /** Whether there is a permit to hand out now. Called by one thread at a time, as all of these. */
    abstract boolean hasPermit();

    /** Takes it for this call. */
    abstract void take(Admission call);

    /** Takes it back: the call has ended before it could have it. */
    abstract void takeBack(Admission call);

    /** Whether nothing would be lost if this were made anew for the next call. */
    boolean isUnused() {
        return false;
    }

    /** Calls wait, and there is no permit for them now. */
    void isShort() {}

    // ------------------------------------------------------------------ coming and going

    /** Takes a place among those that wait, if there are fewer than that. */
    final boolean takePlace(int capacity) {
        if (waiting.incrementAndGet() <= capacity) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /** Gives a place back that was taken for nothing. */
    final void giveBackPlace() {
        waiting.decrementAndGet();
        signal(); // it may have been the only one
    }

    /** Queues a call that has its place. */
    final void enter(Admission call) {
        queue.add(call);
        signal();
    }

    /** A call has ended while it waited. */
    final void left() {
        waiting.decrementAndGet();
        if (tombstones.incrementAndGet() > Math.max(FEW, waiting.get())) {
            tombstones.set(0); // a concurrent thread that comes here starts to count anew
            queue.removeIf(call -> !call.waitsFor(this));
        }
        signal(); // it may have been the only one
    }

    @Override
    final boolean mayRetire() {
        return isUnused() && waiting.get() == 0;
    }

    @Override
    final boolean round() {
        for (int i = 0; i < FEW; i++) {
            boolean hasOne = hasPermit();
            Admission next = hasOne ? queue.poll() : null;
            if (next == null) {
                if (!hasOne && !queue.isEmpty()) {
                    isShort();
                }
                return true;
            }
            if (took(next)) {
                give(next);
            }
        }
        return false;
    }

    private void give(Admission call) {
        if (call.granted(this)) {
            waiting.decrementAndGet();
            call.goesOn();
        } else {
            takeBack(call);
            tombstones.updateAndGet(count -> Math.max(0, count - 1));
        }
    }

    private boolean took(Admission call) {
        try {
            take(call);
            return true;
        } catch (VirtualMachineError e) { // no memory is left: nobody else would end the call
            call.call().endBroken(e);
            return false;
        }
    }

    // ------------------------------------------------------------------ figures

    final int waiting() {
        return waiting.get();
    }

    /** The call that waits longest; null when none is found. */
    final @Nullable Admission first() {
        for (Admission call : queue) {
            if (call.waitsFor(this)) {
                return call;
            }
        }
        return null;
    }

    /** When the call of this lane came that waits longest; null when none is found. */
    final @Nullable Long oldest(Lane lane) {
        for (Admission call : queue) {
            if (call.waitsFor(this) && call.call().lane() == lane) {
                return call.queuedAt();
            }
        }
        return null;
    }

    /** Ends all that waits, because the loop stops. */
    final void stopWaiting() {
        for (Admission call : queue) {
            if (call.waitsFor(this)) {
                call.stop();
            }
        }
    }

    /** Cancels all that waits and was given this condition; says how many. */
    final int cancelWaiting(@Nullable BooleanSupplier condition) {
        int count = 0;
        // a copy: concurrent threads may queue as fast as this one cancels
        for (Admission call : List.copyOf(queue)) {
            if (call.waitsFor(this) && call.call().cancelIfGiven(condition)) {
                count++;
            }
        }
        return count;
    }

    /** How many calls lie in memory here, ended ones included. */
    final int held() {
        return queue.size();
    }
}
