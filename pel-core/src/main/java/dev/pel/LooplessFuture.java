package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A handle that belongs to no loop, and behaves as a {@code CompletableFuture} does: what other handles do with their loop, here the JDK
 * does.
 *
 * @param <T> the type of the result
 */
@SuppressWarnings("FutureReturnValueIgnored") // of whenComplete
final class LooplessFuture<T extends @Nullable Object> extends LoopFuture<T> {
    private static final Executor ASYNC = new CompletableFuture<>().defaultExecutor();

    /** One that has ended. */
    static <V extends @Nullable Object> LooplessFuture<V> ended(@Nullable V value, @Nullable Throwable error) {
        LooplessFuture<V> handle = new LooplessFuture<>();
        handle.jdkEnd(value, error);
        return handle;
    }

    // ------------------------------------------------------------------ the end

    @Override
    void ensureRoom() {
        // the JDK's futures take no place in a queue that could be lost
    }

    @Override
    boolean isBound() {
        return true; // no loop ends it, however it was made
    }

    @Override
    boolean isEndedByItsLoop() {
        return false;
    }

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        return jdkEnd(value, error);
    }

    @Override
    boolean endHere(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        return end(outcome, value, error, interrupt);
    }

    @Override
    Throwable given(Throwable error) {
        return error;
    }

    @Override
    public LoopFuture<T> orTimeout(long timeout, TimeUnit unit) {
        jdkOrTimeout(timeout, unit);
        return this;
    }

    @Override
    public LoopFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        jdkCompleteOnTimeout(value, timeout, unit);
        return this;
    }

    @Override
    public LoopFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        jdkCompleteAsync(supplier, executor);
        return this;
    }

    @Override
    public String toString() {
        return "LoopFuture@" + Integer.toHexString(hashCode()) + jdkState();
    }

    // ------------------------------------------------------------------ waiting

    @Override
    @Nullable OngoingWait beginWait(String method, boolean isLimited) {
        return null;
    }

    @Override
    long await(boolean interruptible, long nanos) {
        return nanos; // the JDK waits
    }

    @Override
    TimeoutException timedOut(TimeoutException error) {
        return error;
    }

    // ------------------------------------------------------------------ dependents

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LooplessFuture<>();
    }

    @Override
    public Executor defaultExecutor() {
        return ASYNC;
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        return jdkMinimalStage();
    }

    @Override
    Executor direct() {
        return DIRECT;
    }

    @Override
    <U extends @Nullable Object> LoopFuture<U> afterSuccess(
            Executor executor, BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function) {
        return loopless(jdkThenApply(executor, value -> function.apply(value, null)));
    }

    @Override
    <U extends @Nullable Object> LoopFuture<U> afterEnd(
            boolean passesOn,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function) {
        return loopless(jdkHandle(executor, function::apply));
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"
    }) // what follows after a failure has the same type as this; T may be null
    <U extends @Nullable Object> LoopFuture<U> compose(
            boolean afterFailure,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends CompletionStage<U>> function) {
        return loopless(
                afterFailure
                        ? (CompletableFuture<U>) jdkExceptionallyCompose(
                                executor, error -> (CompletionStage<T>) function.apply(null, error))
                        : jdkThenCompose(executor, value -> function.apply(value, null)));
    }

    @Override
    <U extends @Nullable Object, V extends @Nullable Object> LoopFuture<V> both(
            CompletionStage<? extends U> other,
            Executor executor,
            BiFunction<? super T, ? super U, ? extends V> function) {
        return loopless(jdkThenCombine(other, executor, function));
    }

    @Override
    @SuppressWarnings("unchecked") // either value is only handed on to the function
    <V extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> either(
            CompletionStage<?> other,
            Executor executor,
            BiFunction<? super V, ? super @Nullable Throwable, ? extends U> function) {
        return loopless(jdkApplyToEither(
                (CompletionStage<? extends T>) other, executor, value -> function.apply((V) value, null)));
    }

    /**
     * A dependent as a handle. The JDK mostly makes it with {@link #newIncompleteFuture}; of two futures it may be that of the other one.
     */
    private static <V extends @Nullable Object> LoopFuture<V> loopless(CompletableFuture<V> dependent) {
        if (dependent instanceof LooplessFuture<V> handle) {
            return handle;
        }
        LooplessFuture<V> handle = new LooplessFuture<>();
        dependent.whenComplete(handle::jdkEnd);
        return handle;
    }
}
