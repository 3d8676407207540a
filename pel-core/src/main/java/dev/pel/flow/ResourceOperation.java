package dev.pel.flow;

import org.jspecify.annotations.Nullable;

/**
 * An operation on a resource that is owned by a loop.
 *
 * @param <R> the type of the resource
 * @param <T> what the operation returns
 */
@FunctionalInterface
public interface ResourceOperation<R, T extends @Nullable Object> {
    /**
     * Runs on a passive thread. No other operation touches the resource meanwhile.
     *
     * @param resource not to be kept
     * @return the result
     * @throws Exception whatever goes wrong; it reaches the call's handle
     */
    T apply(R resource) throws Exception;
}
