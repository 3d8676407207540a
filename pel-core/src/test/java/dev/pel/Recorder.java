package dev.pel;

import java.util.ArrayList;
import java.util.List;

/** A listener that keeps what it is told, times in nanoseconds. */
public final class Recorder implements EventLoopListener {
    public final List<String> told = new ArrayList<>();

    /** What it does itself when a call has ended. */
    public Runnable onEnd = () -> {};

    @Override
    public boolean needsExactTimes() {
        return true;
    }

    @Override
    public void queued(CallInfo call, Lane lane) {
        told.add("queued");
    }

    @Override
    public void started(CallInfo call, Lane lane, long waitingNanos) {
        told.add("started after " + waitingNanos);
    }

    @Override
    public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
        told.add(outcome + " after " + waitingNanos + " and " + runningNanos);
        onEnd.run();
    }

    @Override
    public void unhandled(Failure failure) {
        told.add("unhandled after " + failure.age().toNanos());
    }

    @Override
    public void rejected(CallInfo call, CallRejectedException why) {
        told.add("rejected");
    }

    @Override
    public void pressureHigh(Lane lane, int size) {
        told.add("high at " + size);
    }

    @Override
    public void pressureLow(Lane lane, int size) {
        told.add("low at " + size);
    }
}
