package dev.pel.conformance;

import dev.pel.CallInfo;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the entries of lanes that loops have begun to run: the proof that a judge came by pel. */
final class EntryCount implements EventLoopListener {
    private final AtomicLong run = new AtomicLong();

    long run() {
        return run.get();
    }

    @Override
    public void started(CallInfo call, Lane lane, long waitingNanos) {
        run.incrementAndGet();
    }
}
