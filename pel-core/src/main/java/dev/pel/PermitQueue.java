package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Permits, and the calls that wait for one, first in, first out. No thread ever waits here. A thread that changes something, because a call has
 * come or a permit has come back, gives a signal; the first of them hands permits out, and goes round once more for each signal that others
 * give meanwhile. So permits are handed out by one thread at a time, without a lock. It does not do that for others for ever: after some rounds it
 * leaves, and the thread goes on that gives the next signal, or, when none comes, the watchdog.
 */
abstract class PermitQueue {
    /** That many calls that have ended are always tolerated in the queue. */
    private static final int FEW = 64;

    /** So many rounds one thread hands out, before another one goes on. */
    private static final int ROUNDS = 64;

    /** Instead of the number of signals: nobody uses this queue any more. */
    private static final int RETIRED = -1;

    private final Queue<Admission> queue = new ConcurrentLinkedQueue<>();

    /** How many signals have been given and not been seen; not 0 as long as a thread hands permits out. */
    private final AtomicInteger signals = new AtomicInteger();

    /** Whether the thread that handed permits out has left before it had seen all signals: the one that clears this goes on. */
    private final AtomicBoolean isLeft = new AtomicBoolean();

    /** How many calls wait. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** About how many calls in the queue have ended while they waited. */
    private final AtomicInteger tombstones = new AtomicInteger();

    private final Deadlines deadlines;

    PermitQueue(Deadlines deadlines) {
        this.deadlines = deadlines;
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

    /** It is not used any more. */
    void retired() {}

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

    /** Hands out what permits there are. False when this is retired. */
    final boolean signal() {
        int before = signals.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1);
        if (before == 0 || (before > 0 && takesOver())) {
            handOutAll();
        }
        return before != RETIRED; // else the thread that hands permits out goes round once more
    }

    private void handOutAll() {
        int seen = signals.get();
        for (int round = 1; seen > 0; round++) {
            if (round > ROUNDS) {
                if (isRelieved()) {
                    return;
                }
                seen = signals.get();
            }
            boolean isThrough;
            try {
                isThrough = handOut();
            } catch (Throwable e) { // such as no memory: the next signal is to hand out again
                isLeft.set(true);
                throw e;
            }
            if (isUnused() && waiting.get() == 0 && signals.compareAndSet(seen, RETIRED)) {
                retired();
                return;
            }
            seen = isThrough ? signals.addAndGet(-seen) : seen;
        }
    }

    /** Leaves what is left of the signals to the concurrent thread that gives the next one, or to the watchdog, whichever comes first. */
    private boolean isRelieved() {
        isLeft.set(true);
        try {
            deadlines.arm(Duration.ZERO, this::goOn, null);
            return true;
        } catch (VirtualMachineError e) { // no memory is left: this one goes on, unless another one does already
            return !takesOver();
        }
    }

    private void goOn() {
        if (takesOver()) {
            handOutAll();
        }
    }

    /** Whether the thread that handed permits out has left, and this one goes on in its place. */
    private boolean takesOver() {
        return isLeft.get() && isLeft.compareAndSet(true, false);
    }

    /** Hands out some; whether those were all. */
    private boolean handOut() {
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
