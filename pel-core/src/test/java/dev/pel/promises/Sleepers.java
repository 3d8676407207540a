package dev.pel.promises;

import dev.pel.ForwardingMachine;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often threads whose name ends so go to sleep. */
class Sleepers extends ForwardingMachine {
    final AtomicInteger parks = new AtomicInteger();
    private final String suffix;

    Sleepers(String suffix) {
        this.suffix = suffix;
    }

    boolean isWatched(Thread thread) {
        return thread.getName().endsWith(suffix);
    }

    @Override
    public void park(Object blocker, long nanos) {
        if (isWatched(Thread.currentThread())) {
            parks.incrementAndGet();
        }
        super.park(blocker, nanos);
    }
}
