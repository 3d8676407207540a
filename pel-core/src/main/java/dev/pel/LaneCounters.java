package dev.pel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The books of one lane. An entry is accepted, leaves the queue (because it starts or because it is dropped), and ends; each
 * of the three is counted once, in this order, and no count ever falls.
 *
 * <p>How many wait and how many run are differences. A reader that reads the later counts first can never see more entries
 * leave than come, so the identity {@code submitted = queued + running + outcomes} holds in every snapshot, without a lock.
 */
@SuppressWarnings("EnumOrdinal") // outcomes index an array
final class LaneCounters {
    /** What stands for the number of a place that an entry has not got. */
    static final long NO_PLACE = -1;

    /** The most submitters that are expected to take a place between one thread's look at the count and its own increment. */
    private static final int CROWD = 64;

    private final PaddedLong accepted = new PaddedLong();
    private final PaddedLong left = new PaddedLong();

    /** What the active thread has counted; it alone writes these two, so it needs no atomic addition. */
    private final PaddedLong leftHere = new PaddedLong();

    private final PaddedLong succeededHere = new PaddedLong();
    private final PaddedLong[] ended = new PaddedLong[Outcome.values().length];
    private final AtomicLong withdrawn = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();
    private final AtomicLong late = new AtomicLong();

    private final int capacity;
    private final int highMark;
    private final int crowd;

    /**
     * As long as no more than this have been accepted, fewer wait than the high mark, whatever has left meanwhile. So most
     * submissions need not read what workers write all the time.
     */
    private volatile long quietUntil;

    LaneCounters(LaneOptions options) {
        this(options, CROWD);
    }

    /**
     * For a test.
     *
     * @param crowd how far from the high mark submitters count before they look
     */
    LaneCounters(LaneOptions options, int crowd) {
        this.crowd = crowd;
        this.capacity = options.capacity();
        this.highMark = options.highMark();
        this.quietUntil = highMark;
        Arrays.setAll(ended, i -> new PaddedLong());
    }

    /**
     * Takes a place for an entry, if fewer than the capacity wait.
     *
     * @return the number of the place, which is how many have got one before; {@link #NO_PLACE} for a refusal, which is counted
     */
    long takePlace() {
        return accepted.get() < quietUntil - crowd ? countAndLook() : lookAndCount();
    }

    /**
     * Used where there is plenty of room: an atomic addition gives each concurrent submitter its number at once, a compare-and-set only
     * one.
     */
    private long countAndLook() {
        long place = accepted.getAndIncrement();
        if (place < quietUntil || place - gone() < capacity) {
            return place;
        }
        withdraw(); // a larger crowd than expected has taken the last places meanwhile
        return NO_PLACE;
    }

    private long lookAndCount() {
        while (true) {
            long place = accepted.get();
            // left only grows, so an old value of it can refuse too early but never accept too many
            if (place >= quietUntil && place - gone() >= capacity) {
                refused();
                return NO_PLACE;
            }
            if (accepted.compareAndSet(place, place + 1)) {
                return place;
            }
        }
    }

    /** Takes a place that was reserved; returns its number. */
    long takeReserved() {
        return accepted.getAndIncrement();
    }

    /** Whether as many wait as the high mark says, or more. */
    boolean isHigh() {
        return isHigh(accepted.get() - 1);
    }

    /** The same for a thread that has just taken the place with this number, and so need not read the count. */
    boolean isHigh(long place) {
        if (place + 1 < quietUntil) {
            return false;
        }
        long gone = gone();
        quietUntil = gone + highMark;
        return accepted.get() - gone >= highMark;
    }

    /** An entry has left the queue. */
    void left() {
        left.getAndIncrement();
    }

    /** An entry has left the queue; always called by the same thread. */
    void leftHere() {
        leftHere.setRelease(leftHere.get() + 1);
    }

    private long gone() {
        return left.get() + leftHere.get();
    }

    /** An entry has ended; always called by the same thread. */
    void endedHere(Outcome outcome) {
        if (outcome == Outcome.SUCCEEDED) {
            succeededHere.setRelease(succeededHere.get() + 1);
        } else {
            ended(outcome);
        }
    }

    private long count(Outcome outcome) {
        return ended[outcome.ordinal()].get() + (outcome == Outcome.SUCCEEDED ? succeededHere.get() : 0);
    }

    void ended(Outcome outcome) {
        ended[outcome.ordinal()].getAndIncrement();
    }

    /** An entry that never had a place. */
    void refused() {
        ended[Outcome.REJECTED.ordinal()].getAndIncrement();
    }

    /** Gives back the place of an entry that is refused after all: the loop stopped accepting, the lane was full, or no memory was left. */
    void withdraw() {
        left();
        withdrawn.getAndIncrement();
    }

    void abandoned(int change) {
        abandoned.getAndAdd(change);
    }

    void late() {
        late.getAndIncrement();
    }

    /** How many wait. Read in this order it is never negative. */
    int size() {
        long gone = gone();
        return (int) Math.min(Integer.MAX_VALUE, accepted.get() - gone);
    }

    long accepted() {
        return accepted.get();
    }

    /** Whether nothing waits and nothing runs. Only a drain may rely on it: it knows that no count grows meanwhile. */
    boolean allEnded() {
        Snapshot books = snapshot();
        return books.queued() == 0 && books.running() == 0;
    }

    /** How many entries have come to an end by themselves. */
    long drained() {
        long sum = 0;
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.STOPPED && outcome != Outcome.REJECTED) {
                sum += count(outcome);
            }
        }
        return sum;
    }

    /** How many entries have ended because their code returned or threw. */
    long returned() {
        return count(Outcome.SUCCEEDED) + count(Outcome.FAILED);
    }

    Snapshot snapshot() {
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        long back = withdrawn.get();
        long over = back;
        for (Outcome outcome : Outcome.values()) {
            long count = count(outcome);
            outcomes.put(outcome, count);
            over += outcome == Outcome.REJECTED ? 0 : count;
        }
        long gone = gone();
        long all = accepted.get();
        long refused = outcomes.getOrDefault(Outcome.REJECTED, 0L);
        outcomes.put(Outcome.REJECTED, refused + back);
        return new Snapshot(
                (int) (all - gone),
                (int) (gone - over),
                all + refused,
                outcomes,
                Math.max(0, abandoned.intValue()),
                late.get());
    }

    /** What the books say at one moment. */
    record Snapshot(int queued, int running, long submitted, Map<Outcome, Long> outcomes, int abandoned, long late) {}
}
