package dev.pel;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The view that the handles, calls and entries of one run have of it: the parts that they share, none of which depends on them, and the few
 * services of parts that do. The run itself is {@link LoopRun}.
 */
abstract class RunServices {
    final EventLoopOptions options;
    final Machine machine;
    final StackRoom stack = new StackRoom();
    final Defects defects;
    final Listeners listeners;
    final Propagators propagators;
    final CallSites callSites;
    final WatchdogThread watchdogThread;
    final Deadlines deadlines;
    final CoarseClock clock;
    final CompletionThreads completionThreads;
    final LateActions late;
    final Completions completions;
    final CutOffCommands commands;
    final OwnThreads threads;
    final StateChanges stateChanges;
    final RunState state;
    final StopTally tally = new StopTally();
    final Refusals refusals;
    final CurrentEntry current = new CurrentEntry();
    final ActiveQueue queue;
    final Retries retries;
    final LaneBooks activeBooks;
    final ActiveLane active;

    /** Tells whether the current thread is in the body of a timer. */
    final TimerBodies timerBodies;

    /** Futures that wait for a future or an executor that is not the loop's. */
    final ForeignFutures<LoopFuture<?>> foreign = new ForeignFutures<>(LoopFuture::stop);

    /** Futures whose ends very many either-forms may wait for. */
    final SharedEnds sharedEnds = new SharedEnds();

    private final AtomicLong ids = new AtomicLong();

    /** The services of a run that takes over what belongs to the loop, unless it is the first. */
    RunServices(
            EventLoopOptions options, Machine machine, LoopState first, @Nullable RunServices before, Runnable nudge) {
        this.options = options;
        this.machine = machine;
        this.defects = new Defects(options.name(), machine);
        this.watchdogThread = new WatchdogThread(machine, options.name());
        this.deadlines = new Deadlines(machine, watchdogThread, defects);
        this.clock = new CoarseClock(machine, watchdogThread);
        this.completionThreads = before == null
                ? new CompletionThreads(options.name(), machine, deadlines, TakeOverRules.COMPLETIONS)
                : before.completionThreads;
        this.late = before == null ? new LateActions(options.name(), machine, deadlines) : before.late;
        this.threads = new OwnThreads(watchdogThread, completionThreads, late.threads());
        this.listeners = new Listeners(options.hooks().listeners(), machine, completionThreads::execute);
        this.propagators = new Propagators(options.hooks().propagators(), machine);
        this.callSites = new CallSites(Machine.nanos(options.callSiteInterval()), machine.nanoTime());
        this.stateChanges = before == null ? new StateChanges(defects) : before.stateChanges;
        this.state = new RunState(options, machine, listeners, threads, stateChanges, first, nudge);
        this.completions = new Completions(completionThreads, stack, state::wentIdle);
        this.commands = new CutOffCommands(machine, options.name(), completions);
        this.refusals = new Refusals(options, machine, state, deadlines);
        this.retries = new Retries(machine, stack, watchdogThread, defects);
        this.queue = new ActiveQueue(options.name(), machine, threads, current, retries);
        retries.postTo(queue);
        this.activeBooks = new LaneBooks(Lane.ACTIVE, options, machine, state, tally, listeners);
        this.active = new ActiveLane(machine, threads, queue, activeBooks, current, propagators, clock);
        this.timerBodies = new TimerBodies(threads, current);
    }

    // ------------------------------------------------------------------ what knows handles

    /** The executor of dependents that have none of their own: the active lane. */
    abstract Executor activeExecutor();

    /** Whether an executor runs what it is given on the active thread of this run. */
    abstract boolean isActiveLane(Executor executor);

    /** A future has failed, on any thread; see {@link Failures#watch}. */
    abstract void failed(LoopFuture<?> future);

    /** Hands a failure to the error handler for which nobody has a handle, or which comes after the end of its handle. From any thread. */
    abstract void report(Failure failure, ContextPropagator.@Nullable Snapshot context);

    /**
     * Called by a thread that is about to wait for a future of this run. A thread of a pool first runs what the future waits
     * for, if that has not started; when it has to wait all the same, its lane gets a spare thread meanwhile.
     *
     * @param isLimited whether the wait ends after some time in any case
     * @return the wait, which is to be closed; null when the thread is none of a pool's, or the future has ended
     */
    abstract @Nullable OngoingWait beforeWait(LoopFuture<?> future, String method, boolean isLimited);

    /** As {@link Machine#await}; before the start the waiting thread itself logs a warning after a second. */
    abstract long await(LoopFuture<?> future, boolean interruptible, long nanos);

