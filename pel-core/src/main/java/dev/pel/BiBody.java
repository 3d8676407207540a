package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The continuation of two operations: runs on the active thread, with what both returned, once both have returned.
 *
 * @param <A> what the first operation returns
 * @param <B> what the second operation returns
 */
@FunctionalInterface
public interface BiBody<A extends @Nullable Object, B extends @Nullable Object> {
    /**
     * Runs on the active thread.
     *
     * @param first what the first operation returned
     * @param second what the second operation returned
     * @throws Exception whatever goes wrong; the call's handle then ends as {@link Outcome#FAILED}
     */
    void accept(A first, B second) throws Exception;
}
