package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The times at which one worker's operations begin and end, and whether these have lately been short. Confined to the worker's thread, as its
 * {@link Searcher} and {@link Worker} assert, but for {@link #operations}.
 *
 * <p>Apart from the counts this class is there for floods of short operations, where reading the clock costs as much as all the rest of
 * an operation: an operation begins when the one before has ended, so the clock is read once and not twice; and as long as no listener
 * needs exact times, of short operations only one in eight is measured, and the others have the time of the watchdog's last tick.
 */
final class OperationClock {
    /** An operation that takes less than this many nanoseconds is short: it costs less than to wake another thread. */
    private static final long SHORT = 20_000;

    /** After so many short operations in a row the next one is expected to be short. */
    private static final int MANY = 32;

    private static final int MOST = 2 * MANY;

    /** Penalty for a long operation: isolated outliers are tolerated, which may have lost their processor, one in sixteen is not. */
    private static final int PENALTY = 16;

    /** One of eight short operations is measured. */
    private static final int SAMPLE = 7;

    private final Machine machine;
    private final CoarseClock coarse;
    private final Flood flood;
    private final boolean isExact;

    /** How many operations have returned. Written by the worker's thread alone; the watchdog reads it. */
    private final AtomicLong operations = new AtomicLong();

    /** Rises with each short operation, and falls with each long one. */
    private int shortness;

    /** How long the short ones took on average, in nanoseconds. */
    private long average;

    /** Whether the operation that runs is measured. */
    private boolean isMeasured;

    /** When the last operation ended, if nothing has happened since but the search for the next one; else 0. */
    private long lastEnd;

    /**
     * @param coarse tells the time of its last tick
     * @param flood is told whether operations are short
     * @param isExact whether a listener needs exact times
     */
    OperationClock(Machine machine, CoarseClock coarse, Flood flood, boolean isExact) {
        this.machine = machine;
        this.coarse = coarse;
        this.flood = flood;
        this.isExact = isExact;
    }

    /** When the operation begins that is about to run: right after the one before, unless it was submitted later. */
    long start(long submittedAt) {
        long known = lastEnd;
        lastEnd = 0;
        isMeasured = isExact || !isShort() || (operations.getPlain() & SAMPLE) == 0;
        if (!isMeasured) {
            return coarse.time();
        }
        if (known == 0) {
            return machine.nanoTime();
        }
        return known - submittedAt < 0 ? submittedAt : known;
    }

    /** The operation is over; returns when. */
    long end(long startedAt) {
        operations.setRelease(operations.getPlain() + 1);
        if (!isMeasured) {
            return coarse.time();
        }
        long now = machine.nanoTime();
        lastEnd = now;
        learn(now - startedAt);
        return now;
    }

    /** The operation has come back after its call had ended. */
    void endLate() {
        operations.setRelease(operations.getPlain() + 1);
    }

    private void learn(long took) {
        if (took < SHORT) {
            shortness = Math.min(MOST, shortness + 1);
            average += (took - average) / 8;
        } else {
            shortness = Math.max(0, shortness - PENALTY);
        }
        flood.isOn(isShort());
    }

    /** The thread has done something else than to search for the next operation. */
    void pause() {
        lastEnd = 0;
    }

    /** Whether the next operation is expected to be short. */
    boolean isShort() {
        return shortness >= MANY;
    }

    long average() {
        return average;
    }

    long operations() {
        return operations.get();
    }
}