    /** What to throw when a wait with a limit has ended by that. */
    abstract TimeoutException timedOut(LoopFuture<?> future, TimeoutException error);

    // ------------------------------------------------------------------ pool lanes

    /** What a lane counts and tells. */
    abstract LaneBooks books(Lane lane);

    /** A call has ended while it waited in a pool lane, where it stays as a tombstone unless it was held outside of the queue. */
    abstract void endedInPool(Lane lane, CallInfo call, Outcome outcome, long queuedAt);

    /** A call that has its place in a pool lane goes into the queue of that. */
    abstract void admit(Lane lane, ActiveEntry call);

    /** A pending timer has ended before it fell due, on any thread. */
    abstract void timerEnded(CallInfo timer, Outcome outcome);

    /** Interrupts the operation of a call that runs on the worker with this number. */
    abstract void interrupt(int workerId, CallInfo call);

    // ------------------------------------------------------------------ state

    final String name() {
        return options.name();
    }

    final LoopState state() {
        return state.now();
    }

    final boolean isOver() {
        return state.isOver();
    }

    /**
     * Whether the code of a call has failed because the loop stops: by the interrupt, or because it waited for what the stop has ended. While
     * the loop drains that is a timer which falls due too late.
     */
    final boolean endsByStop(Throwable error) {
        return isOver()
                ? InterruptEcho.isOfStop(error)
                : state() == LoopState.DRAINING && InterruptEcho.isStopped(error);
    }

    /** The same of code that runs now outside of a call. The stop interrupts the active thread alone, and no thread that comes later. */
    final boolean failsByStop(Throwable error) {
        return endsByStop(error) && (threads.isActiveCurrent() || InterruptEcho.isStopped(error));
    }

    /** A number for a call or dependent that somebody wants to tell from others. */
    final long nextId() {
        return ids.incrementAndGet();
    }

    /**
     * Runs an action that tells others of an end, where this run has no active thread any more. A stop that has not ended waits for it,
     * until the grace is over.
     */
    final void runLate(Runnable action) {
        boolean isHandedOver = false;
        Runnable counted = completions.counted(action);
        try {
            late.run(counted);
            isHandedOver = true;
        } finally {
            if (!isHandedOver) {
                completions.ends(); // no memory is left: a stop must not wait for it
            }
        }
    }

    /** On the active thread of a loop that is over: ends an entry that was found in the queue. */
    final void abandonHere(ActiveEntry entry) {
        try {
            active.handOver(entry::abandon);
        } catch (VirtualMachineError | LinkageError e) {
            retries.keep(entry, e);
        }
    }

    /**
     * Ends a handle, to which something is attached, on a thread that may be a user's. A drain waits until that has been told, because it
     * may submit the next link of the chain, and the thread counts as the loop's own meanwhile: code attached through the plain
     * {@code CompletableFuture} API runs on it.
     */
    final <T extends @Nullable Object> boolean endAndTell(
            LoopFuture<T> handle, Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean isGuest = enterIfPossible();
        completions.begins();
        try {
            return handle.end(outcome, value, error, interrupt);
        } finally {
            if (isGuest) {
                threads.leave();
            }
            completions.ends();
        }
    }

    private boolean enterIfPossible() {
        try {
            return threads.enter();
        } catch (VirtualMachineError e) {
            return false; // no memory is left to say so: at worst a draining loop refuses the next link
        }
    }

    /** What a stop ends a handle with; the error that has prevented it when no memory is left for that, because the end must be made. */
    final Throwable stopping(LoopFuture<?> handle) {
        try {
            return new CallStoppedException(name(), handle.description());
        } catch (VirtualMachineError | LinkageError e) {
            return e;
        }
    }

    // ------------------------------------------------------------------ waiting for what is outside of the loop

    /** Registers a future that waits for something outside the loop; the drain waits for it, and the stop ends it. */
    final void waitsOutside(LoopFuture<?> future) {
        foreign.add(future);
        if (future.isDone() || queue.isClosed()) {
            // a concurrent thread has ended it, or looked for the last time, before it was registered
            cameFromOutside(future);
            future.stop();
        }
    }

    final void cameFromOutside(LoopFuture<?> future) {
        if (foreign.remove(future)) {
            state.wentIdle();
        }
    }

    /** Registers one of them of which nobody wants anything now: the drain does not wait for it, the stop ends it. */
    final void idlesOutside(LoopFuture<?> future, ForeignFutures.Faint<LoopFuture<?>> faint) {
        foreign.addIdle(faint);
        cameFromOutside(future);
        if (queue.isClosed()) {
            future.stop(); // the stop has looked for the last time before it was registered
        }
    }
}
