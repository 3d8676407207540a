package dev.pel;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a pool lane: how many there are, and how many there are to be, which is the lane's size and the spare threads. A spare
 * thread takes the place of one that waits for another call of the loop, so that a full lane never waits for itself.
 */
class ThreadCount implements ThreadTurnover {
    /** As many spare threads as the JDK's ForkJoinPool has by default. */
    static final int MOST_SPARE = 256;

    final RunServices run;
    final PoolLane lane;
    final AtomicInteger size;

    /** The sum of the size and the spare threads. */
    final AtomicInteger target;

    final AtomicInteger alive = new AtomicInteger();

    /** By the number in the thread's name. */
    final Map<Integer, Worker> byIndex = new ConcurrentHashMap<>();

    private final Workers workers;
    private final AtomicInteger spare = new AtomicInteger();

    private final RepeatedFailureLog noSpare;

    ThreadCount(RunServices run, Workers workers, PoolLane lane, int size) {
        this.run = run;
        this.workers = workers;
        this.lane = lane;
        this.size = new AtomicInteger(size);
        this.target = new AtomicInteger(size);
        this.noSpare =
                RepeatedFailureLog.warnings(run.machine, "Lane {} could not start a spare thread for one that waits");
    }

    @Override
    public final int size() {
        return size.get();
    }

    final int alive() {
        return alive.get();
    }

    /** Whether there are more threads than there are to be, so that one has to end. */
    final boolean isTooMany() {
        return alive.get() > target.get();
    }

    final Collection<Worker> workers() {
        return byIndex.values();
    }

    // ------------------------------------------------------------------ starting and ending

    /** Starts the threads that are missing. When one cannot be started, those before it stay. */
    final void grow() {
        while (true) {
            int now = alive.get();
            if (now >= target.get() || run.isOver()) {
                return;
            }
            if (alive.compareAndSet(now, now + 1)) {
                startWorker(now + 1);
            }
        }
    }

    private void startWorker(int likelyFree) {
        Worker worker = null;
        boolean started = false;
        try {
            worker = newWorker(likelyFree);
            workers.starts(worker);
            // the concurrent thread ends the stop, after a slow thread factory: it waits for this one, or is seen here
            if (!run.isOver()) {
                worker.start();
                started = true;
            }
        } finally {
            if (!started) {
                alive.decrementAndGet();
                if (worker != null) {
                    byIndex.remove(worker.index(), worker);
                    workers.ended(worker);
                }
            }
        }
    }

    /** Gives the worker the lowest free number; when the lane grows from the start that is the count of those alive. */
    private Worker newWorker(int likelyFree) {
        int id = workers.nextId();
        boolean made = false;
        try {
            for (int index = byIndex.containsKey(likelyFree) ? 1 : likelyFree; ; index++) {
                if (!byIndex.containsKey(index)) {
                    Worker worker = new Worker(lane, run, workers, id, index);
                    if (byIndex.putIfAbsent(index, worker) == null) {
                        made = true;
                        return worker;
                    }
                }
            }
        } finally {
            if (!made) {
                workers.freeId(id); // a thread factory has thrown
            }
        }
    }

    /** Whether the worker is to end, because there is one too many; it is not counted from then on. */
    boolean releases(Worker worker) {
        while (true) {
            int now = alive.get();
            if (now <= target.get()) {
                return false;
            }
            if (alive.compareAndSet(now, now - 1)) {
                byIndex.remove(worker.index());
                return true;
            }
        }
    }

    /** Counts a thread that ends as gone; false when {@link #releases} has done so. */
    boolean ended(Worker worker) {
        boolean counted = byIndex.remove(worker.index(), worker);
        if (counted) {
            alive.decrementAndGet();
        }
        return counted;
    }

    // ------------------------------------------------------------------ how many there are to be

    /** Starts a spare thread, also when another one is idle: that may be the next to wait, or one too many. False when there can be none. */
    final boolean addSpare() {
        if (run.isOver() || spare.getAndUpdate(count -> Math.min(MOST_SPARE, count + 1)) >= MOST_SPARE) {
            return false;
        }
        target.incrementAndGet();
        try {
            grow();
            return true;
        } catch (Throwable e) { // of the system, or anything that a thread factory throws
            noSpare.failed(lane.lane(), e);
            removeSpare();
            return false;
        }
    }

    final void removeSpare() {
        spare.decrementAndGet();
        target.decrementAndGet();
    }

    /** Changes the size, and starts the threads that are missing; when that fails, the size is what there is. */
    void resize(int threads) {
        changeSize(threads);
        boolean grown = false;
        try {
            grow();
            grown = true;
        } finally {
            if (!grown) {
                changeSize(Math.max(1, alive.get() - spare.get()));
            }
        }
    }

    void changeSize(int threads) {
        target.addAndGet(threads - size.getAndSet(threads));
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        noSpare.tellRest();
    }
}
