package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * How one of several handles has ended, see {@link EventLoop#allSettled}.
 *
 * @param outcome how
 * @param value its result, when it has succeeded
 * @param error what it has failed with: the original, not a wrapper; null when it has succeeded
 * @param <T> the type of the result
 */
public record Settled<T extends @Nullable Object>(
        Outcome outcome, @Nullable T value, @Nullable Throwable error) {
    /**
     * Whether it has a value.
     *
     * @return true when it has succeeded
     */
    public boolean hasSucceeded() {
        return outcome == Outcome.SUCCEEDED;
    }
}
