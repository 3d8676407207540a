package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A function with an executor of its own that runs only after one of the two ends of what it is attached to. After the other one the
 * executor is not asked, as in the JDK: it may have been shut down, and its refusal must not take the place of the source's end.
 *
 * @param <T> the type of the handle
 * @param <U> the type of the dependent's own handle
 * @param failure whether it runs only after a failure, and not only after a success
 */
@SuppressWarnings("ReferenceEquality") // the very same executor is meant
record OnlyAfter<T extends @Nullable Object, U extends @Nullable Object>(
        boolean failure, BiFunction<? super T, ? super @Nullable Throwable, ? extends U> function)
        implements BiFunction<T, @Nullable Throwable, U> {
    /** The function as it is to be attached: the active lane runs it after each end of the source, and hands on what passes it by. */
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
