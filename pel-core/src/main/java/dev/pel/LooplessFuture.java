package dev.pel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A handle that belongs to no loop, and behaves as a {@code CompletableFuture} does: a future of the JDK's does everything, and each
 * method is handed on to it. This one ends when that does, because the JDK's {@code allOf} and the like look at it directly.
 *
 * @param <T> the type of the result
 */
@SuppressWarnings("FutureReturnValueIgnored") // of methods that give back the same future
final class LooplessFuture<T extends @Nullable Object> extends LoopFuture<T> {
    private final CompletableFuture<T> plain;

    private LooplessFuture(CompletableFuture<T> plain) {
        this.plain = plain;
    }

    static <V extends @Nullable Object> LooplessFuture<V> of(CompletableFuture<V> plain) {
        LooplessFuture<V> handle = new LooplessFuture<>(plain);
        plain.whenComplete(handle::follow);
        return handle;
    }

    // ------------------------------------------------------------------ the end

    @Override
    public @Nullable Outcome outcome() {
        if (!plain.isDone()) {
            return null;
        }
        return plain.handle((value, error) -> error == null ? Outcome.SUCCEEDED : Causes.recorded(error))
                .join();
    }

    @Override
    boolean isBound() {
        return true; // whoever made it, the loop does not end it
    }

    @Override
    boolean isEndedByItsLoop() {
        return false;
    }

    @Override
    public boolean complete(T value) {
        return plain.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return plain.completeExceptionally(error);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return plain.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isDone() {
        return plain.isDone();
    }

    @Override
    public boolean isCancelled() {
        return plain.isCancelled();
    }

    @Override
    public boolean isCompletedExceptionally() {
        return plain.isCompletedExceptionally();
    }

    @Override
    public int getNumberOfDependents() {
        int own = plain.isDone() ? 0 : 1;
        return Math.max(0, plain.getNumberOfDependents() - own) + super.getNumberOfDependents();
    }

    @Override
    public String toString() {
        String text = plain.toString(); // class, hash, and then the words for the state
        int dependents = getNumberOfDependents();
        String words = plain.isDone()
                ? text.substring(text.indexOf('['))
                : dependents == 0 ? "[Not completed]" : "[Not completed, %d dependents]".formatted(dependents);
        return "LoopFuture@" + Integer.toHexString(hashCode()) + words;
    }

    // ------------------------------------------------------------------ waiting

    @Override
    public T join() {
        return plain.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        return plain.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return plain.get(timeout, unit);
    }

    @Override
    public T getNow(T valueIfAbsent) {
        return plain.getNow(valueIfAbsent);
    }

    @Override
    public T resultNow() {
        if (!plain.isDone() || plain.isCompletedExceptionally()) {
            throw new IllegalStateException("There is no result of " + this);
        }
        return plain.join();
    }

    @Override
    public Throwable exceptionNow() {
        Throwable error =
                plain.isDone() ? plain.handle((value, failure) -> failure).join() : null;
        if (error == null || error instanceof CancellationException) {
            throw new IllegalStateException("There is no failure of " + this);
        }
        return Causes.cause(error);
    }

    // ------------------------------------------------------------------ dependents

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return of(new CompletableFuture<>());
    }

    @Override
    public Executor defaultExecutor() {
        return plain.defaultExecutor();
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        return plain; // where the JDK asks for a future it then sets the fields of what that makes, past its methods
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        return plain.minimalCompletionStage();
    }

    @Override
    public LoopFuture<T> orTimeout(long timeout, TimeUnit unit) {
        plain.orTimeout(timeout, unit);
        return this;
    }

