package dev.pel;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The passive or the work lane of one run: a queue and the workers that empty it.
 *
 * <p><b>One wake-up at a time.</b> Waking a thread costs more than most submissions, so at most one worker is on its way to the
 * queue: it holds the right to search, because it was woken, or because it has just finished. When it has found a call it gives
 * the right back, and, if it sees more, wakes the next one. A submitter that finds somebody searching wakes nobody: the searcher
 * either finds the call or, before it sleeps, gives the right back and looks once more.
 *
 * <p><b>Short operations.</b> A worker that has run nothing but short operations for a while keeps the right to search while it
 * runs the next one, as long as there are enough awake: more awake threads than processors would only get in each other's way.
 * Should that operation not be short, the watch takes the right away within two of its ticks, and wakes another.
 */
final class PoolLane implements TickingLane {
    /** As many spare threads as the JDK's ForkJoinPool has by default. */
    static final int MOST_SPARE = 256;

    /** Nanoseconds until a woken thread runs, as measured on a machine of two processors. */
    private static final long WAKE_UP = 50_000;

    /** So many looks in vain, and the watch looks no longer. */
    private static final int QUIET_LOOKS = 8;

    private final LoopRun run;
    private final Lane lane;
    private final LaneOptions options;
    private final LaneCounters counters;
    private final Pressure pressure;
    private final CallQueue queue;
    private final Spin spin;

    /** The top of the stack of idle workers. Many push; only the holder of the right to search pops, so there is no ABA. */
    private final AtomicReference<@Nullable Worker> idle = new AtomicReference<>();

    /** Who has the right to search: a worker's number, or one of the two below. */
    private final PaddedLong searcher = new PaddedLong();

    private static final int NOBODY = 0;
    private static final int SOMEBODY_WAKING = -1;

    /** How many workers can usefully be awake when operations are short: one processor is the active thread's. */
    private final int enough;

    private final AtomicInteger asleep = new AtomicInteger();

    /** Whether a worker has lately kept the right to search while it ran an operation, so that the watch has to look. */
    private volatile boolean kept;

    /** Whether the last operations were all short. */
    private volatile boolean swift;

    /** What the watch has seen when it looked last. Confined to it. */
    private int keeper;

    private long keepersCalls;
    private int quietLooks;

    /** How many threads the lane is to have: its size, and the spare ones. */
    private final AtomicInteger target;

    private final AtomicInteger size;
    private final AtomicInteger spare = new AtomicInteger();
    private final RepeatedFailureLog noSpare;
    private final AtomicInteger alive = new AtomicInteger();
    private final Map<Integer, Worker> workers = new ConcurrentHashMap<>();

    PoolLane(LoopRun run, Lane lane) {
        this.run = run;
        this.lane = lane;
        this.options = run.options.lane(lane);
        this.counters = new LaneCounters(options);
        this.pressure = new Pressure(lane, options, counters, run.listeners);
        this.target = new AtomicInteger(options.threads());
        this.size = new AtomicInteger(options.threads());
        this.queue = new CallQueue(run.machine);
        this.noSpare =
                RepeatedFailureLog.warnings(run.machine, "Lane {} could not start a spare thread for one that waits");
        this.spin = new Spin(run.machine, this::hasWork);
        this.enough = Math.max(1, run.machine.processors() - 1);
    }

    // ------------------------------------------------------------------ submitting

    /** Accepts the call and queues it, or says why not. */
    @Nullable CallRejectedException submit(Call<?> call) {
        if (!run.accepts()) {
            counters.refused();
            return run.notRunning(lane);
        }
        if (run.active.hasNoRoom()) {
            return run.active.refuse(); // the body of this call would have no certain place there
        }
        if (!counters.accept()) {
            counters.refused();
            return CallRejectedException.full(run.name(), lane, options.capacity());
        }
        // the rival is a stop: either it sees the place that was just taken and waits for the call, or we see the stop
        // here
        if (!run.accepts()) {
            counters.withdraw();
            run.wentIdle(); // a drain may have seen the place
            return run.notRunning(lane);
        }
        boolean queued = false;
        try {
            run.listeners.queued(call, lane);
            queue.offer(call);
            queued = true;
        } finally {
            if (!queued) {
                counters.withdraw(); // no memory is left: the place must not stay taken
            }
        }
        pressure.rose();
        wakeOne();
        return null;
    }

