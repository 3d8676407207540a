package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The methods with which {@code CompletableFuture} is ended, waited for and asked for its result. It records whether somebody has asked for
 * the result, who then deals with a failure.
 *
 * @param <T> the type of the result
 */
@SuppressWarnings({"ReferenceEquality", "FutureReturnValueIgnored"
}) // the very same throwable is meant; of the JDK's handle
abstract class ResultMethods<T extends @Nullable Object> extends JdkMethods<T> {
    private static final byte FROM_OUTSIDE = 1;
    private static final byte REPORTED = 2;
    private static final byte WAITED_FOR = 4;

    private static final byte DETACHED = 8;

    /** From this bit on the marks count what pel itself has attached through the JDK, up to a limit. */
    private static final byte ONE_ATTACHED = 16;

    private static final int MOST_ATTACHED = 15;
    private static final VarHandle MARKS;

    static {
        try {
            MARKS = MethodHandles.lookup().findVarHandle(ResultMethods.class, "marks", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Whether somebody deals with failure. Never falls. */
    private volatile boolean observed;

    /** Five things that are known of few futures, in one byte, because every call has it. */
    private volatile byte marks;

    /** A future, which may have been made by a thread that needs some time to attach its dependents. */
    ResultMethods(boolean isFromOutside) {
        if (isFromOutside) {
            MARKS.set(this, FROM_OUTSIDE);
        }
    }

    /** Whether the future was made by a thread that may need some time to attach its dependents. */
    boolean isFromOutside() {
        return (marks & FROM_OUTSIDE) != 0;
    }

    /** On the active thread: marks that the failure that began here has reached the error handler; false when it had. */
    final boolean report() {
        return ((byte) MARKS.getAndBitwiseOr(this, REPORTED) & REPORTED) == 0;
    }

    /** The error handler could not be told for lack of memory. */
    final void unreport() {
        MARKS.getAndBitwiseAnd(this, (byte) ~REPORTED);
    }

    /** Marks that what this depends on is told that this wants its result no longer; false when it has been told. */
    final boolean detaches() {
        return ((byte) MARKS.getAndBitwiseOr(this, DETACHED) & DETACHED) == 0;
    }

    /** Counts a dependent of this future whose code is pel's own, after it was attached. */
    final void attached() {
        if (!isDone() && ownDependents() < MOST_ATTACHED) {
            MARKS.getAndAdd(this, ONE_ATTACHED);
        }
    }

    /** Registers a callback of pel's own, which runs on the thread that ends this and not on the active thread, and only hands on. */
    final void tell(EndCallback<? super T> callback) {
        jdkHandle(DIRECT, callback);
        attached();
    }

    /** The same with any future. Throws what the future's own {@code handle} throws. */
    @SuppressWarnings("unchecked") // the caller knows that the future ends with a V
    static <V extends @Nullable Object> void tell(CompletableFuture<?> future, EndCallback<V> callback) {
        if (future instanceof ResultMethods<?> pel) {
            ((ResultMethods<V>) pel).tell(callback);
        } else {
            ((CompletableFuture<V>) future).handle(callback);
        }
    }

    /** Whether pel has attached as many as it counts, or more. */
    final boolean hasMany() {
        return ownDependents() >= MOST_ATTACHED;
    }

    private int ownDependents() {
        return (marks & 0xFF) / ONE_ATTACHED;
    }

    /**
     * Whether completing this future would run code attached through the plain {@code CompletableFuture} API, such as behind {@code allOf},
     * on the completing thread. True also when that cannot be excluded.
     */
    final boolean hasForeignDependents() {
        // in this order: the concurrent thread attaches a dependent of pel's before it counts it
        int own = ownDependents();
        return getNumberOfDependents() > own;
    }

    /** Whether a thread waits for it, or has done so. */
    final boolean isWaitedFor() {
        return (marks & WAITED_FOR) != 0;
    }

    // ------------------------------------------------------------------ ending

    /** Throws a {@code StackOverflowError} before anything is begun, unless enough stack is left for pel's own code. */
    abstract void ensureRoom();

    /** Ends this future, unless it has ended. The one way in for cancel, timeout, stop and completion by others. */
    abstract boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt);

    /** The same on a thread that may be a user's. A drain goes on until what is attached to this future has been told. */
    abstract boolean endHere(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt);

    /**
     * The error to end this future with when a user hands it on: the timeout, stop or refusal of something else must not look like its own.
     */
    abstract Throwable given(Throwable error);

    /** Does what was left undone of an end, for lack of memory. */
    abstract void finishAgain(Outcome outcome, Throwable error);

    /** Reports a failure of code that was to end this future, which had ended before. */
    abstract void failedLate(Throwable error);

    @Override
    public boolean complete(T value) {
        ensureRoom();
        return endHere(Outcome.SUCCEEDED, value, null, true);
    }

    /**
     * Ends the call as failed, and, as with every {@code CompletableFuture}, as cancelled when it is given a
     * {@code CancellationException}.
     *
     * @param error what it fails with
     * @return whether this has ended it
     */
    @Override
    public boolean completeExceptionally(Throwable error) {
        Objects.requireNonNull(error, "error");
        ensureRoom();
        if (error instanceof CancellationException) {
            return endHere(Outcome.CANCELLED, null, error, true);
        }
        return endHere(Outcome.FAILED, null, Causes.recorded(error) == Outcome.FAILED ? error : given(error), true);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        ensureRoom();
        return endHere(Outcome.CANCELLED, null, new CancellationException(), mayInterruptIfRunning) || isCancelled();
    }

    /** Lets an executor end this future with what a function returns. */
    final void completeBy(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        Objects.requireNonNull(executor, "executor");
        ensureRoom(); // also for the end that is made below when the executor has too little
        try {
            executor.execute(() -> completeWith(supplier));
        } catch (Throwable e) {
            // refused: the caller has the handle in hand already, and what is attached to it must hear of it
            endHere(Outcome.FAILED, null, Causes.wrap(e), true);
        }
    }

    private void completeWith(Supplier<? extends T> supplier) {
        if (isDone()) {
            return; // nobody wants the value any more
        }
        ensureRoom(); // else the caller of an executor that runs it at once ends this, and has the room
        try {
            complete(supplier.get());
        } catch (Throwable e) {
            if (!endHere(Outcome.FAILED, null, Causes.wrap(e), true)) {
                failedLate(e);
            }
        }
    }

    /**
     * Refused: a call ends once.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void obtrudeValue(T value) {
        throw new UnsupportedOperationException("A call ends once; its outcome cannot be replaced");
    }

    /**
     * Refused: a call ends once.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void obtrudeException(Throwable error) {
        throw new UnsupportedOperationException("A call ends once; its outcome cannot be replaced");
    }

    // ------------------------------------------------------------------ waiting

    /** What this thread is to do before it waits; null when that is nothing. */
    abstract @Nullable OngoingWait beginWait(String method, boolean isLimited);

    /** Waits where the machine can see it; the JDK's own wait comes next, and ends at once when the future has ended. */
    abstract long await(boolean interruptible, long nanos);

    /** What to throw when a wait has ended by its limit. */
    abstract TimeoutException timedOut(TimeoutException error);

    @Override
    public T join() {
        OngoingWait wait = beforeWait("join()", false);
        try {
            if (wait != null) {
                wait.await();
            }
            if (!isDone()) {
                await(false, 0);
            }
            return super.join();
        } finally {
            waited(wait);
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        OngoingWait wait = beforeWait("get()", false);
        try {
            if (wait != null) {
                wait.await(0);
            }
            if (!isDone()) {
                await(true, 0);
            }
            return super.get();
        } finally {
            waited(wait);
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout);
        if (nanos <= 0) {
            lookedAt();
            return super.get(0, TimeUnit.NANOSECONDS); // which never waits
        }
        OngoingWait wait = beforeWait("get(timeout)", true);
        try {
            long most = wait == null ? nanos : wait.await(nanos);
            long left = isDone() || most <= 0 ? most : await(true, most);
            return super.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw timedOut(e);
        } finally {
            waited(wait);
        }
    }

    /** Waits with the JDK's own wait, for at most that long, and ignores the result. */
    final void awaitEnd(long nanos) throws InterruptedException {
        try {
            super.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            // an end, or none yet: the caller looks
        }
    }

    @Override
    public T getNow(T valueIfAbsent) {
        lookedAt();
        return super.getNow(valueIfAbsent);
    }

    /**
     * The result of a future that has succeeded. As in Java 19, on every Java: like {@link #getNow} it asks for the result, so
     * the caller deals with the failure.
     *
     * @return the result
     * @throws IllegalStateException when the future has not ended, or has failed
     */
    @SuppressWarnings("MissingOverride") // the JDK has it from 19 on
    public T resultNow() {
        lookedAt();
        if (!isDone() || isCompletedExceptionally()) {
            throw new IllegalStateException("There is no result of " + this);
        }
        return super.join();
    }

    /**
     * What a future has failed with. As in Java 19, on every Java: the caller deals with the failure.
     *
     * @return the failure, without the {@code CompletionException} around it
     * @throws IllegalStateException when the future has not ended, has succeeded, or was cancelled
     */
    @SuppressWarnings("MissingOverride") // the JDK has it from 19 on
    public Throwable exceptionNow() {
        lookedAt();
        Throwable error = error();
        if (error == null || error instanceof CancellationException) {
            throw new IllegalStateException("There is no failure of " + this);
        }
        return Causes.cause(error);
    }

    private @Nullable OngoingWait beforeWait(String method, boolean isLimited) {
        lookedAt();
        if (isDone()) {
            return null;
        }
        if (!isWaitedFor()) {
            MARKS.getAndBitwiseOr(this, WAITED_FOR);
        }
        return beginWait(method, isLimited);
    }

    private void waited(@Nullable OngoingWait wait) {
        lookedAt(); // once more: only now the end is known
        if (wait != null) {
            wait.close();
        }
    }

    // ------------------------------------------------------------------ asking

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        lookedAt(); // what asks builds on it
        return this;
    }

    /**
     * How the call ended. It is recorded when the end is made, not guessed from the type of an exception: an operation or a function
     * that throws a {@code CancellationException} has FAILED, and so has a dependent that takes over the failure of what it depends
     * on, however that came about.
     *
     * @return the outcome, or null while it has not ended
     */
    public @Nullable Outcome outcome() {
        if (!isDone()) {
            return null;
        }
        Throwable error = error();
        return error == null ? Outcome.SUCCEEDED : Causes.recorded(error);
    }

    /**
     * Which attempt of the call's operation runs, or comes next; when the call has ended, how many have begun. More than 1 only for a call with
     * {@link CallSpec#retry}: for others, for what is attached to a handle, and for a call that has ended before its first attempt, it is 1.
     *
     * @return the number, from 1 on
     */
    public int attempts() {
        return 1;
    }

    final boolean isObserved() {
        return observed;
    }

    final void observe() {
        observed = true;
    }

    /** Marks the end of this future as dealt with and, when that is a refusal, the refusal as noticed. */
    final void lookedAt() {
        if (!observed) {
            observed = true;
        }
        if (super.isCompletedExceptionally()) {
            Throwable error = error();
            if (error != null) {
                JoinedFailure.seen(error);
            }
        }
    }

    /** Whether it was refused when it was submitted. For pel's own use: this does not count as noticing the refusal. */
    boolean isRefused() {
        return false;
    }

    @Override
    public boolean isCompletedExceptionally() {
        if (isRefused()) {
            lookedAt();
        }
        return super.isCompletedExceptionally();
    }

    /** What it failed with, wrapped or not as it was ended with, unless it succeeded or has not ended. */
    final @Nullable Throwable error() {
        if (!super.isCompletedExceptionally()) {
            return null;
        }
        // what getNow, join and get throw is always wrapped; a function of the JDK's gets it as it is, at once on a
        // done future
        Throwable[] error = new Throwable[1];
        jdkHandle(DIRECT, (value, e) -> error[0] = e);
        return error[0];
    }

    final boolean failedWith(Throwable cause) {
        Throwable error = error();
        return error != null && Causes.cause(error) == cause;
    }
}
