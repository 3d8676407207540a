package dev.pel;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The passive or the work lane of one run: admission, and the parts of the lane, which are the queue, the workers that empty it, and what
 * is counted and told.
 */
final class PoolLane implements TickingLane {
    private final RunServices run;
    private final Workers workers;
    private final Lane lane;
    private final LaneOptions options;
    private final LaneBooks activeBooks;
    private final LaneBooks books;
    private final LaneQueue queue;
    private final ThreadCount threads;
    private final WakeUp wakeUp;
    private final Flood flood;
    private final Spin spin;

    PoolLane(RunServices run, Workers workers, Lane lane, ThreadTurnover.Maker threads) {
        this.run = run;
        this.workers = workers;
        this.lane = lane;
        this.options = run.options.lane(lane);
        this.activeBooks = run.activeBooks;
        this.books = new LaneBooks(lane, run.options, run.machine, run.state, run.tally, run.listeners);
        this.queue = new LaneQueue();
        this.threads = threads.make(run, workers, this, options.laneThreads());
        this.wakeUp = new WakeUp(run, queue, this.threads);
        this.flood = new Flood(run, workers, queue, this.threads, wakeUp);
        this.spin = new Spin(run.machine, wakeUp::hasWork);
    }

    LaneQueue queue() {
        return queue;
    }

    ThreadCount threads() {
        return threads;
    }

    WakeUp wakeUp() {
        return wakeUp;
    }

    Flood flood() {
        return flood;
    }

    Spin spin() {
        return spin;
    }

    // ------------------------------------------------------------------ submitting

    /** Accepts the call and queues it, or says why not. */
    @Nullable CallRejectedException submit(Call<?> call) {
        if (activeBooks.hasNoRoom() && run.state.accepts()) {
            return activeBooks.refuse(); // the body of this call would have no certain place there
        }
        long place = books.takePlace();
        if (place < 0) {
            return books.refusal();
        }
        boolean queued = false;
        try {
            books.queued(call);
            queue.offer(call);
            queued = true;
        } finally {
            if (!queued) {
                books.withdraw(); // no memory is left: the place must not stay taken
            }
        }
        books.rose(place);
        wakeUp.wakeOne();
        return null;
    }

    /** The same for a call that goes into the queue when it has been admitted. */
    @Nullable CallRejectedException submit(HeldCall<?> call) {
        if (activeBooks.hasNoRoom() && run.state.accepts()) {
            return activeBooks.refuse();
        }
        long place = books.takePlace();
        if (place < 0) {
            return books.refusal();
        }
        boolean begun = false;
        try {
            books.queued(call);
            call.beginAdmission();
            begun = true;
        } finally {
            if (!begun) {
                books.withdraw(); // no memory is left: the place must not stay taken
            }
        }
        books.rose(place);
        return null;
    }

    /** A call that has its place goes into the queue. */
    void admit(Call<?> call) {
        if (call.isLow()) {
            queue.offerLow(call);
        } else {
            queue.offer(call);
        }
        wakeUp.wakeOne();
    }

    // ------------------------------------------------------------------ what calls tell

    /** A call has ended while it waited: its place is free at once, it stays in the queue as a tombstone. */
    void dropped(Call<?> call, Outcome outcome, long queuedAt) {
        books.droppedInQueue(call, outcome, queuedAt);
        if (!call.isHeld()) {
            leavesTombstone(call);
        }
        run.state.wentIdle(); // a drain may have seen the place
    }

    /** A call that is still in the queue will never be taken from there. */
    void leavesTombstone(Call<?> call) {
        if (call.isLow()) {
            queue.leavesLowTombstone(books.size());
        } else {
            queue.leavesTombstone(books.size());
        }
    }

    // ------------------------------------------------------------------ threads

    /** Starts the threads that are missing. When one cannot be started, those before it stay. */
    void grow() {
        threads.grow();
    }