    private void wakeOne() {
        if (searcher.get() == NOBODY && idle.get() != null && searcher.compareAndSet(NOBODY, SOMEBODY_WAKING)) {
            Worker worker = popIdle();
            if (worker == null) {
                searcher.set(NOBODY); // it was popped by the one who searched before
                lastLook();
            } else {
                asleep.decrementAndGet();
                searcher.set(worker.id());
                worker.wake();
            }
        }
    }

    private @Nullable Worker popIdle() {
        while (true) {
            Worker top = idle.get();
            if (top == null || idle.compareAndSet(top, top.nextIdle)) {
                return top;
            }
        }
    }

    // ------------------------------------------------------------------ for workers

    @Nullable Call<?> poll() {
        return queue.poll();
    }

    Spin spin() {
        return spin;
    }

    /** The searcher has found a call. */
    void found(Worker worker) {
        stopSearching(worker);
        if (!queue.isEmpty() || run.isOver()) {
            wakeOne();
        }
    }

    boolean isSwift() {
        return swift;
    }

    void swift(boolean now) {
        if (swift != now) {
            swift = now;
        }
    }

    boolean isEmptyNow() {
        return queue.isEmpty();
    }

    /** Whether another awake worker would not help to empty the queue, when an operation takes that long on average. */
    boolean hasEnoughAwake(long averageNanos) {
        return alive.get() - asleep.get() >= enough || queue.size() * averageNanos < WAKE_UP;
    }

    /** The searcher keeps the right while it runs an operation that is expected to be short. */
    void keepsSearching() {
        if (!kept) {
            kept = true;
            run.clock.startTicking();
        }
    }

    @Override
    public boolean wantsTicks() {
        return kept;
    }

    /**
     * Called by the watch: takes the right to search away from a worker that keeps it while its operation is not short at all.
     *
     * @return whether to look again soon
     */
    @Override
    public boolean onTick() {
        if (!kept && quietLooks == 0) {
            return false;
        }
        Worker worker = run.keeper((int) searcher.get());
        if (worker == null) {
            keeper = NOBODY;
            // the rival may have seen the mark just before it fell: so some looks more
            kept = quietLooks < QUIET_LOOKS;
            quietLooks = quietLooks < 2 * QUIET_LOOKS ? quietLooks + 1 : 0;
            return quietLooks > 0;
        }
        kept = true;
        quietLooks = 1;
        long calls = worker.calls();
        if (keeper == worker.id() && keepersCalls == calls) {
            stopSearching(worker);
            lastLook();
        }
        keeper = worker.id();
        keepersCalls = calls;
        return true;
    }

    void pushIdle(Worker worker) {
        while (true) {
            Worker top = idle.get();
            worker.nextIdle = top;
            if (idle.compareAndSet(top, worker)) {
                asleep.incrementAndGet();
                return;
            }
        }
    }

    /** Whether a searcher need not look any longer. */
    boolean hasWork() {
        return !queue.isEmpty() || isTooMany() || run.isOver();
    }

    boolean startSearching(Worker worker) {
        return searcher.get() == NOBODY && searcher.compareAndSet(NOBODY, worker.id());
    }

    boolean isSearcher(Worker worker) {
        return searcher.get() == worker.id();
    }

    /** Gives the right to search back, unless it has been taken away. */
    void stopSearching(Worker worker) {
        searcher.compareAndSet(worker.id(), NOBODY);
    }

    /** After a worker went to sleep: is there something that nobody would see otherwise? */
    void lastLook() {
        if (hasWork()) {
            wakeOne();
        } else {
            run.wentIdle();
        }
    }

    private boolean isTooMany() {
        return alive.get() > target.get();
    }

