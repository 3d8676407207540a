package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a call: a {@code CompletableFuture} that belongs to a loop.
 *
 * <ul>
 *   <li>Every dependent ({@code thenApply}, {@code whenComplete}, …) runs on the active thread, in the context of the thread
 *       that attached it, also when the handle was already complete. It is posted, never run inline, so a chain of a million
 *       links overflows no stack. A dependent given an executor of its own runs there. Attaching is never refused: it counts
 *       beyond the capacity of the active lane.
 *   <li>When the loop has no active thread, because it has stopped, or because its stop has given that thread up, dependents run on
 *       the active thread of the loop's next run if that has begun, and else on a completion thread, {@code <name>-completion}:
 *       one at a time (beside another one only when that has not returned for a second), never beside a body, and
 *       {@link EventLoop#onActiveThread()} is false there. So all that waits for the end
 *       of a handle is told in any case. On a loop that has not started yet dependents wait for the start, as bodies do.
 *   <li>Timeouts hold after the stop as before it: {@code orTimeout} on a handle of a stopped loop lets an action that is about to run
 *   still do so in that time, and ends a handle that nothing else ends.
 *   <li>{@code cancel(true)}, {@code orTimeout} and {@code complete} by others really end the call: a waiting operation never
 *       starts and frees its place, a running one is interrupted, a result that comes late is dropped and counted.
 *       {@code cancel(false)} ends the call without the interrupt. As with every {@code CompletableFuture}, ending a dependent
 *       does not end what it depends on, unless its call was described with {@link CallSpec#cancelUpstream}.
 *   <li>{@code get} and {@code join} on an unfinished handle throw {@link WaitOnLoopThreadException} on the active thread. On
 *       a thread of a pool they run operations that are still waiting right there, also those that a function of
 *       {@code thenCompose} submits later, and else have a spare thread started for the time of the wait, so a full pool cannot
 *       wait for itself. A {@code get} with a limit of time has the spare thread started at once, and runs nothing itself unless no spare
 *       thread can be had. Where neither is possible they throw the same exception, and do not wait; so do {@code join} and {@code get}
 *       without a limit when operations would wait for each other in a ring, or one for its own handle.
 *   <li>On a loop that has not been started {@code get} and {@code join} wait for the start. A thread that waits there for more than a
 *       second is named in the log: if it is the one that is to start the loop, it waits for ever.
 *   <li>What an operation, a body or a function throws arrives wrapped in a {@code CompletionException}, as with every
 *       {@code CompletableFuture}; ends that others make ({@code cancel}, a timeout, a stop, {@code completeExceptionally})
 *       arrive as they are.
 *   <li>A failure is <em>dealt with</em> when a dependent is attached, somebody asks for the result, or the handle is turned
 *       into another future. Otherwise it reaches the {@link ErrorHandler}: at the end of the turn in which it happened, or,
 *       when the call was submitted by another thread than the active one, after
 *       {@link EventLoopOptions#unobservedGrace()}. Where the loop has no active thread the handler runs as a dependent would.
 * </ul>
 *
 * @param <T> the type of the result
 */
public class LoopFuture<T extends @Nullable Object> extends StageMethods<T> {
    private static final VarHandle VIA;

    static {
        try {
            VIA = MethodHandles.lookup().findVarHandle(LoopFuture.class, "via", Link.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final RunServices run;

    /** Leads to what this future depends on; null for calls, and when nothing is to be found there any more. */
    private volatile @Nullable Link via;

    /** Whether it waits for something that is not the loop's. */
    private volatile boolean waitsOutside;

    LoopFuture(RunServices run) {
        super(!run.threads.isActiveCurrent());
        this.run = run;
    }

    /** A future that belongs to no loop: its class overrides all methods that would need one. */
    @SuppressWarnings("NullAway") // see above
    LoopFuture() {
        super(false);
        this.run = null;
    }

    /**
     * A handle that has succeeded. For code that has to return a {@code LoopFuture} and has the value already: a method with
     * {@code @Next} whose declared result is a {@code LoopFuture<T>} returns such a one to hand its value over, and in a test it stands
     * for the handle of a call.
     *
     * <p>It belongs to no loop, so there is no active thread on which dependents could run: they run where those of
     * {@code CompletableFuture.completedFuture(value)} do, at once on the thread that attaches them, or, with {@code …Async} and no
     * executor, on the JDK's common pool. To get to the active thread hand it to a handle of the loop, as the function of
     * {@code thenCompose} or with {@code thenCombine}: what is attached to the result runs there. No error handler hears of what fails
     * in its dependents, and {@code join} waits like that of any {@code CompletableFuture}.
     *
     * @param value its result; may be null where {@code T} is nullable
     * @param <T> the type of the result
     * @return a handle whose outcome is {@link Outcome#SUCCEEDED}
     */
    public static <T extends @Nullable Object> LoopFuture<T> completed(T value) {
        return LooplessFuture.ended(value, null);
    }

    /**
     * A handle that has failed, for code that has to return a {@code LoopFuture}. It belongs to no loop; see {@link #completed} for where
     * its dependents run. No error handler hears of the failure: the code that gets the handle deals with it.
     *
     * @param error what it fails with; a {@link CallTimeoutException}, {@link CallStoppedException} or {@link CallRejectedException} is the
     *     end of something else, and arrives wrapped in a {@code CompletionException}
     * @param <T> the type of the result that it does not have
     * @return a handle whose outcome is {@link Outcome#FAILED}, or {@link Outcome#CANCELLED} for a {@code CancellationException}
     */
    public static <T extends @Nullable Object> LoopFuture<T> failed(Throwable error) {
        Outcome looksLike = Causes.recorded(Objects.requireNonNull(error, "error"));
        boolean isOwn = looksLike == Outcome.FAILED || looksLike == Outcome.CANCELLED;
        return LooplessFuture.ended(null, isOwn ? error : Causes.wrap(error));
    }

    @Override
    void ensureRoom() {
        run.stack.ensureRoom();
    }

    // ------------------------------------------------------------------ ending

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        LoopFuture<?> source = source();
        boolean ended = error == null ? finish(value) : finish(outcome, error);
        // one that is ended by a completion thread is not done yet: a second thread may think that it has ended it as
        // well
        if (ended && source != null && detaches()) {
            detachFrom(source);
        }
        return ended;
    }

    @Override
    boolean endHere(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        return getNumberOfDependents() == 0
                ? end(outcome, value, error, interrupt)
                : run.endAndTell(this, outcome, value, error, interrupt);
    }

    /** What it is attached to; null for what is attached to nothing, and when that is over. */
    final @Nullable LoopFuture<?> source() {
        Link link = via;
        return link instanceof Dependent<?, ?> ? link.source() : null;
    }

    /**
     * Tells a future that one of its dependents has been ended from outside and, if that ends the future as well, goes on to what it
     * depends on.
     */
    static void detachFrom(LoopFuture<?> source) {
        LoopFuture<?> next = source;
        while (next != null) {
            next = next.detached();
        }
    }

    /** The count of the dependents, where the end of all of them cancels this future; null where they are not counted. */
    @Nullable Attachments attachments() {
        return null;
    }

    /**
     * Called when a dependent of this has been ended from outside, and so wants its result no longer.
     *
     * @return what this depends on, which is to be told next, if this was cancelled now because nobody wants its result any more
     */
    @Nullable LoopFuture<?> detached() {
        Attachments counted = attachments();
        if (counted == null || !counted.lostLast(this) || run.isOver()) {
            return null; // a stop ends everything itself
        }
        LoopFuture<?> source = source(); // before the end, which lets go of it
        // finish, not end, and the caller tells the source in a loop: a chain may be longer than the stack is deep
        boolean ended = source == null
                ? end(Outcome.CANCELLED, null, NobodyWantsIt.dependentsHaveEnded(), true)
                : finish(Outcome.CANCELLED, NobodyWantsIt.dependentsHaveEnded());
        return ended && source != null && detaches() ? source : null;
    }

    /** Something that was attached to this wants its end again. */
    void wanted() {
        Attachments counted = attachments();
        if (counted != null) {
            counted.wanted();
        }
    }

    /** Whether futures that wait for this one tell it when they no longer want its result, and when they want it again. */
    boolean countsAttached() {
        return attachments() != null;
    }

    /** Whether it is in a chain in which the end of all dependents cancels what they are attached to. */
    boolean cancelsUpstream() {
        return attachments() != null;
    }

    /** Ends this future because the loop stops. */
    final boolean stop() {
        return end(Outcome.STOPPED, null, run.stopping(this), true);
    }

    final boolean finish(@Nullable T value) {
        return settle(value, null);
    }

    /** Ends this future as failed. When no memory is left for that, the watchdog does it later. */
    final boolean finish(Outcome outcome, Throwable error) {
        try {
            return finishNow(outcome, error);
        } catch (VirtualMachineError | LinkageError e) {
            run.retries.keep(this, outcome, error, e);
            return true; // the watchdog ends it, unless another thread is faster
        }
    }

    @Override
    final void finishAgain(Outcome outcome, Throwable error) {
        if (!isDone()) {
            finish(outcome, error);
            return;
        }
        try {
            settle(null, error); // it has ended, but may have dependents that were not told
            if (outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT) {
                run.failed(this);
            }
        } catch (VirtualMachineError | LinkageError e) {
            run.retries.keep(this, outcome, error, e);
        }
    }

    private boolean finishNow(Outcome outcome, Throwable error) {
        // allOf and anyOf call no method of ours when they attach themselves; only before completion they can be seen
        if (getNumberOfDependents() > 0) {
            observe();
        }
        boolean ended = settle(null, error);
        if (ended && (outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT)) {
            run.failed(this);
        }
        return ended;
    }

    private boolean settle(@Nullable T value, @Nullable Throwable error) {
        // code attached through the plain CompletableFuture API runs inline; that must not be on the watchdog, nor hold
        // up what else is abandoned
        if ((run.watchdogThread.isCurrent() || run.queue.isAbandoning()) && hasForeignDependents()) {
            run.completions.complete(this, () -> settleHere(value, error));
            // a concurrent thread that begins to wait sets its mark and then looks for the completion: one sees the
            // other
            if (isWaitedFor()) {
                run.completions.moveUp(this);
            }
            return true;
        }
        return settleHere(value, error);
    }

    private boolean settleHere(@Nullable T value, @Nullable Throwable error) {
        boolean ended = jdkEndAndTell(value, error);
        disarm();
        if (ended && waitsOutside) { // else another thread has ended it, and may still be telling that
            run.cameFromOutside(this);
        }
        Link link = via;
        if (error == null && link != null) {
            via = link.start(); // nothing to find there any more: let it go
        } else if (ended && error != null) {
            Chain.letGo(this, error);
        }
        return ended;
    }

    final void waitOutside() {
        waitsOutside = true;
        run.waitsOutside(this);
    }

    final void via(@Nullable Link link) {
        via = link;
    }

    @Override
    Throwable given(Throwable error) {
        return Causes.wrap(error);
    }

    @Override
    final Deadlines deadlines() {
        return run.deadlines;
    }

    /** Whether it ends only when all that it depends on has. */
    boolean needsAll() {
        return !isDone() && !hasDeadline();
    }

    // ------------------------------------------------------------------ waiting

    @Override
    @Nullable OngoingWait beginWait(String method, boolean isLimited) {
        run.completions.moveUp(this);
        return run.beforeWait(this, method, isLimited);
    }

    @Override
    long await(boolean interruptible, long nanos) {
        return run.await(this, interruptible, nanos);
    }

    @Override
    TimeoutException timedOut(TimeoutException error) {
        return run.timedOut(this, error);
    }

    // ------------------------------------------------------------------ the chain

    /** What this future depends on, if anything is to be found there. */
    final @Nullable Link link() {
        return via;
    }

    @Override
    String description() {
        return CallNames.ofDependent(Chain.label(this));
    }

    /** Its own details; only calls, and futures that wait for others, have them. */
    @Nullable CallDetails ownDetails() {
        return null;
    }

    // ------------------------------------------------------------------ failure

    @Override
    final void failedLate(Throwable error) {
        run.report(failure(Causes.cause(error), run.machine.nanoTime()).asLate(), context());
    }

    /** The failure that began here, at this time, for the error handler. */
    Failure failure(Throwable cause, long failedAt) {
        return via instanceof Dependent<?, ?> dependent
                ? dependent.toFailure(cause, failedAt)
                : new Failure(cause, -1, Chain.label(this), Lane.ACTIVE, Duration.ZERO, CallSites.of(cause));
    }

    /** Whether it is the handle of a timer. */
    boolean isTimer() {
        return false;
    }

    /** The context in which the error handler runs. */
    ContextPropagator.@Nullable Snapshot context() {
        return via instanceof Dependent<?, ?> dependent ? dependent.capturedContext() : null;
    }

    /** The failure has reached the error handler, which was the last one to need the context. */
    void letGoOfContext() {}

    // ------------------------------------------------------------------ dependents

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        Attachments counted = attachments();
        if (counted == null) {
            return new LoopFuture<>(run);
        }
        counted.added();
        return new Cancelling<>(run);
    }

    @Override
    public Executor defaultExecutor() {
        return run.activeExecutor();
    }

    /** Attaches a function that runs in that context, and only after the end that is wanted when it is an {@link OnlyAfter}. */
    final <U extends @Nullable Object> LoopFuture<U> link(
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function,
            ContextPropagator.@Nullable Snapshot context) {
        return link(new Dependent<>(this, executor, function, false, context));
    }

    /** The one way to attach: a dependent always passes through the queue of the active lane. */
    private <U extends @Nullable Object> LoopFuture<U> link(Dependent<T, U> dependent) {
        observe(); // the dependent takes a failure over; it finds out whether somebody sees it when it runs
        // newIncompleteFuture makes it a LoopFuture
        LoopFuture<U> result = (LoopFuture<U>) jdkHandle(dependent, dependent);
        attached();
        dependent.bind(result);
        return result;
    }

    @Override
    Executor direct() {
        return defaultExecutor(); // what is attached runs on the active thread in any case
    }

    @Override
    <U extends @Nullable Object> LoopFuture<U> afterSuccess(
            Executor executor, BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function) {
        ensureRoom();
        return link(new Dependent<>(
                this, executor, OnlyAfter.of(false, this, executor, function), false, run.propagators.capture()));
    }

    @Override
    <U extends @Nullable Object> LoopFuture<U> afterEnd(
            boolean passesOn,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function) {
        Objects.requireNonNull(executor, "executor"); // before the failure counts as dealt with
        ensureRoom();
        lookedAt();
        return link(new Dependent<>(this, executor, function, passesOn, run.propagators.capture()));
    }

    @Override
    <U extends @Nullable Object, V extends @Nullable Object> LoopFuture<V> both(
            CompletionStage<? extends U> other,
            Executor executor,
            BiFunction<? super T, ? super U, ? extends V> function) {
        Objects.requireNonNull(executor, "executor"); // before anything is registered
        ensureRoom();
        return Gate.both(this, other, executor, function);
    }

    @Override
    <V extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> either(
            CompletionStage<?> other,
            Executor executor,
            BiFunction<? super V, ? super @Nullable Throwable, ? extends U> function) {
        Objects.requireNonNull(executor, "executor");
        ensureRoom();
        return Gate.either(this, other, executor, function);
    }

    /** Ends as another future did. */
    void take(@Nullable T value, @Nullable Throwable error) {
        if (error == null) {
            end(Outcome.SUCCEEDED, value, null, false);
        } else {
            end(Outcome.FAILED, null, Causes.wrapIfPossible(error), false);
        }
    }

    /** Whether it belongs to a loop that ends it. */
    boolean isEndedByItsLoop() {
        return isBound();
    }

    /** Whether the loop ends it; false for one that a user has made with {@link #newIncompleteFuture}. */
    boolean isBound() {
        return via != null || isDone();
    }

    /** What this future waits for is known: threads of a pool that wait for this one can help with that now. */
    final void ledTo(LoopFuture<?> next) {
        Link before = (Link) VIA.getAndSet(this, new Link(next));
        if (before != null) {
            before.ledTo(next);
        }
    }

    /** Leads to something, unless it leads somewhere already. */
    final void leadTo(Link link) {
        VIA.compareAndSet(this, null, link);
    }

    @Override
    <U extends @Nullable Object> LoopFuture<U> compose(
            boolean afterFailure,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends CompletionStage<U>> function) {
        Objects.requireNonNull(executor, "executor"); // before the failure counts as dealt with
        ensureRoom();
        if (afterFailure) {
            lookedAt();
        }
        return Composed.attach(this, afterFailure, executor, function);
    }

    /**
     * This future for somebody who is to continue after it, and to do nothing else with it: the stage can be neither completed,
     * nor cancelled, nor waited for, and is no {@code Future}. Whatever is attached to it runs on the active thread as well, and is
     * given a failure wrapped in a {@code CompletionException}, as by a {@link #copy}. Its {@code toCompletableFuture} gives a copy.
     *
     * @return a stage that ends as this future does
     */
    @Override
    public CompletionStage<T> minimalCompletionStage() {
        return MinimalStage.of(copy());
    }

    /** A dependent in a chain in which the end of all dependents cancels what they are attached to, see {@link CallSpec#cancelUpstream}. */
    static final class Cancelling<T extends @Nullable Object> extends LoopFuture<T> {
        private final Attachments attachments = new Attachments();

        Cancelling(RunServices run) {
            super(run);
        }

        @Override
        Attachments attachments() {
            return attachments;
        }
    }
}
