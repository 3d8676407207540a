package dev.pel;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Code of pel's own that is told how a future has ended, and only hands that on. For the JDK it is a function without a result: the future
 * behind it then takes no failure over, for which the JDK would have to make a {@code CompletionException}. That fails when no memory is left,
 * or when the error cannot say what it is.
 *
 * @param <T> the type of the future
 */
interface EndCallback<T extends @Nullable Object> extends BiFunction<T, @Nullable Throwable, @Nullable Void> {
    /** On the thread that ends the future, or that registers this when it has ended. */
    void accept(T value, @Nullable Throwable error);

    @Override
    default @Nullable Void apply(T value, @Nullable Throwable error) {
        accept(value, error);
        return null;
    }
}
