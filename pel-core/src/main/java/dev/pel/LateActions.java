package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs actions that are attached to handles when the active thread of their run is gone: code that bridges a handle to another API
 * must be told how the call ended, also after a stop.
 *
 * <p>Such an action runs on the active thread when the loop has been started again, and else on a completion thread, one at a
 * time: another one runs beside it only when it has not returned for a second, and the log says so. It never runs beside a body, so
 * it may touch what bodies touch, except beside one that its stop has given up as stuck.
 */
final class LateActions {
    private static final Log log = new Log();

    private final String name;
    private final Machine machine;
    private final CompletionThreads threads;

    /** The active queue of the last run whose active thread has begun; null before the first. */
    private final AtomicReference<@Nullable ActiveQueue> queue = new AtomicReference<>();

    /** How many actions run on completion threads; more than one only when some are stuck. */
    private final AtomicInteger running = new AtomicInteger();

    /** The active thread of a new run that waits until such an action has returned. */
    private volatile @Nullable Thread waiter;

    LateActions(String name, Machine machine, Deadlines deadlines) {
        this.name = name;
        this.machine = machine;
        this.threads = new CompletionThreads(name, machine, deadlines, TakeOverRules.actions(machine));
    }

    CompletionThreads threads() {
        return threads;
    }

    /** Whether the current thread is the active one of the last run: what is attached to handles of an earlier run may wait for it. */
    boolean isOnActiveThread() {
        ActiveQueue active = queue.get();
        return active != null && active.isOnActiveThread();
    }

    /** Runs the action soon, on another thread than the current one. */
    void run(Runnable action) {
        if (!isTakenBy(queue.get(), action)) {
            threads.execute(() -> runAside(action));
        }
    }

    private boolean isTakenBy(@Nullable ActiveQueue active, Runnable action) {
        if (active == null || active.isClosed()) {
            return false;
        }
        active.post(new LateAction(action));
        return true;
    }

    private void runAside(Runnable action) {
        running.incrementAndGet();
        try {
            // the concurrent thread is the active one of a new run, which sets the queue and then looks whether an
            // action runs: either it waits for this one, or this look sees its queue
            if (!isTakenBy(queue.get(), action)) {
                action.run();
            }
        } finally {
            running.decrementAndGet();
            machine.unpark(waiter);
        }
    }

    /** On the active thread of a new run, before its first body: waits until no late action runs, for at most the given time. */
    void giveWayTo(ActiveQueue active, CurrentEntry current, long nanos) {
        if (!isPresent(active)) {
            return;
        }
        long until = machine.nanoTime() + nanos;
        long left = nanos;
        waiter = Thread.currentThread();
        while (running.get() > 0 && left > 0) {
            machine.park(this, left);
            current.clearInterrupt(); // else the next park would return at once
            left = until - machine.nanoTime();
        }
        waiter = null;
        if (running.get() > 0) {
            log.warn(
                    "Loop '{}' starts while an action that is attached to a handle of its earlier run is stuck on a"
                            + " completion thread; that action may go on beside bodies",
                    name);
        }
    }

    /** Sets the queue as that of the present run. False when that run was stopped before its active thread came here. */
    private boolean isPresent(ActiveQueue active) {
        ActiveQueue before = queue.get();
        // the concurrent thread is the active one of a later run, which begins when this queue is closed: either it has
        // named its queue before the look above, and this one is seen closed, or after it, and the exchange fails
        while (!active.isClosed()) {
            if (queue.compareAndSet(before, active)) {
                return true;
            }
            before = queue.get();
        }
        return false;
    }

    /** An action of an earlier run in the queue of the present one. It is no entry of the lane's books. */
    private final class LateAction implements Signal.HandingOver {
        private final Runnable action;

        /** The thread that posts it may find the queue closed after another one has taken it from there. */
        private final AtomicBoolean taken = new AtomicBoolean();

        LateAction(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (taken.compareAndSet(false, true)) {
                action.run();
            }
        }

        @Override
        public void abandon() {
            if (taken.compareAndSet(false, true)) {
                try {
                    LateActions.this.run(action);
                } catch (VirtualMachineError | LinkageError e) {
                    taken.set(false); // it was handed to nobody, for lack of memory
                    throw e;
                }
            }
        }
    }
}
