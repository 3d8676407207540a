package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what ends after a stop was asked for, in calls and in entries of lanes; before that it counts nothing. */
final class StopTally {
    private volatile boolean counting;
    private final AtomicLong callsDrained = new AtomicLong();
    private final AtomicLong callsNeverStarted = new AtomicLong();
    private final AtomicLong callsCutOff = new AtomicLong();
    private final AtomicLong entriesNeverStarted = new AtomicLong();
    private final AtomicLong entriesCutOff = new AtomicLong();

    /** Called when the stop is asked for. */
    void begin() {
        counting = true;
    }

    /** A call has ended, or a command that has no handle, whatever the number of its entries. */
    void countCall(Outcome outcome, boolean wasRunning) {
        if (!counting) {
            return;
        }
        if (outcome != Outcome.STOPPED) {
            callsDrained.getAndIncrement();
        } else {
            (wasRunning ? callsCutOff : callsNeverStarted).getAndIncrement();
        }
    }

    /** An entry has ended; counted when that is because of the stop. */
    void countEntry(Outcome outcome, boolean wasRunning) {
        if (outcome == Outcome.STOPPED && counting) {
            (wasRunning ? entriesCutOff : entriesNeverStarted).getAndIncrement();
        }
    }

    /** The calls, of which so many are in threads that did not come back. */
    StopReport.Tally calls(long stuck) {
        return tally(callsDrained.get(), callsNeverStarted, callsCutOff, stuck);
    }

    /** The entries, of which so many have ended by themselves, and so many are in threads that did not come back. */
    StopReport.Tally entries(long drained, long stuck) {
        return tally(drained, entriesNeverStarted, entriesCutOff, stuck);
    }

    private static StopReport.Tally tally(long drained, AtomicLong neverStarted, AtomicLong cutOff, long stuck) {
        return new StopReport.Tally(drained, neverStarted.get(), Math.max(0, cutOff.get() - stuck));
    }
}
