package dev.pel;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One thread of a pool lane: takes a call, runs its operation, takes the next. */
final class Worker implements Runnable {
    private final PoolLane lane;
    private final RunServices run;
    private final Workers workers;
    private final int id;
    private final int index;
    private final Thread thread;
    private final Nesting nesting;
    private final OperationClock clock;
    private final Searcher searcher;

    /** The call whose operation runs. Written by this thread alone; the stop and the statistics read it. */
    private final AtomicReference<@Nullable Call<?>> current = new AtomicReference<>();

    /** The future for which the thread waits without a limit of time, inside an operation; null while it runs something. */
    private volatile @Nullable LoopFuture<?> waitsFor;

    /** Whether the thread waits, with a limit of time or without, for a call of the loop, and has a spare thread for that. */
    private volatile boolean waiting;

    /** When the operation that runs last went on after a wait, or after another one that ran inside its join. */
    private volatile long wentOnAt;

    /** What the thread came with. Confined to it. */
    private @Nullable ThreadContext came;

    Worker(PoolLane lane, RunServices run, Workers workers, int id, int index) {
        this.lane = lane;
        this.run = run;
        this.workers = workers;
        this.id = id;
        this.index = index;
        this.clock = new OperationClock(run.machine, run.clock, lane.flood(), run.listeners.needExactTimes());
        this.thread = run.machine.thread(
                run.name() + (lane.lane() == Lane.PASSIVE ? "-passive-" : "-work-") + index, lane.kind(), true, this);
        this.nesting = new Nesting(run.machine, thread);
        this.searcher = new Searcher(run, lane, clock, id, thread);
        this.wentOnAt = run.machine.nanoTime();
    }

    void start() {
        run.machine.start(thread);
    }

    @Override
    public void run() {
        assert isCurrentThread();
        try {
            run.watchdogThread.startBeating();
            lane.threads().awoke();
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
            run.defects.caught(e); // the lane must not shrink
        }
        return true;
    }

    /** The next call, or null when the thread is to end. */
    private @Nullable Call<?> next() {
        while (!lane.releases(this)) {
            Call<?> call = searcher.look();
            if (call != null) {
                return call;
            }
            searcher.sleep();
        }
        return null;
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    private boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    // ------------------------------------------------------------------ one operation

    /** Runs, inside the join of the operation that waits here, the operation of a call that it waits for, unless another thread has it. */
    void help(Call<?> call) {
        run.stack.ensureRoom(); // else the join fails, and the call stays queued
        PoolLane home =
                workers.pool(call.lane()); // once the operation has returned, the call may be in the active lane
        if (run(call, home)) {
            home.leavesTombstone(call);
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
        ContextPropagator.Scope scope = Propagators.NOTHING_TO_CLOSE;
        boolean hasLeft = false;
        try {
            scope = run.propagators.open(call.context(), isNested ? null : came);
            call.startsAt(clock.start(call.enteredAt()));
            // booked before any thread can see it run: a concurrent thread that ends a running call books the end
            call.endUnlessWanted();
            hasLeft = true; // first: it is counted before listeners are told
            home.books().left();
            if (call.beginOperation(id)) {
                home.books().started(call, Math.max(0, call.startedAt() - call.enteredAt()));
                runOperation(call, home);
            } else {
                home.books().dropped(call, call.droppedAs(), call.enteredAt());
            }
        } catch (Throwable e) {
            // the operation's own are caught in runOperation: here no stack or no memory was left for pel
            broken(call, home, hasLeft, e);
        } finally {
            try {
                run.propagators.close(scope);
            } finally {
                call.operationLeft();
            }
        }
    }

    private void runOperation(Call<?> call, PoolLane home) {
        Object value = null;
        Throwable error = null;
        try {
            value = call.runOperation();
        } catch (Throwable e) {
            error = Causes.wrapIfPossible(e);
            call.heedStop(error);
        }
        if (error != null && call.triesAgain(id, error)) {
            tryAgain(call, home);
        } else if (!isEnded(call, home, value, error)) {
            nesting.spare(call);
            Thread.interrupted();
            clock.endLate();
            home.books().cameBack(call.cameBack(error));
        }
    }

    /** This attempt has failed, and the call waits for the next, which counts as another entry of the lane. */
    private void tryAgain(Call<?> call, PoolLane home) {
        Thread.interrupted();
        long startedAt = call.startedAt();
        long now = clock.end(startedAt);
        long place = home.books().reserve(); // first: a drain must not find nothing in between
        home.books().ended(call, Outcome.FAILED, startedAt - call.enteredAt(), now - startedAt);
        call.comesAgain(now);
        home.books().queued(call);
        home.books().rose(place);
        if (!call.waitsAgain()) {
            home.books().left();
            home.books().dropped(call, call.droppedAs(), now);
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
        home.books().ended(call, Outcome.SUCCEEDED, startedAt - call.enteredAt(), now - startedAt);
        run.queue.post(call);
    }

    /** The call has ended with its operation. */
    private void book(Call<?> call, PoolLane home, Outcome outcome) {
        Thread.interrupted();
        run.tally.callEnded(outcome, true); // before the lane's counters: when those add up, the stop makes its report
        long startedAt = call.startedAt();
        long now = clock.end(startedAt);
        home.books().ended(call, outcome, startedAt - call.enteredAt(), now - startedAt);
    }

    private void broken(Call<?> call, PoolLane home, boolean hasLeft, Throwable error) {
        call.endBroken(error);
        run.defects.tell(error);
        nesting.spare(call);
        Outcome unbegun = call.takeEndedInQueue();
        if (unbegun != null && !hasLeft) {
            home.books().left();
        }
        if (unbegun != null) {
            home.books().dropped(call, unbegun, call.enteredAt());
        }
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
        if (outer != null) {
            wentOnAt = run.machine.nanoTime(); // first: a concurrent watchdog that sees the outer one sees that
        }
        current.setRelease(outer);
        if (outer != null) {
            nesting.leave(outer);
        } else {
            Thread.interrupted(); // code attached through the plain CompletableFuture API may have left it set
        }
    }

    // ------------------------------------------------------------------ for its operations

    /** Whether one more operation may run inside a join. */
    boolean mayNest() {
        return nesting.hasRoom();
    }

    void waitsFor(@Nullable LoopFuture<?> future) {
        waitsFor = future;
    }

    void isWaiting(boolean now) {
        if (waiting && !now) {
            wentOnAt = run.machine.nanoTime(); // first: a concurrent watchdog that sees no wait sees that
        }
        waiting = now;
    }

    // ------------------------------------------------------------------ for other threads

    /** Interrupts the operation of a call that runs here, or, while another one runs in its join, does so when that is over. */
    void interrupt(Call<?> call) {
        nesting.interrupt(call);
    }

    /**
     * Ends the calls that run here, because the loop stops, and interrupts the operations of those that this ends. When the thread itself
     * is to be interrupted, that also reaches an operation whose call had ended before, or that has cleared the flag.
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

    Searcher searcher() {
        return searcher;
    }

    int index() {
        return index;
    }

    PoolLane lane() {
        return lane;
    }

    RunServices services() {
        return run;
    }

    /** The worker of the same run with this number. */
    @Nullable Worker colleague(int otherId) {
        return workers.byId(otherId);
    }

    PoolLane pool(Lane other) {
        return workers.pool(other);
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

    boolean isWaiting() {
        return waiting;
    }

    /** Since when the thread has been in the operation of this call, which runs, without a wait in between. */
    long inOperationSince(Call<?> call) {
        long started = call.startedAt();
        long wentOn = wentOnAt;
        return wentOn - started > 0 ? wentOn : started;
    }
}
