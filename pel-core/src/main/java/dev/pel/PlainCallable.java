package dev.pel;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Callable} that is nothing but that, as {@link PlainTask} is for tasks: on the active lane an object that is a {@code Task} or
 * {@code Body} as well would run as such.
 */
record PlainCallable<T extends @Nullable Object>(Callable<? extends T> callable) implements Callable<T> {
    /** The callable itself, mostly: only one that is something else as well is wrapped. */
    static <T extends @Nullable Object> Callable<? extends T> of(Callable<? extends T> callable) {
        return callable instanceof Task || callable instanceof Body<?> ? new PlainCallable<T>(callable) : callable;
    }

    @Override
    public T call() throws Exception {
        return callable.call();
    }
}
