package dev.pel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the failures that nobody deals with, and has them reported ({@link FailureReports}). While the active thread lives it alone does so, in
 * {@link #endOfTurn}; what it leaves behind when it ends or is given up is handed over to {@link LateFailures}.
 */
final class Failures {
    /** The most failures that wait out the grace; beyond that they are reported earlier. */
    static final int MOST_WAITING = 10_000;

    private final RunServices run;
    private final long grace;

    /** Of these two each element is taken by one thread: the active one, or the watchdog that takes over from it. */
    private final Queue<FailedFuture> ofThisTurn = new ConcurrentLinkedQueue<>();

    private final Queue<FailedFuture> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final LateFailures afterwards;
    private final FailureReports reports;

    Failures(RunServices run) {
        this.run = run;
        this.grace = Machine.nanos(run.options.unobservedGrace());
        this.afterwards = new LateFailures(run, this, grace);
        this.reports = new FailureReports(run);
    }

    /** A future has failed, on any thread. */
    void watch(LoopFuture<?> future) {
        // of refusals there may be a flood: Refusals counts them, and nothing is reported here
        if (future.isObserved() || isExpected(future) || Chain.beginsWithRefusal(future)) {
            return;
        }
        FailedFuture failed = new FailedFuture(this, future, run.machine.nanoTime());
        if (run.threads.isActiveCurrent()) {
            failed.run();
        } else {
            run.queue.post(failed);
        }
    }

    /** Hands a failure to the error handler for which nobody has a handle, from any thread. */
    void tell(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        if (run.threads.isActiveCurrent() && !run.queue.isClosed()) {
            reports.tell(failure, context);
        } else {
            run.queue.post(new Told(failure, context));
        }
    }

    /** Reports the failures of this turn with which no code on the active thread has dealt; those of other threads' calls have a grace. */
    void endOfTurn() {
        if (isEmpty()) {
            return;
        }
        long now = run.machine.nanoTime();
        FailedFuture next = nextHere(ofThisTurn); // a handler may cause further failures
        while (next != null) {
            if (next.isFromOutside() && grace > 0) {
                next.waitUntil(now + grace);
                putAside(next);
            } else {
                reportUnlessObserved(next);
            }
            next = nextHere(ofThisTurn);
        }
        boolean hurry = !run.state.isRunning();
        while (true) {
            FailedFuture head = waiting.peek();
            if (head == null || !(hurry || waitingCount.get() > MOST_WAITING || head.until() - now <= 0)) {
                break;
            }
            FailedFuture first = nextHere(waiting);
            if (first != null) {
                waitingCount.decrementAndGet();
                reportUnlessObserved(first);
            }
        }
        if (run.queue.isClosed()) {
            handOver(); // what was added after a watchdog has taken over
        }
    }

    private void putAside(FailedFuture failed) {
        try {
            waiting.add(failed);
            waitingCount.incrementAndGet();
        } catch (VirtualMachineError | LinkageError e) {
            run.retries.keep(failed, e);
        }
    }

    /** The next that the active thread is to look at; null when there is none, or when it has been given up, and others look at it. */
    private @Nullable FailedFuture nextHere(Queue<FailedFuture> queue) {
        if (run.queue.isClosed()) {
            handOver();
        }
        return queue.poll();
    }

    /**
     * Hands the failures that the active thread has not looked at to {@link LateFailures}. Called by that thread when it ends, or by the
     * watchdog when it gives that thread up; should the thread come back, it finds nothing here.
     */
    void handOver() {
        FailedFuture failed = waiting.poll();
        while (failed != null) {
            waitingCount.decrementAndGet();
            afterwards.tell(failed);
            failed = waiting.poll();
        }
        failed = ofThisTurn.poll();
        while (failed != null) {
            afterwards.tell(failed);
            failed = ofThisTurn.poll();
        }
    }

    boolean isEmpty() {
        return ofThisTurn.isEmpty() && waiting.isEmpty();
    }

    /** When to look again; only when not empty. */
    long next() {
        FailedFuture head = waiting.peek();
        return head == null || !run.state.isRunning() ? run.machine.nanoTime() : head.until();
    }

    /** On the active thread, or in a late action. */
    void reportUnlessObserved(FailedFuture failed) {
        try {
            report(failed);
        } catch (VirtualMachineError | LinkageError e) { // not of the handler: what that throws does not come here
            run.retries.keep(failed, e);
        }
    }

    private void report(FailedFuture failed) {
        LoopFuture<?> future = failed.future();
        Throwable error = future.isObserved() ? null : future.error();
        if (error == null) {
            return;
        }
        Throwable cause = Causes.cause(error);
        LoopFuture<?> origin = Chain.origin(future, cause);
        if (isExpected(origin)) {
            return;
        }
        // if not, another branch of the same chain has brought it here already
        if (origin.report()) {
            ContextPropagator.Snapshot context = origin.context();
            boolean isTold = false;
            try {
                reports.tell(origin.failure(cause, failed.at()), context == null ? future.context() : context);
                isTold = true;
            } finally {
                if (!isTold) {
                    origin.unreport();
                }
            }
            origin.letGoOfContext();
        }
    }

    /** Whether the end was intended, by a cancel or by the stop of this loop; the stop of another loop is not expected. */
    private static boolean isExpected(LoopFuture<?> future) {
        if (future.isRefused()) {
            return true; // Refusals logs it; and asking for the outcome would count as noticing it
        }
        Outcome outcome = future.outcome();
        return outcome == Outcome.CANCELLED || outcome == Outcome.STOPPED;
    }

    /** A failed future has come from another thread, to the active one. */
    void arrived(FailedFuture failed) {
        ofThisTurn.add(failed);
        // a concurrent watchdog that takes over closes the queue first and then takes what is there
        if (run.queue.isClosed()) {
            handOver();
        }
    }

    /** One that has come where the active thread is gone. */
    void abandoned(FailedFuture failed) {
        afterwards.add(failed);
    }

    FailureReports reports() {
        return reports;
    }

    /** A failure without a handle, on its way from another thread. */
    private final class Told implements Signal {
        private final Failure failure;
        private final ContextPropagator.@Nullable Snapshot context;

        /** The thread that posts it may find the queue closed after another one has taken it from there. */
        private final AtomicBoolean taken = new AtomicBoolean();

        Told(Failure failure, ContextPropagator.@Nullable Snapshot context) {
            this.failure = failure;
            this.context = context;
        }

        @Override
        public void run() {
            once(() -> reports.tell(failure, context));
        }

        @Override
        public void abandon() {
            once(() -> run.runLate(() -> reports.tell(failure, context)));
        }

        private void once(Runnable telling) {
            if (taken.compareAndSet(false, true)) {
                try {
                    telling.run();
                } catch (VirtualMachineError | LinkageError e) {
                    taken.set(false); // what the handler throws does not come here: nobody was told, for lack of memory
                    throw e;
                }
            }
        }
    }
}
