package dev.pel.spring.metrics;

import java.util.function.LongSupplier;

/** A counter over all runs of a loop: it goes on where the run before has ended. Each run begins to count anew, and a counter never falls. */
final class RunTotal implements LongSupplier {
    private final LongSupplier ofThisRun;
    private long ofEarlierRuns;
    private long latest;

    RunTotal(LongSupplier ofThisRun) {
        this.ofThisRun = ofThisRun;
    }

    @Override
    public synchronized long getAsLong() {
        long now = ofThisRun.getAsLong();
        if (now < latest) {
            ofEarlierRuns += latest;
        }
        latest = now;
        return ofEarlierRuns + now;
    }
}
