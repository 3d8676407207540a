package dev.pel.flow;

/**
 * An operation without a result on a resource that is owned by a loop, such as closing it.
 *
 * @param <R> the type of the resource
 */
@FunctionalInterface
public interface ResourceTask<R> {
    /**
     * Runs on a passive thread. No other operation touches the resource meanwhile.
     *
     * @param resource not to be kept
     * @throws Exception whatever goes wrong
     */
    void accept(R resource) throws Exception;
}
