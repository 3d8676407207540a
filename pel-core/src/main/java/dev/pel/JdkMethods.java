package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives access, under other names, to the JDK's own versions of the methods of {@code CompletableFuture} that handles override. Where these
 * call each other, they reach what a handle overrides.
 *
 * @param <T> the type of the result
 */
@SuppressWarnings({"ReferenceEquality", "FutureReturnValueIgnored"
}) // the one executor is meant; of methods that return the same future
abstract class JdkMethods<T extends @Nullable Object> extends CompletableFuture<T> {
    /** Selects those of the JDK's own methods that have no executor and do not end in "Async". */
    static final Executor DIRECT = Runnable::run;

    final <U extends @Nullable Object> CompletableFuture<U> jdkThenApply(
            Executor executor, Function<? super T, ? extends U> fn) {
        return executor == DIRECT ? super.thenApply(fn) : super.thenApplyAsync(fn, executor);
    }

    final <U extends @Nullable Object> CompletableFuture<U> jdkHandle(
            Executor executor, BiFunction<? super T, @Nullable Throwable, ? extends U> fn) {
        return executor == DIRECT ? super.handle(fn) : super.handleAsync(fn, executor);
    }

    final <U extends @Nullable Object> CompletableFuture<U> jdkThenCompose(
            Executor executor, Function<? super T, ? extends CompletionStage<U>> fn) {
        return executor == DIRECT ? super.thenCompose(fn) : super.thenComposeAsync(fn, executor);
    }

    final CompletableFuture<T> jdkExceptionallyCompose(
            Executor executor, Function<Throwable, ? extends CompletionStage<T>> fn) {
        return executor == DIRECT ? super.exceptionallyCompose(fn) : super.exceptionallyComposeAsync(fn, executor);
    }

    final <U extends @Nullable Object, V extends @Nullable Object> CompletableFuture<V> jdkThenCombine(
            CompletionStage<? extends U> other, Executor executor, BiFunction<? super T, ? super U, ? extends V> fn) {
        return executor == DIRECT ? super.thenCombine(other, fn) : super.thenCombineAsync(other, fn, executor);
    }

    final <U extends @Nullable Object> CompletableFuture<U> jdkApplyToEither(
            CompletionStage<? extends T> other, Executor executor, Function<? super T, U> fn) {
        return executor == DIRECT ? super.applyToEither(other, fn) : super.applyToEitherAsync(other, fn, executor);
    }

    final CompletionStage<T> jdkMinimalStage() {
        return super.minimalCompletionStage();
    }

    final void jdkOrTimeout(long timeout, TimeUnit unit) {
        super.orTimeout(timeout, unit);
    }

    final void jdkCompleteOnTimeout(T value, long timeout, TimeUnit unit) {
        super.completeOnTimeout(value, timeout, unit);
    }

    final void jdkCompleteAsync(Supplier<? extends T> supplier, Executor executor) {
        super.completeAsync(supplier, executor);
    }

    /** Whether this has ended it. */
    @SuppressWarnings("NullAway") // T may be null
    final boolean jdkEnd(@Nullable T value, @Nullable Throwable error) {
        return error == null ? super.complete(value) : super.completeExceptionally(error);
    }

    /**
     * The same, and tells all dependents. The JDK stops at the first one for whose end it finds no memory, or whose failure it cannot wrap
     * because the error throws when it is asked for its text. This goes on with the next one. The one that was left out stays open if it was
     * attached through the plain API, as with every {@code CompletableFuture}; what pel attaches is ended later.
     */
    final boolean jdkEndAndTell(@Nullable T value, @Nullable Throwable error) {
        boolean wasOpen = !isDone();
        try {
            return jdkEnd(value, error);
        } catch (OutOfMemoryError | RuntimeException e) {
            if (!isDone()) {
                throw e;
            }
            tellDependents();
            return wasOpen;
        }
    }

    /** Tells the dependents of a future that has ended. Each round that fails has taken at least one of them out. */
    private void tellDependents() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                jdkEnd(null, null); // without effect on the future; the JDK then goes through its dependents
                goesOn = false;
            } catch (OutOfMemoryError | RuntimeException e) {
                // the next one
            }
        }
    }

    /** The words for the state: "[Completed normally]" and the like. */
    final String jdkState() {
        String text = super.toString(); // class, hash, and then the words
        return text.substring(text.indexOf('['));
    }
}
