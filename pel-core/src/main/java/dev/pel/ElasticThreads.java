package dev.pel;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;

/**
 * The threads of a pool lane that come and go. The watchdog adds one when calls wait too long, and replaces one that does not come back
 * from its operation, see {@link ElasticWatch}; a worker that has been idle for long, or has run many operations, ends by itself. A worker
 * that is to end is <em>dismissed</em>: it counts no longer, and another thread may be started for it, also while its own one still is in
 * an operation.
 */
final class ElasticThreads extends ThreadCount {
    /** How long no worker is recycled after a thread for one could not be started, in nanoseconds. */
    private static final long PAUSE = 1_000_000_000;

    private final long keepAlive;
    private final int recycleAfter;
    private final ThreadBounds bounds;
    private final HungThreads hung;
    private final ElasticWatch watch;

    /** Of the bounds. */
    private final Lock lock;

    private final AtomicLong recycled = new AtomicLong();

    /** Until when no worker is recycled. */
    private volatile long recyclesFrom;

    private final RepeatedFailureLog noThread;

    private ElasticThreads(RunServices run, Workers workers, PoolLane lane, LaneThreads options) {
        super(run, workers, lane, options.min());
        this.keepAlive = Machine.nanos(options.elastic().keepAlive());
        this.recycleAfter = options.elastic().recycleAfter();
        this.recyclesFrom = run.machine.nanoTime();
        this.noThread = RepeatedFailureLog.warnings(run.machine, "Lane {} could not start another thread");
        this.bounds = new ThreadBounds(options, size, target);
        this.lock = bounds.lock();
        this.hung = new HungThreads(run, lane, options.elastic());
        this.watch = new ElasticWatch(run, lane, this, options.elastic());
    }

    static ThreadCount make(RunServices run, Workers workers, PoolLane lane, LaneThreads options) {
        return new ElasticThreads(run, workers, lane, options);
    }

    ThreadBounds bounds() {
        return bounds;
    }

    HungThreads hung() {
        return hung;
    }

    // ------------------------------------------------------------------ growing

    @Override
    public void awoke() {
        watch.begin();
    }

    @Override
    public long look() {
        return watch.step();
    }

    /** Whether there are fewer threads than there are to be, because one could not be started. */
    boolean isIncomplete() {
        return alive.get() < target.get();
    }

    /** Adds a thread, unless there are as many as there may be. */
    void addOne() {
        if (bounds.addOne() && !startMissing()) {
            bounds.removeOne();
        }
    }

    /** Starts the threads that are missing; false when one cannot be started, which is tried again at the next look. */
    boolean startMissing() {
        try {
            grow();
            return true;
        } catch (Throwable e) { // of the system, or anything that a thread factory throws
            noThread.failed(lane.lane(), e);
            return false;
        }
    }

    /** Changes how many threads there may be; those too many end, and more come when calls wait. A fixed number is changed at once. */
    @Override
    void resize(int threads) {
        if (bounds.isFixed()) {
            super.resize(threads);
        } else {
            bounds.resize(threads);
        }
    }

    @Override
    void changeSize(int threads) {
        lock.lock(); // a worker that is about to expire has seen that there are more threads than the fewest
        try {
            bounds.fixed(threads); // first: no thread that is new expires
            super.changeSize(threads);
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ ending

    @Override
    public long longestPark(long since) {
        return bounds.isAboveLeast() ? Math.max(1, since + keepAlive - run.machine.nanoTime()) : 0;
    }

    /** A worker has expired when it has been idle for long, there are more than the fewest, and nobody is about to wake it. */
    @Override
    public boolean expires(Searcher sleeper, long since) {
        return bounds.isAboveLeast() && run.machine.nanoTime() - since >= keepAlive && dismissIdle(sleeper);
    }

    private boolean dismissIdle(Searcher sleeper) {
        lock.lock();
        try {
            if (!bounds.isAboveLeast() || !sleeper.claim()) {
                return false;
            }
            sleeper.dismiss();
            lane.wakeUp().expired();
            alive.decrementAndGet(); // before the target: nobody else is to end in its place
            bounds.removeOne();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean claims(Searcher sleeper) {
        return sleeper.claim();
    }

    @Override
    boolean releases(Worker worker) {
        // the concurrent thread is the watchdog, which doubts the worker and then looks whether it still is in its
        // operation; here the operation has been left before. So either it sees that, or the doubt is seen here
        VarHandle.fullFence();
        return isDismissed(worker.searcher()) || super.releases(worker) || recycles(worker);
    }

    private boolean isDismissed(Searcher worker) {
        if (!worker.isDoubted()) {
            return worker.isDismissed();
        }
        lock.lock(); // until the watchdog has decided
        try {
            return worker.isDismissed();
        } finally {
            lock.unlock();
        }
    }

    @Override
    boolean ended(Worker worker) {
        lock.lock();
        try {
            if (!worker.searcher().isDismissed()) {
                return super.ended(worker);
            }
            byIndex.remove(worker.index(), worker);
            hung.remove(worker);
            return false;
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ replacing

    /** Replaces a worker that has run many operations, on its own thread; it stays when no thread can be started for it. */
    private boolean recycles(Worker worker) {
        Searcher searcher = worker.searcher();
        if (recycleAfter == 0 || searcher.operations() < recycleAfter || run.machine.nanoTime() - recyclesFrom < 0) {
            return false;
        }
        searcher.dismiss();
        alive.decrementAndGet();
        if (!startMissing()) {
            alive.incrementAndGet();
            searcher.keep();
            recyclesFrom = run.machine.nanoTime() + PAUSE;
            return false;
        }
        recycled.incrementAndGet();
        return true;
    }

    /** Replaces a worker that hangs in the operation of this call, on the watchdog; false when it does not, or too many do. */
    boolean replace(Worker worker, Call<?> call) {
        Searcher searcher = worker.searcher();
        lock.lock();
        try {
            if (searcher.isDismissed() || hung.isFull()) {
                return false;
            }
            searcher.doubt(true); // first: the worker leaves its operation and then looks whether it is in doubt
            if (!isIn(worker, call)) {
                return false;
            }
            searcher.dismiss();
            hung.add(worker, call);
            alive.decrementAndGet();
        } finally {
            searcher.doubt(false); // last: a worker that sees no doubt sees that it is dismissed
            lock.unlock();
        }
        lane.wakeUp().stopSearching(searcher);
        startMissing();
        lane.wakeUp().lastLook();
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the very same call is meant
    private static boolean isIn(Worker worker, Call<?> call) {
        return worker.current() == call && !worker.isWaiting();
    }

    // ------------------------------------------------------------------ figures

    @Override
    public LaneStats.PoolStats stats() {
        return new LaneStats.PoolStats(bounds.least(), bounds.most(), hung.all(), hung.replaced(), recycled.get());
    }

    @Override
    void tellRest() {
        super.tellRest();
        noThread.tellRest();
        hung.tellRest();
    }
}
