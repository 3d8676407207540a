package dev.pel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Decides which worker of a pool lane is woken, and when. Waking a thread costs more than most submissions, so at most one worker is on
 * its way to the queue: it holds the <em>right to search</em>, because it was woken, or because it has just finished. When it has found a
 * call it gives the right back, and, if it sees more, wakes the next one. A submitter that finds the right taken wakes no thread: the
 * searcher either finds the call or, before it sleeps, gives the right back and looks once more.
 */
final class WakeUp {
    private static final int NOBODY = 0;
    private static final int SOMEBODY_WAKING = -1;

    private final RunServices run;
    private final LaneQueue queue;
    private final ThreadCount threads;

    /** The top of the stack of idle workers. Many push; only the holder of the right to search pops, so there is no ABA. */
    private final AtomicReference<@Nullable Searcher> idle = new AtomicReference<>();

    /** The holder of the right to search: a worker's id, or one of the two constants. */
    private final PaddedLong searcher = new PaddedLong();

    private final AtomicInteger asleep = new AtomicInteger();

    WakeUp(RunServices run, LaneQueue queue, ThreadCount threads) {
        this.run = run;
        this.queue = queue;
        this.threads = threads;
    }

    /** Wakes an idle worker, and gives it the right to search, unless another one has that. */
    void wakeOne() {
        if (searcher.get() == NOBODY && idle.get() != null && searcher.compareAndSet(NOBODY, SOMEBODY_WAKING)) {
            Searcher worker = popIdle();
            if (worker == null) {
                searcher.set(NOBODY); // the searcher before has popped it
                lastLook();
            } else {
                asleep.decrementAndGet();
                searcher.set(worker.id());
                worker.wake();
            }
        }
    }

    /** Those that have expired stay on the stack until they are popped, and are skipped here. */
    private @Nullable Searcher popIdle() {
        while (true) {
            Searcher top = idle.get();
            if (top == null || (idle.compareAndSet(top, top.nextIdle) && threads.claims(top))) {
                return top;
            }
        }
    }

    /** A worker that sleeps ends, and is woken by nobody any more. */
    void expired() {
        asleep.decrementAndGet();
    }

    void pushIdle(Searcher worker) {
        while (true) {
            Searcher top = idle.get();
            worker.nextIdle = top;
            if (idle.compareAndSet(top, worker)) {
                asleep.incrementAndGet();
                return;
            }
        }
    }

    boolean startSearching(Searcher worker) {
        return searcher.get() == NOBODY && searcher.compareAndSet(NOBODY, worker.id());
    }

    boolean isSearcher(Searcher worker) {
        return searcher.get() == worker.id();
    }

    /** Gives the right to search back, unless it has been taken away. */
    void stopSearching(Searcher worker) {
        searcher.compareAndSet(worker.id(), NOBODY);
    }

    /** The searcher has found a call: gives the right back, and wakes the next worker when there is more. */
    void found(Searcher worker) {
        stopSearching(worker);
        if (!queue.isEmpty() || run.isOver()) {
            wakeOne();
        }
    }

    /** Whether a searcher need not look any longer. */
    boolean hasWork() {
        return !queue.isEmpty() || threads.isTooMany() || run.isOver();
    }

    /** After a worker went to sleep: is there something that no thread would see otherwise? */
    void lastLook() {
        if (hasWork()) {
            wakeOne();
        } else {
            run.state.wentIdle();
        }
    }

    /** The id of the worker that has the right to search; no worker's when none has. */
    int searcher() {
        return (int) searcher.get();
    }

    /** Whether a worker sleeps, or is on its way to the queue. */
    boolean hasTaker() {
        return searcher.get() != NOBODY || asleep.get() > 0;
    }

    int asleep() {
        return asleep.get();
    }
}
