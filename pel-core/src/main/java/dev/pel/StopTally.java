package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the calls and entries of a run that end from the request of its stop on, for the report of that stop. From any thread. */
final class StopTally {
    /** Whether a stop has been requested; nothing is counted before. */
    private volatile boolean counts;

    private final AtomicLong callsDrained = new AtomicLong();
    private final Cut calls = new Cut(new AtomicLong(), new AtomicLong());
    private final Cut entries = new Cut(new AtomicLong(), new AtomicLong());

    /** What the stop has cut off. */
    private record Cut(AtomicLong neverStarted, AtomicLong interrupted) {
        void count(boolean wasRunning) {
            (wasRunning ? interrupted : neverStarted).getAndIncrement();
        }

        StopReport.Tally tally(long drained, long stuck) {
            return new StopReport.Tally(drained, neverStarted.get(), Math.max(0, interrupted.get() - stuck));
        }
    }

    /** A stop is requested. */
    void begin() {
        counts = true;
    }

    /** A call has ended, or a command that nobody has a handle of, whatever the number of its entries. */
    void callEnded(Outcome outcome, boolean wasRunning) {
        if (!counts) {
            return;
        }
        if (outcome == Outcome.STOPPED) {
            calls.count(wasRunning);
        } else {
            callsDrained.getAndIncrement();
        }
    }

    /** An entry of a lane has ended. The lanes themselves count those that have ended by themselves. */
    void entryEnded(Outcome outcome, boolean wasRunning) {
        if (counts && outcome == Outcome.STOPPED) {
            entries.count(wasRunning);
        }
    }

    /**
     * How calls have ended.
     *
     * @param stuck how many of those that were running have not come back
     */
    StopReport.Tally calls(long stuck) {
        return calls.tally(callsDrained.get(), stuck);
    }

    /**
     * How entries have ended.
     *
     * @param drained how many have ended by themselves
     * @param stuck how many of those that were running have not come back
     */
    StopReport.Tally entries(long drained, long stuck) {
        return entries.tally(drained, stuck);
    }
}
