package dev.pel.benchmarks;

/**
 * What every competitor offers: a pool that runs operations, and one thread that runs all bodies.
 *
 * <p>{@link #next} and {@link #compute} may be called from any thread. None of the methods waits.
 */
interface Peer extends AutoCloseable {
    /**
     * Runs a call that blocks, then its body.
     *
     * @param job its operation runs on a thread of the pool, its body on the one thread
     */
    void next(Job job);

    /**
     * Runs a call that burns CPU, then its body: where the peer has a pool of its own for that, there.
     *
     * @param job its operation runs on a thread of a pool, its body on the one thread
     */
    default void compute(Job job) {
        next(job);
    }

    /**
     * Hands a task to the one thread.
     *
     * @param post runs on the one thread
     */
    void post(Post post);

    /** Ends all threads. Called when nothing is in flight. */
    @Override
    void close();
}
