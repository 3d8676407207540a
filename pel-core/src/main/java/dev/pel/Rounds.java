package dev.pel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Has something done in rounds, by one thread at a time, without a lock. A thread that gives a signal makes the rounds, if no other one does; that
 * one goes round once more for each signal that others give meanwhile. It does not do that for others for ever: after some rounds it leaves, and
 * the thread goes on that gives the next signal, or, when none comes, the watchdog.
 */
abstract class Rounds {
    /** So many rounds one thread makes, before another one goes on. */
    private static final int MOST = 64;

    /** Instead of the number of signals: nobody uses this any more. */
    private static final int RETIRED = -1;

    /** How many signals have been given and not been seen; not 0 as long as a thread makes rounds. */
    private final AtomicInteger signals = new AtomicInteger();

    /** Whether the thread that made rounds has left before it had seen all signals: the one that clears this goes on. */
    private final AtomicBoolean isLeft = new AtomicBoolean();

    private final Deadlines deadlines;

    Rounds(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** Does what there is to do, or a part of it; whether that was all. Called by one thread at a time, as the next two. */
    abstract boolean round();

    /** Whether nothing would be lost if this were made anew for the next signal. */
    abstract boolean mayRetire();

    /** It is not used any more. */
    void retired() {}

    /** Has a round begin after this. False when this is retired. */
    final boolean signal() {
        int before = signals.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1);
        if (before == 0 || (before > 0 && takesOver())) {
            makeRounds();
        }
        return before != RETIRED; // else the thread that makes rounds goes round once more
    }

    private void makeRounds() {
        int seen = signals.get();
        for (int number = 1; seen > 0; number++) {
            if (number > MOST) {
                if (isRelieved()) {
                    return;
                }
                seen = signals.get();
            }
            boolean isThrough;
            try {
                isThrough = round();
            } catch (Throwable e) { // such as no memory: the next signal is to have it done
                isLeft.set(true);
                throw e;
            }
            if (mayRetire() && signals.compareAndSet(seen, RETIRED)) {
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
            makeRounds();
        }
    }

    /** Whether the thread that made rounds has left, and this one goes on in its place. */
    private boolean takesOver() {
        return isLeft.get() && isLeft.compareAndSet(true, false);
    }
}