    /** Changes the number of threads. */
    void resize(int count) {
        LaneThreads.check("threads", count, options.kind());
        threads.resize(count);
        wakeUp.lastLook(); // there may be one too many now
    }

    /** Whether the worker is to end: because the loop is over, or because the lane has more threads than it should. */
    boolean releases(Worker worker) {
        return run.isOver() || threads.releases(worker);
    }

    /** The worker's thread is about to end. */
    void ended(Worker worker) {
        boolean unexpected = threads.ended(worker);
        wakeUp.stopSearching(worker.searcher()); // before its id is free: another worker that has it may search then
        workers.ended(worker);
        wakeUp.lastLook(); // the next one that has to end, or has to take over
        if (unexpected && !run.isOver()) {
            grow(); // a defect of pel's own must not shrink the lane
        }
    }

    /**
     * A thread of the lane is about to wait for another call of the loop: starts a spare thread, which stays until {@link #endSpare}. False
     * when none can be had.
     */
    boolean addSpare() {
        return threads.addSpare();
    }

    void endSpare() {
        threads.removeSpare();
        wakeUp.lastLook(); // there is one too many now
    }

    // ------------------------------------------------------------------ for those who look on

    /** Whether operations are so short that it is better to look again than to sleep. */
    boolean isShortRunning() {
        return flood.isOn();
    }

    /** How many calls wait; 0 when operations are not short. */
    int shortBacklog() {
        return isShortRunning() ? books.size() : 0;
    }

    @Override
    public boolean wantsTicks() {
        return flood.isKept();
    }

    @Override
    public boolean onTick() {
        return flood.relieve();
    }

    /** Whether all threads sleep because there is nothing to do. */
    boolean isAsleep() {
        return wakeUp.asleep() >= threads.alive();
    }

    /** Whether calls wait, and no thread sleeps that could take them. */
    boolean isBehind() {
        return !books.isEmpty() && wakeUp.asleep() <= 0;
    }

    /** Whether calls wait in the queue, and no thread sleeps that could take them. */
    boolean lacksThread() {
        return wakeUp.asleep() <= 0 && !queue.isEmpty();
    }

    /** Whether a thread sleeps, or is on its way to the queue. */
    boolean hasTaker() {
        return wakeUp.hasTaker();
    }

    @Override
    public long lookAtThreads() {
        return threads.look();
    }

    /** How many operations have returned. */
    long returned() {
        return books.counters().returned();
    }

    /** How many threads there are, without those that are hung. */
    int alive() {
        return threads.alive();
    }

    /** All whose threads have not ended, those that are hung as well. */
    Collection<Worker> workers() {
        return threads.workers();
    }

    // ------------------------------------------------------------------ stopping

    boolean isEmpty() {
        return books.isEmpty();
    }

    boolean allIdle() {
        for (Worker worker : workers()) {
            if (!worker.searcher().isIdle()) {
                return false;
            }
        }
        return true;
    }

    /** Ends all that waits. True when also no submitter is between taking its place and queueing. */
    boolean stopWaiting() {
        Call<?> call = queue.poll();
        while (call != null) {
            call.stop();
            call = queue.poll();
        }
        return isEmpty();
    }

    void stopRunning(boolean interrupts) {
        workers().forEach(worker -> worker.stopCalls(interrupts));
    }

    void wakeAll() {
        wakeUp.wakeOne(); // it ends, and wakes the next
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        threads.tellRest();
    }

    // ------------------------------------------------------------------ figures

    Lane lane() {
        return lane;
    }

    ThreadKind kind() {
        return options.kind();
    }

    LaneBooks books() {
        return books;
    }

    LaneCounters counters() {
        return books.counters();
    }

    boolean isFull() {
        return books.isFull();
    }

    /** How many calls and tombstones lie in the queue. */
    int held() {
        return queue.size();
    }

    LaneStats stats(@Nullable Long held, long now) {
        return books.stats(threads.size(), threads.stats(), queue.oldest(), held, now);
    }
}
