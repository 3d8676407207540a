package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is attached to a handle: the executor that the JDK asks to run it, the element of the active lane's queue, and the
 * function, in one object.
 *
 * @param <T> the type of the handle
 * @param <U> the type of the dependent's own handle
 */
@SuppressWarnings("ReferenceEquality") // of throwables and executors: the very same is meant
final class Dependent<T extends @Nullable Object, U extends @Nullable Object> extends Link.InRow
        implements Executor, BiFunction<T, @Nullable Throwable, U>, ActiveEntry {
    private static final VarHandle ID;
    private static final VarHandle TAKEN;
    private static final VarHandle BEGUN;

    static {
        try {
            ID = MethodHandles.lookup().findVarHandle(Dependent.class, "id", long.class);
            TAKEN = MethodHandles.lookup().findVarHandle(Dependent.class, "taken", boolean.class);
            BEGUN = MethodHandles.lookup().findVarHandle(Dependent.class, "begun", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RunServices run;
    private final @Nullable Executor target;
    private volatile @Nullable BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function;
    private final boolean seesFailure;
    private final ContextPropagator.@Nullable Snapshot context;

    private @Nullable Runnable completion;
    private volatile long id;

    /** When it was attached; once it is queued, when that was. */
    private long queuedAt;

    private @Nullable Throwable passed;
    private @Nullable Throwable thrown;

    /** The dependent's handle. It comes after the dependent may have been queued already, and even run. */
    private volatile @Nullable LoopFuture<U> result;

    /** Whether a thread has taken it: the active one, to run it, or the one that ends it because the active thread is gone. */
    @SuppressWarnings("UnusedVariable") // through TAKEN
    private volatile boolean taken;

    /** Whether the function has begun. */
    @SuppressWarnings("UnusedVariable") // through BEGUN
    private volatile boolean begun;

    private volatile boolean handedOver;
    private volatile boolean ran;

    /** Why it will never run: the loop stopped, or the executor refused it. */
    private volatile @Nullable Throwable obstacle;

    Dependent(
            LoopFuture<T> source,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function,
            boolean seesFailure,
            ContextPropagator.@Nullable Snapshot context) {
        super(source, Start.of(source));
        this.run = source.run;
        this.target = run.isActiveLane(Objects.requireNonNull(executor, "executor")) ? null : executor;
        this.function = function;
        this.seesFailure = seesFailure;
        this.context = context;
        this.queuedAt = run.active.submissionTime();
    }

    /** Called by the attaching thread. The concurrent thread is the active one, which may have run it, or the stop; see settle. */
    void bind(LoopFuture<U> future) {
        future.via(this);
        result = future;
        settle();
    }

    /** Called by the JDK when the source is done, on the thread that ended it, or by the attaching thread. */
    @Override
    public void execute(Runnable command) {
        completion = command;
        try {
            queuedAt = run.active.submissionTime(); // before the active thread or a listener can see it
            if (!run.active.submitCertain(this)) {
                endWithoutActiveThread();
            }
        } catch (VirtualMachineError | LinkageError e) {
            isBroken(e); // the JDK would not try it again
        }
    }

    /** The active thread of this run is gone, or given up as stuck. */
    private void endWithoutActiveThread() {
        if (!(function instanceof JoinedBody<?>)) {
            run.late.run(this::runLate);
            return;
        }
        LoopFuture<?> source = source();
        if (source != null && source.isCompletedExceptionally()) {
            complete(); // which only passes the failure on
        } else {
            obstacle = new CallStoppedException(run.name(), "this call");
            settle();
        }
    }

    @Override
    public void runOn(ActiveLane lane) {
        if (lane.begins(this)) {
            lane.run(this);
        }
    }

    @Override
    public boolean claim() {
        // else a concurrent thread has looked through the queue, and ended it
        return TAKEN.compareAndSet(this, false, true);
    }

    @Override
    public boolean begin(long startedAt) {
        LoopFuture<U> future = result;
        return future == null || !future.isDone(); // else the handle was ended while this waited
    }

    @Override
    public @Nullable Outcome endedInQueue() {
        Outcome early = outcome();
        if (early != null) {
            run.tally.entryEnded(early, false);
        }
        return early;
    }

    @Override
    public Outcome runCode() {
        Executor other = target;
        if (other == null || passesBy()) {
            complete();
        } else {
            handOver(other);
        }
        return entryOutcome();
    }

    @Override
    public Outcome broken(Throwable error) {
        try {
            isBroken(error);
        } catch (VirtualMachineError | LinkageError e) {
            run.defects.tell(e); // the entry is counted in any case
        }
        return Outcome.FAILED;
    }

    /** The executor refused it, or no memory is left for it or its end: the handle fails with the error, unless it has ended. */
    private void isBroken(Throwable error) {
        obstacle = error;
        settle();
    }

    /** Runs it where the loop has no active thread of this run any more. */
    private void runLate() {
        if (target == null || passesBy()) {
            completeThere();
        } else {
            give(target, this::completeThere);
        }
    }

    /** Whether the function is skipped, because the source has ended in the way after which it does not run. */
    private boolean passesBy() {
        LoopFuture<?> source = source();
        return source != null
                && function instanceof OnlyAfter<?, ?> only
                && only.failure() != source.isCompletedExceptionally();
    }

    /** The outcome of the handle, if that is known here and has ended. */
    private @Nullable Outcome outcome() {
        LoopFuture<U> future = result;
        return future == null ? null : future.outcome();
    }

    /** How the entry of the active lane ended: as the handle did, or, when another executor has it, with the handing over. */
    private Outcome entryOutcome() {
        Outcome ended = handedOver ? null : outcome();
        if (ended != null) {
            return ended;
        }
        // not bound yet, so nobody could end the handle but the function
        return thrown == null ? Outcome.SUCCEEDED : Outcome.FAILED;
    }

    private void handOver(Executor other) {
        LoopFuture<U> future = result;
        if (future != null) {
            future.waitOutside();
        }
        handedOver = true;
        // its handle is ended by the stop
        give(other, (LoopCommand) () -> run.threads.runForChain(this::completeOnTarget));
    }

    private void give(Executor other, Runnable command) {
        try {
            other.execute(command);
        } catch (Throwable e) {
            thrown = e;
            isBroken(e);
        }
    }

    private void completeOnTarget() {
        if (isOfTimer()) {
            run.timerBodies.runElsewhere(this::completeThere);
        } else {
            completeThere();
        }
    }

    /** On the executor that was asked for, or where the loop has no active thread. */
    private void completeThere() {
        run.stack.ensureRoom();
        ContextPropagator.Scope scope = run.propagators.open(context);
        try {
            complete();
        } finally {
            run.propagators.close(scope);
        }
    }

    /** Lets the JDK call {@link #apply} and complete the handle. */
    private void complete() {
        Runnable command = completion;
        try {
            if (command != null) {
                command.run();
                tellLate();
            }
        } catch (VirtualMachineError
                | LinkageError e) { // the JDK had no memory for the end, or for one of the dependents
            obstacle = thrown == null ? e : thrown;
            run.defects.tell(e);
        }
        ran = true;
        settle();
    }

    /** Reports a failure of the function that came after the end of its handle, because no handle shows it. */
    private void tellLate() {
        Throwable error = thrown;
        LoopFuture<U> future = result; // not bound yet, and nobody could end it
        if (error == null || future == null || isPassedOn()) {
            return;
        }
        Throwable cause = Causes.cause(error);
        if (!future.failedWith(cause) && !run.failsByStop(cause)) {
            run.activeBooks.failedLate();
            run.report(toFailure(cause, run.machine.nanoTime()).asLate(), context);
        }
    }

    @Override
    public U apply(T value, @Nullable Throwable error) {
        passed = error;
        BEGUN.setRelease(this, true); // a stop that does not see it yet looks again before it gives the thread up
        try {
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> code = function;
            if (code == null) {
                return nothing();
            }
            U made = code.apply(value, error);
            if (error != null) {
                JoinedFailure.seen(error);
            }
            return made;
        } catch (Throwable e) {
            thrown = e;
            if (error != null && (seesFailure || !isPassedOn())) {
                JoinedFailure.seen(error);
            }
            LoopFuture<U> future = result;
            if (future != null && future.getNumberOfDependents() > 0) {
                future.observe(); // allOf and the like call no method of ours when they attach themselves
            }
            if (future != null && !isPassedOn() && run.failsByStop(e)) {
                future.stop(); // it has failed because the loop stops, and ends as a call does that fails so
            }
            throw Causes.wrap(e); // as the JDK would do, which fails when the error cannot say what it is
        }
    }

    /** A concurrent thread has ended the handle just now and let go of the function: nobody gets a value. */
    @SuppressWarnings("NullAway") // U may not be null, but it is not used
    private U nothing() {
        return null;
    }

    @Override
    void letGo() {
        super.letGo();
        function = null;
        completion = null;
    }

    @Override
    public void abandon() {
        if (TAKEN.compareAndSet(this, false, true)) {
            run.tally.entryEnded(Outcome.STOPPED, false);
            run.active.abandoned(this, Outcome.STOPPED, queuedAt);
            try {
                endWithoutActiveThread();
            } catch (VirtualMachineError | LinkageError e) {
                isBroken(e); // it would not be abandoned once more
            }
        }
    }

    /**
     * Does what is left to do once the handle is known and the dependent has run or will never run. Both sides set their mark
     * before they look for the other's, so at least one finds both; doing it twice is harmless.
     */
    private void settle() {
        LoopFuture<U> future = result;
        if (future == null) {
            return;
        }
        Throwable why = obstacle;
        if (why instanceof CallStoppedException) {
            future.finish(Outcome.STOPPED, why);
        } else if (why != null) {
            future.finish(Outcome.FAILED, Causes.wrapIfPossible(why));
        } else if (handedOver && !ran) {
            future.waitOutside();
        }
        if (!ran) {
            return;
        }
        run.cameFromOutside(future);
        future.disarm();
        try {
            letGoOrReport(future);
        } catch (VirtualMachineError | LinkageError e) {
            run.retries.keep(future, Outcome.FAILED, e, e);
        }
    }

    private void letGoOrReport(LoopFuture<U> future) {
        Throwable error = future.error();
        if (error == null) {
            future.via(start()); // nothing to find there any more: let the source go
            return;
        }
        Chain.letGo(future, error);
        if (!(seesFailure && isPassedOn())) {
            run.failed(future);
        }
    }

    /** Whether what was thrown is the failure of the source, passed on. */
    private boolean isPassedOn() {
        return thrown != null && passed != null && Causes.cause(thrown) == Causes.cause(passed);
    }

    @Override
    public long id() {
        if (id == 0) {
            ID.compareAndSet(this, 0L, run.nextId());
        }
        return id;
    }

    @Override
    public long queuedAt() {
        return queuedAt;
    }

    /**
     * Ends the handle of a dependent whose code may not come back. One that the active thread has taken, and whose function has not
     * begun, is left alone: the code that attached it is to be told, and with its handle ended the function would not run.
     */
    @Override
    public void stopAnyway() {
        LoopFuture<U> future = result;
        if (future != null && begun) {
            future.stop();
        }
    }

    @Override
    public ContextPropagator.@Nullable Snapshot capturedContext() {
        return context;
    }
}
