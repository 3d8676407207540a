package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One thread of a pool lane: takes a call, runs its operation, takes the next. */
final class Worker implements Runnable {
    private static final Log log = new Log();

    /** An operation that takes less than this many nanoseconds is short: it costs less than to wake another thread. */
    private static final long SHORT = 20_000;

    /** So many short operations, and the next is expected to be short. */
    private static final int SWIFT = 32;

    private static final int MOST_SWIFT = 2 * SWIFT;

    /** What one that was not short takes away: a few may have lost the processor for a while, one in sixteen is too many. */
    private static final int LONG_ONE = 16;

    /** One of eight operations is measured when they are short. */
    private static final int SAMPLE = 7;

    private static final VarHandle CALLS;
    private static final VarHandle CURRENT;

    static {
        try {
            CALLS = MethodHandles.lookup().findVarHandle(Worker.class, "calls", long.class);
            CURRENT = MethodHandles.lookup().findVarHandle(Worker.class, "current", Call.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PoolLane lane;
    private final LoopRun run;
    private final int id;
    private final int index;
    private final Thread thread;

    /** The call whose operation runs, read by the stop and by those who look on. */
    private volatile @Nullable Call<?> current;

    private final Nesting nesting;

    /** What the thread waits for, inside an operation and for as long as it takes; null while it runs something. */
    private volatile @Nullable LoopFuture<?> waitsFor;

    /** Set by whoever wakes this worker, before the unpark; with it comes the right to search. */
    private volatile boolean woken;

    private volatile boolean idle;

    /** Whether this worker is the one that looks for work, unless the watch has taken that right away. Confined to its thread. */
    private boolean searching;

    /** Whether it keeps that right while it runs an operation. */
    private volatile boolean keeping;

    /** How many operations it has run; for the watch. */
    private volatile long calls;

    /** Whether it has found nothing yet since it slept. */
    private boolean justWoken;

    /** Rises with each short one, falls with each long one. */
    private int swiftness;

    /** How long the short ones took on average, in nanoseconds. */
    private long average;

    private final boolean isTimed;

    private @Nullable ThreadContext came;

    /** Whether the operation that runs is measured. */
    private boolean measuring;

    /** The end of the last operation, when nothing has happened since but the look for the next; else 0. */
    private long clock;

    /** The next one on the stack of idle workers. */
    @Nullable Worker nextIdle;

    Worker(PoolLane lane, LoopRun run, int id, int index) {
        this.lane = lane;
        this.run = run;
        this.id = id;
        this.index = index;
        this.isTimed = run.listeners.needExactTimes();
        this.thread = run.machine.thread(run.threadName(lane.lane(), index), lane.kind(), true, this);
        this.nesting = new Nesting(thread);
    }

    int id() {
        return id;
    }

    int index() {
        return index;
    }

    LoopRun loopRun() {
        return run;
    }

    @Nullable LoopFuture<?> waitsFor() {
        return waitsFor;
    }

    void waitsFor(@Nullable LoopFuture<?> future) {
        waitsFor = future;
    }

    PoolLane lane() {
        return lane;
    }

    Thread thread() {
        return thread;
    }

    void start() {
        run.machine.start(thread);
    }

    @Override
    public void run() {
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
    void defect(Throwable error) {
        log.defect(run.name(), error);
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
            call.startsAt(startsAt(call.submittedAt()));
            // booked before any thread can see it run: a concurrent thread that ends a running call books the end
            home.left();
            if (call.beginOperation(id)) {
                run.listeners.started(call, home.lane(), Math.max(0, call.startedAt() - call.submittedAt()));
                runOperation(call, home);
            } else {
                home.droppedAtStart(call, call.droppedAs(), call.submittedAt());
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
        if (error == null && call.hasBody()) {
            if (call.returned(id, value)) {
                handOver(call, home);
                return;
            }
        } else {
            Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
            if (call.ends(id, outcome)) {
                ended(call, home, outcome);
                call.tellEnd(outcome, value, error);
                return;
            }
        }
        nesting.spare(call);
        Thread.interrupted();
        home.cameBack(call.cameBack(error));
    }

    /** The operation has returned: the body goes to the active lane. */
    private void handOver(Call<?> call, PoolLane home) {
        Thread.interrupted();
        long startedAt = call.startedAt();
        long now = ran(startedAt);
        call.queuesBody(now);
        // booked in the active lane first: a drain must not find both lanes empty in between
        run.active.reserve(call);
        home.ran(call, Outcome.SUCCEEDED, startedAt - call.submittedAt(), now - startedAt);
        run.active.post(call);
    }

    /** The operation has ended, and no body follows. */
    private void ended(Call<?> call, PoolLane home, Outcome outcome) {
        Thread.interrupted();
        run.countCall(outcome, true); // before the lane's counters: when those add up, the stop makes its report
        long startedAt = call.startedAt();
        long now = ran(startedAt);
        home.ran(call, outcome, startedAt - call.submittedAt(), now - startedAt);
    }

    private void broken(Call<?> call, PoolLane home, Throwable error) {
        call.endBroken(error);
        defect(error);
        nesting.spare(call);
        if (call.isLate()) {
            home.cameBack(false);
        }
    }

    /** Marks the call as running here; returns the one that waits for it in its join, if any. */
    @Nullable Call<?> enter(Call<?> call) {
        Call<?> outer = current;
        if (outer != null) {
            nesting.enter(outer);
        }
        CURRENT.setRelease(this, call); // a stop that does not see it yet looks again
        return outer;
    }

    void leave(@Nullable Call<?> outer) {
        CURRENT.setRelease(this, outer);
        if (outer != null) {
            nesting.leave(outer);
        } else {
            Thread.interrupted(); // what was attached past pel may have left it set
        }
    }

    // ------------------------------------------------------------------ the next one

    /** The next call, or null when the thread is to end. */
    private @Nullable Call<?> next() {
        while (true) {
            if (lane.releases(this)) {
                return null;
            }
            // before the look, so that submitters wake nobody while this worker is about to look
            searching = searching ? lane.isSearcher(this) : lane.startSearching(this);
            Call<?> call = lane.poll();
            if (call == null && searching && lane.isSwift() && lane.spin().isWorthwhile()) {
                clock = 0;
                call = lane.spin().found() ? lane.poll() : null;
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
        // a call that comes alone after a sleep is no flood, and not worth that the watch looks
        boolean keeps = isSwift() && !(justWoken && lane.isEmptyNow()) && lane.hasEnoughAwake(average);
        justWoken = false;
        if (keeps != keeping) {
            keeping = keeps;
        }
        if (keeps) {
            lane.keepsSearching();
        } else {
            searching = false;
            lane.found(this);
        }
    }

    /**
     * When the operation begins that is about to run: right after the one before, unless it came later. Of many short ones in a
     * row only some are measured, as long as nobody listens: to ask the clock costs about as much as all the rest.
     */
    long startsAt(long queuedAt) {
        long known = clock;
        clock = 0;
        measuring = isTimed || !isSwift() || (calls & SAMPLE) == 0;
        if (!measuring) {
            return run.clock.time();
        }
        if (known == 0) {
            return run.machine.nanoTime();
        }
        return known - queuedAt < 0 ? queuedAt : known;
    }

    /** The operation is over; says when. */
    long ran(long startedAt) {
        CALLS.setRelease(this, calls + 1);
        if (!measuring) {
            return run.clock.time();
        }
        long now = run.machine.nanoTime();
        clock = now;
        long took = now - startedAt;
        if (took < SHORT) {
            swiftness = Math.min(MOST_SWIFT, swiftness + 1);
            average += (took - average) / 8;
        } else {
            swiftness = Math.max(0, swiftness - LONG_ONE);
        }
        lane.swift(isSwift());
        return now;
    }

    private boolean isSwift() {
        return swiftness >= SWIFT;
    }

    boolean isKeeping() {
        return keeping;
    }

    /**
     * The operation that runs is about to wait, or to run others inside its wait. Short as it was expected to be, it can take long
     * from here on, and what runs inside it would look to the watch as if this worker went on. So it keeps the right to search
     * no longer, and another worker is woken for what has come meanwhile.
     */
    void stopKeeping() {
        if (searching) {
            searching = false;
            keeping = false;
            lane.found(this);
        }
    }

    long calls() {
        return calls;
    }

    private void sleep() {
        idle = true;
        clock = 0;
        justWoken = true;
        if (keeping) {
            keeping = false;
        }
        // on the stack before the last look: a submitter either sees this worker there, or is seen by that look
        lane.pushIdle(this);
        if (searching) {
            searching = false;
            lane.stopSearching(this);
        }
        lane.lastLook();
        long since = run.machine.nanoTime();
        while (!woken) {
            run.machine.park(lane, 0);
            Thread.interrupted(); // nobody's: a worker is only interrupted for its call, and has none
        }
        lane.spin().slept(run.machine.nanoTime() - since);
        woken = false;
        searching = true;
        idle = false;
        run.watchdogThread.startBeating();
    }

    /** Called by the one who holds the right to search, and hands it over. */
    void wake() {
        woken = true;
        run.machine.unpark(thread);
    }

    boolean isIdle() {
        return idle;
    }

    @Nullable Call<?> current() {
        return current;
    }

    /** Interrupts the operation of a call that runs here, or, while another one runs in its join, does so when that is over. */
    void interrupt(Call<?> call) {
        nesting.interrupt(call);
    }

    /** Whether one more call may run inside a join: each takes some of this thread's stack. */
    boolean mayNest() {
        return nesting.hasRoom();
    }

    /**
     * Ends what runs here, because the loop stops, which interrupts it unless it has been ended before. When the thread itself is to be
     * interrupted, that reaches also an operation whose call had ended, and one that has cleared the flag.
     */
    void stopCalls(boolean interrupts) {
        Call<?> call = current;
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
}
