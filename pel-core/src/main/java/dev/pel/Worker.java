package dev.pel;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One thread of a pool lane: takes a call, runs its operation, takes the next. */
final class Worker implements Runnable {
    private static final Log log = new Log();

    private final PoolLane lane;
    private final LoopRun run;
    private final CallQueue queue;
    private final WakeUp wakeUp;
    private final Flood flood;
    private final Spin spin;
    private final int id;
    private final int index;
    private final Thread thread;
    private final Nesting nesting;
    private final OperationClock clock;

    /** The call whose operation runs. Written by this thread alone; the stop and the statistics read it. */
    private final AtomicReference<@Nullable Call<?>> current = new AtomicReference<>();

    /** What the thread waits for, inside an operation and for as long as it takes; null while it runs something. */
    private volatile @Nullable LoopFuture<?> waitsFor;

    /** Set by the thread that wakes this worker, before the unpark; with it comes the right to search. */
    private volatile boolean woken;

    private volatile boolean idle;

    /** Whether this worker has the right to search, unless the watchdog has taken that away. Confined to its thread. */
    private boolean searching;

    /** Whether it keeps that right while it runs an operation. Written by this thread alone; the watchdog reads it. */
    private volatile boolean keeping;

    /** Whether it has found nothing yet since it slept. Confined to its thread. */
    private boolean justWoken;

    /** What the thread came with. Confined to it. */
    private @Nullable ThreadContext came;

    /** The next one on the stack of idle workers. */
    @Nullable Worker nextIdle;

    Worker(PoolLane lane, LoopRun run, int id, int index) {
        this.lane = lane;
        this.run = run;
        this.queue = lane.queue();
        this.wakeUp = lane.wakeUp();
        this.flood = lane.flood();
        this.spin = lane.spin();
        this.id = id;
        this.index = index;
        this.clock = new OperationClock(run.machine, run.clock, flood, run.listeners.needExactTimes());
        this.thread = run.machine.thread(run.threadName(lane.lane(), index), lane.kind(), true, this);
        this.nesting = new Nesting(thread);
    }

    void start() {
        run.machine.start(thread);
    }

    @Override
    public void run() {
        assert isCurrentThread();
        try {
            run.watchdogThread.startBeating();
            came = run.propagators.ofThisThread();
            boolean goesOn = true;
            while (goesOn) {
                goesOn = turn();
            }
        } finally {
            lane.ended(this);
        }
    }

    private boolean turn() {
        try {
            Call<?> call = next();
            if (call == null) {
                return false;
            }
            run(call, lane);
        } catch (Throwable e) {
            defect(e); // and the lane must not shrink
        }
        return true;
    }

