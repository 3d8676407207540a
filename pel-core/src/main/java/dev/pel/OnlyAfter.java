package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A function with an executor of its own that runs only after a success, or only after a failure, of what it is attached to. After the
 * other end the executor is not called, as in the JDK: it may have been shut down, and its refusal must not take the place of the source's
 * end.
 *
 * @param <T> the type of the handle
 * @param <U> the type of the dependent's own handle
 * @param failure whether it runs only after a failure, and not only after a success
 */
@SuppressWarnings("ReferenceEquality") // the very same executor is meant
record OnlyAfter<T extends @Nullable Object, U extends @Nullable Object>(
        boolean failure, BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function)
        implements BiFunction<T, @Nullable Throwable, U> {
    /**
     * The function as it is to be attached. On the active lane it needs no wrapper: it runs after each end, and passes the other one on
     * itself.
     */
    static <T extends @Nullable Object, U extends @Nullable Object>
            BiFunction<? super T, ? super @Nullable Throwable, ? extends U> of(
                    boolean failure,
                    CompletableFuture<T> source,
                    Executor executor,
                    BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function) {
        return executor == source.defaultExecutor() ? function : new OnlyAfter<T, U>(failure, function);
    }

    @Override
    public U apply(T value, @Nullable Throwable error) {
        return function.apply(value, error);
    }
}
