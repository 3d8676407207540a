package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The methods with which {@code CompletableFuture} attaches functions, each in terms of five: {@link #afterSuccess},
 * {@link #afterEnd}, {@link #compose}, {@link #both} and {@link #either}.
 *
 * @param <T> the type of the result
 */
@SuppressWarnings({"ReferenceEquality", "VoidUsed"}) // the very same throwable is meant; a value that is always null
abstract class StageMethods<T extends @Nullable Object> extends DeadlineMethods<T> {
    StageMethods(boolean isFromOutside) {
        super(isFromOutside);
    }

    /**
     * Attaches a function that runs after a success. A failure passes it by.
     *
     * @param executor what runs it: the one that the user has given, {@link #defaultExecutor} for a method that ends in "Async", or
     *     {@link #direct} for one that does not
     * @param function gets the value; it may be called after a failure as well, and throws that then
     */
    abstract <U extends @Nullable Object> LoopFuture<U> afterSuccess(
            Executor executor, BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function);

    /**
     * Attaches a function that runs after every end.
     *
     * @param passesOn whether it only looks on: then it throws the failure that it was given
     * @param function gets the value, or null and the failure
     */
    abstract <U extends @Nullable Object> LoopFuture<U> afterEnd(
            boolean passesOn,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function);

    /**
     * Attaches a function that returns a stage, as which the result ends.
     *
     * @param afterFailure whether the function runs after a failure only, and not after a success only
     * @param function gets the value, or null and the failure; it may be called after the other end as well, and hands that on then
     */
    abstract <U extends @Nullable Object> LoopFuture<U> compose(
            boolean afterFailure,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends CompletionStage<U>> function);

    /** Attaches a function to this and another stage: it runs when both have succeeded. */
    abstract <U extends @Nullable Object, V extends @Nullable Object> LoopFuture<V> both(
            CompletionStage<? extends U> other,
            Executor executor,
            BiFunction<? super T, ? super U, ? extends V> function);

    /** Attaches a function to this and another stage: it runs after the first of the two ends, and throws when that is a failure. */
    abstract <V extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> either(
            CompletionStage<?> other,
            Executor executor,
            BiFunction<? super V, ? super @Nullable Throwable, ? extends U> function);

    /** What runs a function that was attached by a method without an executor that does not end in "Async". */
    abstract Executor direct();

    private static @Nullable Void nothing(Runnable action) {
        action.run();
        return null;
    }

    /** What whenComplete does: runs the action and passes the end on; a failure of the source comes before one of the action. */
    private static <V extends @Nullable Object> V passOn(
            BiConsumer<? super V, ? super Throwable> action, V value, @Nullable Throwable error) {
        try {
            action.accept(value, error);
        } catch (Throwable e) {
            if (error == null) {
                throw e;
            }
            if (error != e) {
                error.addSuppressed(e);
            }
        }
        return Causes.value(value, error);
    }

    // ------------------------------------------------------------------ after one

    @Override
    public <U> LoopFuture<U> thenApply(Function<? super T, ? extends U> fn) {
        return thenApplyAsync(fn, direct());
    }

    @Override
    public <U> LoopFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn) {
        return thenApplyAsync(fn, defaultExecutor());
    }

    @Override
    public <U> LoopFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn, Executor executor) {
        Objects.requireNonNull(fn, "fn");
        return afterSuccess(executor, (v, e) -> fn.apply(Causes.value(v, e)));
    }

    @Override
    public LoopFuture<Void> thenAccept(Consumer<? super T> action) {
        return thenAcceptAsync(action, direct());
    }

    @Override
    public LoopFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
        return thenAcceptAsync(action, defaultExecutor());
    }

    @Override
    public LoopFuture<Void> thenAcceptAsync(Consumer<? super T> action, Executor executor) {
        Objects.requireNonNull(action, "action");
        return afterSuccess(executor, (v, e) -> nothing(() -> action.accept(Causes.value(v, e))));
    }

    @Override
    public LoopFuture<Void> thenRun(Runnable action) {
        return thenRunAsync(action, direct());
    }

    @Override
    public LoopFuture<Void> thenRunAsync(Runnable action) {
        return thenRunAsync(action, defaultExecutor());
    }

    @Override
    public LoopFuture<Void> thenRunAsync(Runnable action, Executor executor) {
        Objects.requireNonNull(action, "action");
        return afterSuccess(executor, (v, e) -> {
            Causes.value(v, e);
            return nothing(action);
        });
    }

    @Override
    public <U> LoopFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> fn) {
        return handleAsync(fn, direct());
    }

    @Override
    public <U> LoopFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn) {
        return handleAsync(fn, defaultExecutor());
    }

    @Override
    public <U> LoopFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn, Executor executor) {
        Objects.requireNonNull(fn, "fn");
        return afterEnd(false, executor, fn);
    }

    @Override
    public LoopFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return whenCompleteAsync(action, direct());
    }

    @Override
    public LoopFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return whenCompleteAsync(action, defaultExecutor());
    }

    @Override
    public LoopFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        Objects.requireNonNull(action, "action");
        return afterEnd(true, executor, (v, e) -> passOn(action, v, e));
    }

    @Override
    public LoopFuture<T> exceptionally(Function<Throwable, ? extends T> fn) {
        return exceptionallyAsync(fn, direct());
    }

    @Override
    public LoopFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn) {
        return exceptionallyAsync(fn, defaultExecutor());
    }

    @Override
    public LoopFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn, Executor executor) {
        Objects.requireNonNull(fn, "fn");
        return afterEnd(false, executor, (v, e) -> e == null ? v : fn.apply(e));
    }

    @Override
    public <U> LoopFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> fn) {
        return thenComposeAsync(fn, direct());
    }

    @Override
    public <U> LoopFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn) {
        return thenComposeAsync(fn, defaultExecutor());
    }

    @Override
    public <U> LoopFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn, Executor executor) {
        Objects.requireNonNull(fn, "fn");
        return compose(false, executor, (v, e) -> fn.apply(Causes.value(v, e)));
    }

    @Override
    public LoopFuture<T> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return exceptionallyComposeAsync(fn, direct());
    }

    @Override
    public LoopFuture<T> exceptionallyComposeAsync(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return exceptionallyComposeAsync(fn, defaultExecutor());
    }

    @Override
    public LoopFuture<T> exceptionallyComposeAsync(
            Function<Throwable, ? extends CompletionStage<T>> fn, Executor executor) {
        Objects.requireNonNull(fn, "fn");
        return compose(true, executor, (v, e) -> e == null ? this : fn.apply(e));
    }

    /**
     * A copy, whose completion by others does not end the call.
     *
     * @return a dependent with the same result
     */
    @Override
    public LoopFuture<T> copy() {
        return afterSuccess(direct(), Causes::value);
    }

    // ------------------------------------------------------------------ after two

    @Override
    public <U, V> LoopFuture<V> thenCombine(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return thenCombineAsync(other, fn, direct());
    }

    @Override
    public <U, V> LoopFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return thenCombineAsync(other, fn, defaultExecutor());
    }

    @Override
    public <U, V> LoopFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(fn, "fn");
        return both(other, executor, fn);
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return thenAcceptBothAsync(other, action, direct());
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return thenAcceptBothAsync(other, action, defaultExecutor());
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(action, "action");
        return both(other, executor, (one, two) -> nothing(() -> action.accept(one, two)));
    }

    @Override
    public LoopFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return runAfterBothAsync(other, action, direct());
    }

    @Override
    public LoopFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return runAfterBothAsync(other, action, defaultExecutor());
    }

    @Override
    public LoopFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(action, "action");
        return both(other, executor, (one, two) -> nothing(action));
    }

    @Override
    public <U> LoopFuture<U> applyToEither(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return applyToEitherAsync(other, fn, direct());
    }

    @Override
    public <U> LoopFuture<U> applyToEitherAsync(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return applyToEitherAsync(other, fn, defaultExecutor());
    }

    @Override
    public <U> LoopFuture<U> applyToEitherAsync(
            CompletionStage<? extends T> other, Function<? super T, U> fn, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(fn, "fn");
        return this.<T, U>either(other, executor, (v, e) -> fn.apply(Causes.value(v, e)));
    }

    @Override
    public LoopFuture<Void> acceptEither(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return acceptEitherAsync(other, action, direct());
    }

    @Override
    public LoopFuture<Void> acceptEitherAsync(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return acceptEitherAsync(other, action, defaultExecutor());
    }

    @Override
    public LoopFuture<Void> acceptEitherAsync(
            CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(action, "action");
        return this.<T, Void>either(other, executor, (v, e) -> nothing(() -> action.accept(Causes.value(v, e))));
    }

    @Override
    public LoopFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return runAfterEitherAsync(other, action, direct());
    }

    @Override
    public LoopFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return runAfterEitherAsync(other, action, defaultExecutor());
    }

    @Override
    public LoopFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(action, "action");
        return either(other, executor, (v, e) -> {
            Causes.value(v, e);
            return nothing(action);
        });
    }

    // ------------------------------------------------------------------ ending later

    /** How messages name this future. */
    abstract String description();

    @Override
    public LoopFuture<T> orTimeout(long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        ensureRoom();
        Duration time = Duration.ofNanos(Math.max(0, unit.toNanos(timeout))); // which cuts what does not fit
        endAfter(time, () -> end(Outcome.TIMED_OUT, null, new CallTimeoutException(time, description()), true));
        return self();
    }

    @Override
    public LoopFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        ensureRoom();
        endAfter(Duration.ofNanos(unit.toNanos(timeout)), () -> end(Outcome.SUCCEEDED, value, null, true));
        return self();
    }

    @Override
    public LoopFuture<T> completeAsync(Supplier<? extends T> supplier) {
        return completeAsync(supplier, defaultExecutor());
    }

    @Override
    public LoopFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        completeBy(supplier, executor);
        return self();
    }

    private LoopFuture<T> self() {
        return (LoopFuture<T>) this; // which is the only one
    }
}
