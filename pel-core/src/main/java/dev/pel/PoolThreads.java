package dev.pel;

/** Makes the threads that the options of a lane ask for. */
final class PoolThreads {
    private PoolThreads() {}

    /** The class of threads that come and go is not even loaded for a lane with a fixed number, so calls of its methods stay as cheap. */
    static ThreadCount make(RunServices run, Workers workers, PoolLane lane, LaneThreads options) {
        return options.isElastic()
                ? ElasticThreads.make(run, workers, lane, options)
                : new ThreadCount(run, workers, lane, options.max());
    }
}