    /** Whether the worker is to end: because the loop is over, or because the lane has more than it should. */
    boolean releases(Worker worker) {
        if (run.isOver()) {
            return true;
        }
        while (true) {
            int now = alive.get();
            if (now <= target.get()) {
                return false;
            }
            if (alive.compareAndSet(now, now - 1)) {
                workers.remove(worker.index());
                return true;
            }
        }
    }

    /** The worker's thread is about to end. */
    void ended(Worker worker) {
        boolean unexpected = workers.remove(worker.index(), worker);
        if (unexpected) {
            alive.decrementAndGet();
        }
        stopSearching(worker); // before its number is free: another worker that has it may search then
        run.workerEnded(worker);
        lastLook(); // the next one that has to end, or has to take over
        if (unexpected && !run.isOver()) {
            grow(); // a defect of pel's own must not shrink the lane
        }
    }

    // ------------------------------------------------------------------ what calls tell

    void left() {
        counters.left();
        pressure.fell();
    }

    /** An operation has come to an end by itself. What has run has run for some time, however coarse the clock. */
    void ran(CallInfo call, Outcome outcome, long waiting, long running) {
        ended(call, outcome, Math.max(0, waiting), Math.max(1, running));
    }

    private void ended(CallInfo call, Outcome outcome, long waiting, long running) {
        counters.ended(outcome);
        run.listeners.ended(call, lane, outcome, waiting, running);
    }

    /** A call has ended while it waited: its place is free at once, it stays in the queue as a tombstone. */
    void dropped(CallInfo call, Outcome outcome, long queuedAt) {
        left();
        run.countStopped(outcome, false);
        ended(call, outcome, run.machine.nanoTime() - queuedAt, 0);
        leavesTombstone();
        run.wentIdle(); // a drain may have seen the place
    }

    /** A call has ended when a worker had taken it, and before that began: its place had been booked as free. */
    void droppedAtStart(CallInfo call, Outcome outcome, long queuedAt) {
        ended(call, outcome, run.machine.nanoTime() - queuedAt, 0);
    }

    /** A call that is still in the queue will never be taken from there. */
    void leavesTombstone() {
        queue.leavesTombstone(counters.size());
    }

    /** A call has ended while its operation runs on. */
    void cutOff(CallInfo call, Outcome outcome, long queuedAt, long startedAt) {
        counters.abandoned(1);
        run.countStopped(outcome, true);
        ended(call, outcome, startedAt - queuedAt, run.machine.nanoTime() - startedAt);
        run.wentIdle(); // a drain may have looked before this was booked
    }

    /** An operation whose call had ended has come back. */
    void cameBack(boolean late) {
        counters.abandoned(-1);
        if (late) {
            counters.late();
        }
    }

    // ------------------------------------------------------------------ threads

    /** Starts the threads that are missing. All that could be started stay when one cannot. */
    void grow() {
        while (true) {
            int now = alive.get();
            if (now >= target.get() || run.isOver()) {
                return;
            }
            if (alive.compareAndSet(now, now + 1)) {
                startWorker(now + 1);
            }
        }
    }

    private void startWorker(int likelyFree) {
        Worker worker = null;
        boolean started = false;
        try {
            worker = newWorker(likelyFree);
            run.workerStarts(worker);
            worker.start();
            started = true;
        } finally {
            if (!started) {
                alive.decrementAndGet();
                if (worker != null) {
                    workers.remove(worker.index(), worker);
                    run.workerEnded(worker);
                }
            }
        }
    }

    /** Gives the worker the lowest free number; when the lane grows from the start that is the count of those alive. */
    private Worker newWorker(int likelyFree) {
        int id = run.nextWorkerId();
        boolean made = false;
        try {
            for (int index = workers.containsKey(likelyFree) ? 1 : likelyFree; ; index++) {
                if (!workers.containsKey(index)) {
                    Worker worker = new Worker(this, run, id, index);
                    if (workers.putIfAbsent(index, worker) == null) {
                        made = true;
                        return worker;
                    }
                }
            }
        } finally {
            if (!made) {
                run.freeWorkerId(id); // a thread factory has thrown
            }
        }
    }