    @Override
    public LoopFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        plain.completeOnTimeout(value, timeout, unit);
        return this;
    }

    @Override
    public LoopFuture<T> completeAsync(Supplier<? extends T> supplier) {
        plain.completeAsync(supplier, defaultExecutor());
        return this;
    }

    @Override
    public LoopFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        plain.completeAsync(supplier, executor);
        return this;
    }

    @Override
    public <U> LoopFuture<U> thenApply(Function<? super T, ? extends U> fn) {
        return of(plain.thenApply(fn));
    }

    @Override
    public <U> LoopFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn) {
        return of(plain.thenApplyAsync(fn));
    }

    @Override
    public <U> LoopFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn, Executor executor) {
        return of(plain.thenApplyAsync(fn, executor));
    }

    @Override
    public LoopFuture<Void> thenAccept(Consumer<? super T> action) {
        return of(plain.thenAccept(action));
    }

    @Override
    public LoopFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
        return of(plain.thenAcceptAsync(action));
    }

    @Override
    public LoopFuture<Void> thenAcceptAsync(Consumer<? super T> action, Executor executor) {
        return of(plain.thenAcceptAsync(action, executor));
    }

    @Override
    public LoopFuture<Void> thenRun(Runnable action) {
        return of(plain.thenRun(action));
    }

    @Override
    public LoopFuture<Void> thenRunAsync(Runnable action) {
        return of(plain.thenRunAsync(action));
    }

    @Override
    public LoopFuture<Void> thenRunAsync(Runnable action, Executor executor) {
        return of(plain.thenRunAsync(action, executor));
    }

    @Override
    public <U> LoopFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> fn) {
        return of(plain.handle(fn));
    }

    @Override
    public <U> LoopFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn) {
        return of(plain.handleAsync(fn));
    }

    @Override
    public <U> LoopFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn, Executor executor) {
        return of(plain.handleAsync(fn, executor));
    }

    @Override
    public LoopFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return of(plain.whenComplete(action));
    }

    @Override
    public LoopFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return of(plain.whenCompleteAsync(action));
    }

    @Override
    public LoopFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        return of(plain.whenCompleteAsync(action, executor));
    }

    @Override
    public LoopFuture<T> exceptionally(Function<Throwable, ? extends T> fn) {
        return of(plain.exceptionally(fn));
    }

    @Override
    public LoopFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn) {
        return of(plain.exceptionallyAsync(fn));
    }

    @Override
    public LoopFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn, Executor executor) {
        return of(plain.exceptionallyAsync(fn, executor));
    }

    @Override
    public <U> LoopFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> fn) {
        return of(plain.thenCompose(fn));
    }

    @Override
    public <U> LoopFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn) {
        return of(plain.thenComposeAsync(fn));
    }

    @Override
    public <U> LoopFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn, Executor executor) {
        return of(plain.thenComposeAsync(fn, executor));
    }

    @Override
    public LoopFuture<T> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return of(plain.exceptionallyCompose(fn));
    }

    @Override
    public LoopFuture<T> exceptionallyComposeAsync(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return of(plain.exceptionallyComposeAsync(fn));
    }

    @Override
    public LoopFuture<T> exceptionallyComposeAsync(
            Function<Throwable, ? extends CompletionStage<T>> fn, Executor executor) {
        return of(plain.exceptionallyComposeAsync(fn, executor));
    }

    @Override
    public <U, V> LoopFuture<V> thenCombine(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return of(plain.thenCombine(other, fn));
    }

    @Override
    public <U, V> LoopFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return of(plain.thenCombineAsync(other, fn));
    }

    @Override
    public <U, V> LoopFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn, Executor executor) {
        return of(plain.thenCombineAsync(other, fn, executor));
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return of(plain.thenAcceptBoth(other, action));
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return of(plain.thenAcceptBothAsync(other, action));
    }

    @Override
    public <U> LoopFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action, Executor executor) {
        return of(plain.thenAcceptBothAsync(other, action, executor));
    }

    @Override
    public LoopFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return of(plain.runAfterBoth(other, action));
    }

    @Override
    public LoopFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return of(plain.runAfterBothAsync(other, action));
    }

    @Override
    public LoopFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return of(plain.runAfterBothAsync(other, action, executor));
    }

    @Override
    public <U> LoopFuture<U> applyToEither(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return of(plain.applyToEither(other, fn));
    }

    @Override
    public <U> LoopFuture<U> applyToEitherAsync(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return of(plain.applyToEitherAsync(other, fn));
    }

    @Override
    public <U> LoopFuture<U> applyToEitherAsync(
            CompletionStage<? extends T> other, Function<? super T, U> fn, Executor executor) {
        return of(plain.applyToEitherAsync(other, fn, executor));
    }

    @Override
    public LoopFuture<Void> acceptEither(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return of(plain.acceptEither(other, action));
    }

    @Override
    public LoopFuture<Void> acceptEitherAsync(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return of(plain.acceptEitherAsync(other, action));
    }

    @Override
    public LoopFuture<Void> acceptEitherAsync(
            CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
        return of(plain.acceptEitherAsync(other, action, executor));
    }

    @Override
    public LoopFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return of(plain.runAfterEither(other, action));
    }

    @Override
    public LoopFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return of(plain.runAfterEitherAsync(other, action));
    }

    @Override
    public LoopFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return of(plain.runAfterEitherAsync(other, action, executor));
    }

    @Override
    public LoopFuture<T> copy() {
        return of(plain.copy());
    }
}
