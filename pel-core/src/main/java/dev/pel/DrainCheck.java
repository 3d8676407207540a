package dev.pel;

import java.util.List;

/** Checks whether a draining run has nothing left to do: no entry in a lane, no timer, and no future that waits for something outside. */
record DrainCheck(
        ActiveQueue queue,
        LaneBooks books,
        Timers timers,
        List<PoolLane> pools,
        ForeignFutures<?> foreign,
        Completions completions,
        Retries retries) {
    /**
     * Whether nothing is left. Only a busy thread can make new work, and it counts that before it becomes idle: so if no entry was accepted
     * between the first look and the last, there was no work anywhere.
     */
    boolean isDone() {
        long before = accepted();
        return areEmpty()
                && areIdle()
                && queue.isIdle()
                && timers.isEmpty()
                && foreign.isEmpty()
                && completions.isEmpty()
                && retries.isEmpty()
                && allEnded()
                && queue.isIdle() // what a completion thread has posted meanwhile need not be an entry
                && accepted() == before;
    }

    private boolean areEmpty() {
        for (PoolLane pool : pools) {
            if (!pool.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private boolean areIdle() {
        for (PoolLane pool : pools) {
            if (!pool.allIdle()) {
                return false;
            }
        }
        return true;
    }

    /** Whether every entry that a lane has accepted has ended. */
    boolean allEnded() {
        for (PoolLane pool : pools) {
            if (!pool.counters().allEnded()) {
                return false;
            }
        }
        return books.counters().allEnded();
    }

    /** How many entries have been accepted by all lanes; grows with every one. */
    private long accepted() {
        long sum = books.counters().accepted();
        for (PoolLane pool : pools) {
            sum += pool.counters().accepted();
        }
        return sum;
    }

    /** How many entries of all lanes have ended by themselves. */
    long drained() {
        long sum = books.counters().drained();
        for (PoolLane pool : pools) {
            sum += pool.counters().drained();
        }
        return sum;
    }
}