    /**
     * A worker is about to wait for another call of the loop. A spare thread takes its place, so that a full pool never waits for
     * itself; it ends after the wait.
     *
     * @return what to run after the wait, or null
     */
    @Nullable Runnable beginWait() {
        // also when somebody is idle: he may be the next to wait, or one too many
        if (run.isOver() || !takeSpare()) {
            return null;
        }
        target.incrementAndGet();
        try {
            grow();
        } catch (OutOfMemoryError | RuntimeException e) { // of the system, or of a thread factory
            noSpare.failed(lane, e);
            endWait();
            return null;
        }
        return this::endWait;
    }

    private boolean takeSpare() {
        return spare.getAndUpdate(count -> Math.min(MOST_SPARE, count + 1)) < MOST_SPARE;
    }

    /** The threads of the lane wait for each other: one more, until {@link #endSpare}. False when it cannot be had. */
    boolean addSpare() {
        return beginWait() != null;
    }

    void endSpare() {
        endWait();
    }

    private void endWait() {
        spare.decrementAndGet();
        target.decrementAndGet();
        lastLook(); // there is one too many now
    }

    /** Changes the number of threads. */
    void resize(int threads) {
        LaneOptions.checkThreads(threads, options.kind());
        int before = size.getAndSet(threads);
        target.addAndGet(threads - before);
        boolean grown = false;
        try {
            grow();
            grown = true;
        } finally {
            if (!grown) {
                int could = Math.max(1, alive.get() - spare.get());
                target.addAndGet(could - size.getAndSet(could));
            }
        }
        lastLook();
    }

    // ------------------------------------------------------------------ for those who look on

    /** Whether all threads sleep because there is nothing to do. */
    boolean isAsleep() {
        return asleep.get() >= alive.get();
    }

    /** Whether calls wait, and no thread sleeps that could take them. */
    boolean isBehind() {
        return counters.size() > 0 && asleep.get() <= 0;
    }

    /** Whether a thread sleeps, or is on its way to the queue. */
    boolean hasTaker() {
        return searcher.get() != NOBODY || idle.get() != null;
    }

    /** How many operations have returned. */
    long returned() {
        return counters.returned();
    }

    Collection<Worker> workers() {
        return workers.values();
    }

    // ------------------------------------------------------------------ stopping

    boolean isEmpty() {
        return counters.size() == 0;
    }

    boolean allIdle() {
        for (Worker worker : workers.values()) {
            if (!worker.isIdle()) {
                return false;
            }
        }
        return true;
    }

    /** Ends all that waits. True when nobody is left on the way into the queue either. */
    boolean stopWaiting() {
        Call<?> call = poll();
        while (call != null) {
            call.stop();
            call = poll();
        }
        return isEmpty();
    }

    void stopRunning(boolean interrupts) {
        workers.values().forEach(worker -> worker.stopCalls(interrupts));
    }

    void wakeAll() {
        wakeOne(); // it ends, and wakes the next
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        noSpare.tellRest();
    }

    // ------------------------------------------------------------------ figures

    Lane lane() {
        return lane;
    }

    ThreadKind kind() {
        return options.kind();
    }

    LaneCounters counters() {
        return counters;
    }

    boolean isFull() {
        return counters.size() >= options.capacity();
    }

    /** How many calls and tombstones lie in the queue. */
    int held() {
        return queue.size();
    }

    LaneStats stats(long now) {
        LaneCounters.Snapshot books = counters.snapshot();
        return new LaneStats(
                lane,
                size.get(),
                options.capacity(),
                books.queued(),
                books.running(),
                oldestWait(now),
                books.submitted(),
                books.outcomes(),
                books.abandoned(),
                books.late());
    }

    private Duration oldestWait(long now) {
        Call<?> oldest = queue.oldest();
        return oldest == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - oldest.queuedAt()));
    }
}
