package dev.pel;

/**
 * What the threads of a pool lane do besides when they come and go while the loop runs, see {@link ElasticThreads}. Those of a lane with a
 * fixed number do nothing of it.
 */
interface ThreadTurnover {
    /** Makes the threads of a lane. */
    interface Maker {
        ThreadCount make(RunServices run, Workers workers, PoolLane lane, LaneThreads options);
    }

    /** How many threads there are to be, without spare ones. */
    int size();

    /** A worker has something to do, after its start or a sleep. On its thread. */
    default void awoke() {}

    /** How long a worker that sleeps since then may park; 0 for as long as nobody wakes it. On its thread. */
    default long longestPark(long since) {
        return 0;
    }

    /** Whether a worker that sleeps since then is to end, and nobody else will wake it. On its thread. */
    default boolean expires(Searcher sleeper, long since) {
        return false;
    }

    /** Whether the thread that has popped a sleeping worker is the one that wakes it; false when the worker has expired. */
    default boolean claims(Searcher sleeper) {
        return true;
    }

    /** On the watchdog: looks whether threads are missing. Says when to look again; 0 for not at all. */
    default long look() {
        return 0;
    }

    default LaneStats.PoolStats stats() {
        return LaneStats.PoolStats.ofFixed(size());
    }
}
