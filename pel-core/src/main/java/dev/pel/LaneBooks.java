package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one lane counts and tells about its entries, from the moment one is submitted until it has ended: counters, pressure and
 * listeners are kept together here, so that no lane can forget one of them.
 */
final class LaneBooks {
    private final Lane lane;
    private final LaneOptions options;
    private final String loop;
    private final Machine machine;
    private final RunState state;
    private final StopTally tally;
    private final Listeners listeners;
    private final LaneCounters counters;
    private final Pressure pressure;

    LaneBooks(Lane lane, EventLoopOptions all, Machine machine, RunState state, StopTally tally, Listeners listeners) {
        this.lane = lane;
        this.options = all.lane(lane);
        this.loop = all.name();
        this.machine = machine;
        this.state = state;
        this.tally = tally;
        this.listeners = listeners;
        this.counters = new LaneCounters(options);
        this.pressure = new Pressure(lane, options, counters, listeners);
    }

    // ------------------------------------------------------------------ coming

    /**
     * Takes a place for an entry.
     *
     * @return its number; less than 0 when there is none, and {@link #refusal} says why
     */
    long takePlace() {
        if (!state.accepts()) {
            counters.refused();
            return LaneCounters.NO_PLACE;
        }
        long place = counters.takePlace();
        if (place < 0) {
            state.wentIdle(); // a drain may have seen a place that was taken for a moment
            return place;
        }
        // a concurrent stop either sees the place that was just taken and waits for the entry, or is seen here
        if (!state.accepts()) {
            withdraw();
            state.wentIdle(); // a drain may have seen the place
            return LaneCounters.NO_PLACE;
        }
        return place;
    }

    /** Why an entry of the current thread has just got no place. */
    CallRejectedException refusal() {
        return state.accepts() ? full() : state.notRunning(lane);
    }

    private CallRejectedException full() {
        return CallRejectedException.full(loop, lane, options.capacity());
    }

    /** Counts a refusal because the lane is full. */
    CallRejectedException refuse() {
        counters.refused();
        return full();
    }

    /** Takes a place beyond the capacity, which was promised before or is certain in any case; returns its number. */
    long reserve() {
        return counters.takeReserved();
    }

    /** Gives a place back that was taken for nothing. */
    void withdraw() {
        counters.withdraw();
    }

    /** The entry that has got a place is about to be queued. */
    void queued(CallInfo entry) {
        listeners.queued(entry, lane);
    }

    /** The entry with this place is in the queue, or about to be. */
    void rose(long place) {
        pressure.rose(place);
    }

    // ------------------------------------------------------------------ leaving the queue

    void left() {
        counters.left();
        pressure.fell();
    }

    /** The same without telling of the pressure; always called by the same thread. */
    void leftHere() {
        counters.leftHere();
    }

    /** Whether the lane has reached its high-water mark and not fallen to the low one since; always true when it is full. */
    boolean isUnderPressure() {
        return pressure.isHigh();
    }

    void fell() {
        pressure.fell();
    }

    void started(CallInfo entry, long waited) {
        listeners.started(entry, lane, waited);
    }

    // ------------------------------------------------------------------ ending

    /** An entry has come to an end by itself. Listeners are told at least 1 ns of running time, however coarse the clock. */
    void ended(CallInfo entry, Outcome outcome, long waited, long ran) {
        counters.ended(outcome);
        listeners.ended(entry, lane, outcome, Math.max(0, waited), Math.max(1, ran));
    }

    /** The same in the counters alone; always called by the same thread. */
    void endedHere(Outcome outcome) {
        tally.entryEnded(outcome, true);
        counters.endedHere(outcome);
    }

    /** Tells the listeners of an end that {@link #endedHere} has counted. */
    void tellEnded(CallInfo entry, Outcome outcome, long waited, long ran) {
        listeners.ended(entry, lane, outcome, waited, Math.max(1, ran));
    }

    boolean needExactTimes() {
        return listeners.needExactTimes();
    }

    boolean hasListeners() {
        return listeners.areOfEntries();
    }

    /** An entry that has left the queue will never run. */
    void dropped(CallInfo entry, Outcome outcome, long queuedAt) {
        counters.ended(outcome);
        listeners.ended(entry, lane, outcome, machine.nanoTime() - queuedAt, 0);
    }

    /** An entry has ended while it waited, and keeps its place no longer. */
    void droppedInQueue(CallInfo entry, Outcome outcome, long queuedAt) {
        left();
        tally.entryEnded(outcome, false);
        dropped(entry, outcome, queuedAt);
    }

    /** A call has ended while its code runs on. */
    void cutOff(CallInfo entry, Outcome outcome, long waited, long startedAt) {
        counters.abandoned(1);
        tally.entryEnded(outcome, true);
        counters.ended(outcome);
        listeners.ended(entry, lane, outcome, waited, machine.nanoTime() - startedAt);
        state.wentIdle(); // a drain may have looked before this was booked
    }

    /** The code of a call that had ended has come back; late says whether what it made was lost. */
    void cameBack(boolean late) {
        counters.abandoned(-1);
        if (late) {
            counters.late();
        }
    }

    /** Something has failed after its handle had ended. */
    void failedLate() {
        counters.late();
    }

    // ------------------------------------------------------------------ figures

    LaneCounters counters() {
        return counters;
    }

    int size() {
        return counters.size();
    }

    boolean isEmpty() {
        return counters.size() == 0;
    }

    boolean isFull() {
        return counters.size() >= options.capacity();
    }

    /** The same, cheaper, for each submission: mostly it reads only one mark that hardly ever changes. */
    boolean hasNoRoom() {
        return pressure.isHigh() && isFull();
    }

    /** The figures now; first and held say when the entry came that waits longest in the queue and outside, or are null when none does. */
    LaneStats stats(int threads, LaneStats.PoolStats pool, @Nullable Long first, @Nullable Long held, long now) {
        Long oldest = first == null || (held != null && held - first < 0) ? held : first;
        LaneCounters.Snapshot books = counters.snapshot();
        return new LaneStats(
                lane,
                threads,
                options.capacity(),
                books.queued(),
                books.running(),
                oldest == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - oldest)),
                books.submitted(),
                books.outcomes(),
                books.abandoned(),
                books.late(),
                pool);
    }
}