    /** User code is caught where it is called: this is a defect of pel, or no memory is left. */
    private void defect(Throwable error) {
        log.defect(run.name(), error);
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    private boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    // ------------------------------------------------------------------ one operation

    /** Runs, inside the join of the operation that waits here, the operation of a call that it waits for, unless another thread has it. */
    void help(Call<?> call) {
        PoolLane home = run.pool(call.lane()); // once the operation has returned, the call may be in the active lane
        if (run(call, home)) {
            home.leavesTombstone();
        }
    }

    /**
     * Runs the operation of a call of the given lane, unless the call has ended or another thread has it. These are all steps of an operation,
     * in their order: claimed, context open, out of the queue, running, listeners told, user code, end booked, handle told, context closed.
     *
     * @return whether this thread has claimed it
     */
    boolean run(Call<?> call, PoolLane home) {
        assert isCurrentThread();
        Call<?> outer = enter(call); // first: if no memory is left for that, another thread can still take the call
        try {
            if (!call.claimOperation()) {
                return false; // the thread that ended it has freed its place, or another one runs it and has taken it
            }
            runClaimed(call, home, outer != null);
            return true;
        } finally {
            leave(outer);
        }
    }

    private void runClaimed(Call<?> call, PoolLane home, boolean isNested) {
        ContextPropagator.Scope scope = run.propagators.open(call.context(), isNested ? null : came);
        try {
            call.startsAt(clock.start(call.submittedAt()));
            // booked before any thread can see it run: a concurrent thread that ends a running call books the end
            home.books().left();
            if (call.beginOperation(id)) {
                home.books().started(call, Math.max(0, call.startedAt() - call.submittedAt()));
                runOperation(call, home);
            } else {
                home.books().dropped(call, call.droppedAs(), call.submittedAt());
            }
        } catch (Throwable e) {
            // the operation's own are caught in runOperation: here no stack or no memory was left for pel
            broken(call, home, e);
        } finally {
            run.propagators.close(scope);
        }
    }

    private void runOperation(Call<?> call, PoolLane home) {
        Object value = null;
        Throwable error = null;
        try {
            value = call.runOperation();
        } catch (Throwable e) {
            error = Call.wrapped(e);
        }
        if (!isEnded(call, home, value, error)) {
            nesting.spare(call);
            Thread.interrupted();
            home.books().cameBack(call.cameBack(error));
        }
    }

    /** Ends the operation, and the call if no body follows; false when others have ended the call while the operation ran. */
    private boolean isEnded(Call<?> call, PoolLane home, @Nullable Object value, @Nullable Throwable error) {
        if (error == null && call.hasBody()) {
            boolean isFirst = call.returned(id, value);
            if (isFirst) {
                handOver(call, home);
            }
            return isFirst;
        }
        Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
        boolean isFirst = call.ends(id, outcome);
        if (isFirst) {
            book(call, home, outcome);
            call.tellEnd(outcome, value, error);
        }
        return isFirst;
    }

    /** The operation has returned: the body goes to the active lane. */
    private void handOver(Call<?> call, PoolLane home) {
        Thread.interrupted();
        long startedAt = call.startedAt();
        long now = clock.end(startedAt);
        call.queuesBody(now);
        // booked in the active lane first: a drain must not find both lanes empty in between
        run.active.reserve(call);
        home.books().ended(call, Outcome.SUCCEEDED, startedAt - call.submittedAt(), now - startedAt);
        run.active.post(call);
    }

    /** The call has ended with its operation. */
    private void book(Call<?> call, PoolLane home, Outcome outcome) {
        Thread.interrupted();
        run.tally.callEnded(outcome, true); // before the lane's counters: when those add up, the stop makes its report
        long startedAt = call.startedAt();
        long now = clock.end(startedAt);
        home.books().ended(call, outcome, startedAt - call.submittedAt(), now - startedAt);
    }

    private void broken(Call<?> call, PoolLane home, Throwable error) {
        call.endBroken(error);
        defect(error);
        nesting.spare(call);
        if (call.isLate()) {
            home.books().cameBack(false);
        }
    }

    /** Marks the call as running here; returns the one that waits for it in its join, if any. */
    @Nullable Call<?> enter(Call<?> call) {
        Call<?> outer = current.getPlain();
        if (outer != null) {
            nesting.enter(outer);
        }
        current.setRelease(call); // a stop that does not see it yet looks again
        return outer;
    }

    void leave(@Nullable Call<?> outer) {
        current.setRelease(outer);
        if (outer != null) {
            nesting.leave(outer);
        } else {
            Thread.interrupted(); // code attached through the plain CompletableFuture API may have left it set
        }
    }

    // ------------------------------------------------------------------ the next one

    /** The next call, or null when the thread is to end. */
    private @Nullable Call<?> next() {
        while (true) {
            if (lane.releases(this)) {
                return null;
            }
            // before the look, so that submitters wake no other thread while this worker is about to look
            searching = searching ? wakeUp.isSearcher(this) : wakeUp.startSearching(this);
            Call<?> call = queue.poll();
            if (call == null && searching && flood.isOn() && spin.isWorthwhile()) {
                clock.pause();
                call = spin.found() ? queue.poll() : null;
            }
            if (call != null) {
                if (searching) {
                    found();
                }
                return call;
            }
            sleep();
        }
    }

    private void found() {
        // a call that comes alone after a sleep is no flood, and not worth that the watchdog looks
        boolean keeps = clock.isShort() && !(justWoken && queue.isEmpty()) && flood.hasEnoughAwake(clock.average());
        justWoken = false;
        keeping(keeps);
        if (keeps) {
            flood.keep();
        } else {
            searching = false;
            wakeUp.found(this);
        }
    }

    private void keeping(boolean now) {
        if (keeping != now) { // mostly it is, and nothing is written
            keeping = now;
        }
    }

    private void sleep() {
        idle = true;
        clock.pause();
        justWoken = true;
        keeping(false);
        // on the stack before the last look: a submitter either sees this worker there, or is seen by that look
        wakeUp.pushIdle(this);
        if (searching) {
            searching = false;
            wakeUp.stopSearching(this);
        }
        wakeUp.lastLook();
        long since = run.machine.nanoTime();
        while (!woken) {
            run.machine.park(lane, 0);
            Thread.interrupted(); // nobody's: a worker is only interrupted for its call, and has none
        }
        spin.slept(run.machine.nanoTime() - since);
        woken = false;
        searching = true;
        idle = false;
        run.watchdogThread.startBeating();
    }

    // ------------------------------------------------------------------ for its operations

    /**
     * The operation that runs is about to wait, or to run others inside its wait. Short as it was expected to be, it can take long
     * from here on, and what runs inside it would look to the watchdog as if this worker went on. So it keeps the right to search
     * no longer, and another worker is woken for what has come meanwhile.
     */
    void stopKeeping() {
        assert isCurrentThread();
        if (searching) {
            searching = false;
            keeping = false;
            wakeUp.found(this);
        }
    }

    /** Whether one more operation may run inside a join. */
    boolean mayNest() {
        return nesting.hasRoom();
    }

    void waitsFor(@Nullable LoopFuture<?> future) {
        waitsFor = future;
    }

    // ------------------------------------------------------------------ for other threads

    /** Wakes the worker; the calling thread has given it the right to search. */
    void wake() {
        woken = true;
        run.machine.unpark(thread);
    }

    /** Interrupts the operation of a call that runs here, or, while another one runs in its join, does so when that is over. */
    void interrupt(Call<?> call) {
        nesting.interrupt(call);
    }

    /**
     * Ends what runs here, because the loop stops, which interrupts it unless it has been ended before. When the thread itself is to be
     * interrupted, that reaches also an operation whose call had ended, and one that has cleared the flag.
     */
    void stopCalls(boolean interrupts) {
        Call<?> call = current.get();
        if (call != null) {
            call.stop();
            for (Call<?> waiting : nesting.waiting()) {
                waiting.stop();
            }
            if (interrupts) {
                thread.interrupt();
            }
        }
    }

    int id() {
        return id;
    }

    int index() {
        return index;
    }

    PoolLane lane() {
        return lane;
    }

    LoopRun loopRun() {
        return run;
    }

    Thread thread() {
        return thread;
    }

    @Nullable Call<?> current() {
        return current.get();
    }

    @Nullable LoopFuture<?> waitsFor() {
        return waitsFor;
    }

    boolean isIdle() {
        return idle;
    }

    boolean isKeeping() {
        return keeping;
    }

    /** How many operations it has run. */
    long operations() {
        return clock.operations();
    }
}
