package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The continuation of four operations: runs on the active thread, with what they returned, once all of them have returned.
 *
 * @param <A> what the first operation returns
 * @param <B> what the second operation returns
 * @param <C> what the third operation returns
 * @param <D> what the fourth operation returns
 */
@FunctionalInterface
public interface QuadBody<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object> {
    /**
     * Runs on the active thread.
     *
     * @param first what the first operation returned
     * @param second what the second operation returned
     * @param third what the third operation returned
     * @param fourth what the fourth operation returned
     * @throws Exception whatever goes wrong; the call's handle then ends as {@link Outcome#FAILED}
     */
    void accept(A first, B second, C third, D fourth) throws Exception;
}
