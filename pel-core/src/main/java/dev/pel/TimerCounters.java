package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What is counted of the timers of one run. A timer is accepted, and then it falls due or ends before that; each is counted once. From any
 * thread.
 */
final class TimerCounters {
    /** The places that are taken of the capacity. */
    private final AtomicLong pending = new AtomicLong();

    /** How many have been accepted; the number of each tells which one goes first when several are due at the same instant. */
    private final AtomicLong accepted = new AtomicLong();

    private final AtomicLong fired = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong stopped = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

    /**
     * How many of those stopped were periodic, or set by a timer's body while the loop drained: by the regular end of what sets itself anew
     * nothing is lost.
     */
    private final AtomicLong notSetAnew = new AtomicLong();

    /** How many ticks of periodic timers had no run of their own. */
    private final AtomicLong missed = new AtomicLong();

    /** Takes one of so many places. */
    boolean takePlace(int capacity) {
        if (pending.incrementAndGet() <= capacity) {
            return true;
        }
        pending.decrementAndGet();
        return false;
    }

    /** The next tick of a periodic timer takes the place of the one before it. */
    void keepPlace() {
        pending.incrementAndGet();
    }

    /** Gives back the place of a timer that is refused after all. */
    void withdraw() {
        pending.decrementAndGet();
    }

    void rejected() {
        rejected.getAndIncrement();
    }

    /** A timer that has its place is accepted; returns how many have been, with this one. */
    long accepted() {
        return accepted.incrementAndGet();
    }

    /** A timer that sets itself anew, and was accepted, is about to end because the loop stops. */
    void notSetAnew() {
        notSetAnew.getAndIncrement();
    }

    void missed(long ticks) {
        missed.getAndAdd(ticks);
    }

    void fired() {
        pending.decrementAndGet();
        fired.getAndIncrement();
    }

    /** A timer has ended before it fell due. */
    void ended(Outcome outcome) {
        (outcome == Outcome.STOPPED ? stopped : cancelled).getAndIncrement();
        pending.decrementAndGet(); // last: the stop that sees no timer any more makes its report
    }

    long pending() {
        return pending.get();
    }

    /** How many have ended as stopped although they were to run. */
    long cutOff() {
        return stopped.get() - notSetAnew.get();
    }

    /**
     * The figures add up in each snapshot: how many are pending is a difference, and what came later is read first, so that no timer is
     * counted as ended that is not counted as accepted.
     */
    LoopStats.TimerStats stats() {
        long firedUntilNow = fired.get();
        long cancelledUntilNow = cancelled.get();
        long stoppedUntilNow = stopped.get();
        long acceptedUntilNow = accepted.get();
        long rejectedUntilNow = rejected.get();
        return new LoopStats.TimerStats(
                acceptedUntilNow + rejectedUntilNow,
                acceptedUntilNow - firedUntilNow - cancelledUntilNow - stoppedUntilNow,
                firedUntilNow,
                cancelledUntilNow,
                stoppedUntilNow,
                rejectedUntilNow,
                missed.get());
    }
}
