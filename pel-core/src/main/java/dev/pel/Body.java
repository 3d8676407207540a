package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The continuation of a call: runs on the active thread, with what the operation returned.
 *
 * <p>What the operation wrote is visible to it.
 *
 * @param <T> what the operation returns
 */
@FunctionalInterface
public interface Body<T extends @Nullable Object> {
    /**
     * Runs on the active thread.
     *
     * @param value what the operation returned
     * @throws Exception whatever goes wrong; the call's handle then ends as {@link Outcome#FAILED}
     */
    void accept(T value) throws Exception;
}
