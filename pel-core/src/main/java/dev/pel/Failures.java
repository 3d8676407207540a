package dev.pel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds the failures that nobody deals with, and hands them to the error handler. While the active thread lives it alone does so, in
 * {@link #endOfTurn}; what it leaves behind when it ends or is given up is handed over to {@link LateFailures}.
 */
final class Failures {
    /** So many failures wait for somebody to deal with them at most; a flood is reported earlier. */
    static final int MOST_WAITING = 10_000;

    private final RunServices run;
    private final long grace;

    /** Of these two each element is taken by one thread: the active one, or the watchdog that takes over from it. */
    private final Queue<Failed> ofThisTurn = new ConcurrentLinkedQueue<>();

    private final Queue<Failed> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final LateFailures afterwards;
    private final AtomicLong unhandled = new AtomicLong();
    private final RepeatedFailureLog ofHandler;
    private final RepeatedFailureLog givenToHandler;

    Failures(RunServices run) {
        this.run = run;
        this.grace = Machine.nanos(run.options.unobservedGrace());
        this.afterwards = new LateFailures(run, this, grace);
        this.ofHandler =
                RepeatedFailureLog.errors(run.machine, "The error handler failed on call {}; the loop goes on");
        this.givenToHandler = RepeatedFailureLog.errors(run.machine, "What the error handler was given on call {}");
    }

    /** A future has failed, on any thread. */
    void watch(LoopFuture<?> future) {
        if (future.isObserved() || isExpected(future) || isTakenOverRefusal(future)) {
            return;
        }
        Failed failed = new Failed(future, run.machine.nanoTime());
        if (run.threads.isActiveCurrent()) {
            failed.run();
        } else {
            run.queue.post(failed);
        }
    }

    /** Code has failed when its call had ended already, on any thread: whatever is attached to the handle, nobody else hears of it. */
    void late(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        tell(failure, context);
    }

    /** Hands a failure to the error handler for which nobody has a handle, from any thread. */
    void tell(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        if (run.threads.isActiveCurrent() && !run.queue.isClosed()) {
            report(failure, context);
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
        Failed next = nextHere(ofThisTurn); // a handler may cause further failures
        while (next != null) {
            if (next.isFromOutside() && grace > 0) {
                next.waitUntil(now + grace);
                waiting.add(next);
                waitingCount.incrementAndGet();
            } else {
                reportUnlessObserved(next);
            }
            next = nextHere(ofThisTurn);
        }
        boolean hurry = !run.state.isRunning();
        while (true) {
            Failed head = waiting.peek();
            if (head == null || !(hurry || waitingCount.get() > MOST_WAITING || head.until() - now <= 0)) {
                break;
            }
            Failed first = nextHere(waiting);
            if (first != null) {
                waitingCount.decrementAndGet();
                reportUnlessObserved(first);
            }
        }
        if (run.queue.isClosed()) {
            handOver(); // what was added behind the back of a watch that has taken over
        }
    }

    /** The next that the active thread is to look at; null when there is none, or when it has been given up, and others look at it. */
    private @Nullable Failed nextHere(Queue<Failed> queue) {
        if (run.queue.isClosed()) {
            handOver();
        }
        return queue.poll();
    }

    /**
     * The active thread ends, or is given up by the watchdog, which calls this then: what it has not looked at is told elsewhere. Should
     * it come back, it finds nothing here.
     */
    void handOver() {
        Failed failed = waiting.poll();
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
        Failed head = waiting.peek();
        return head == null || !run.state.isRunning() ? run.machine.nanoTime() : head.until();
    }

    /** On the active thread, or in a late action. */
    void reportUnlessObserved(Failed failed) {
        LoopFuture<?> future = failed.future;
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
            report(origin.failure(cause, failed.at), context == null ? future.context() : context);
            origin.letGoOfContext();
        }
    }

    /** Whether it took over a refusal, of which there may be a flood: it is not to wait for somebody who deals with it. */
    private static boolean isTakenOverRefusal(LoopFuture<?> future) {
        Throwable error = future.error();
        Throwable cause = error == null ? null : Causes.cause(error);
        return cause instanceof CallRejectedException
                && Chain.origin(future, cause).isRefused();
    }

    /** Whether somebody has cancelled the call or stopped the loop, and knows; the end of another loop is a surprise. */
    private static boolean isExpected(LoopFuture<?> future) {
        if (future.isRefused()) {
            return true; // told by Refusals, in few lines; and asking for the outcome would be a look
        }
        Outcome outcome = future.outcome();
        return outcome == Outcome.CANCELLED || outcome == Outcome.STOPPED;
    }

    /** On the active thread, or in a late action: hands a failure to the error handler. */
    @SuppressWarnings("ReferenceEquality") // the very same throwable is logged once
    void report(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        Throwable cause = failure.error();
        unhandled.getAndIncrement();
        boolean onActive = run.threads.isActiveCurrent();
        ContextPropagator.Scope scope = onActive ? run.active.openNested(context) : run.propagators.open(context);
        try {
            run.listeners.unhandled(failure);
            if (onActive) {
                run.current.enter(new Handling(failure.callId(), failure.label()));
            }
            run.options.hooks().errorHandler().handle(failure);
        } catch (Throwable e) {
            // neither is added to the other as suppressed: a handler may throw the same one each time, which then would
            // grow
            ofHandler.failed(CallNames.numbered(failure.callId(), failure.label()), e);
            if (e != cause) {
                givenToHandler.failed(CallNames.numbered(failure.callId(), failure.label()), cause);
            }
        } finally {
            run.propagators.close(scope);
            if (onActive) {
                run.current.leave();
            }
        }
    }

    /** At the end of a stop, on the watchdog: logs the failures of the handler that no line has told yet. */
    void tellRest() {
        ofHandler.tellRest();
        givenToHandler.tellRest();
    }

    long unhandled() {
        return unhandled.get();
    }

    /** The handler at work on a failure, for those who look at what the active thread does. */
    private record Handling(long id, @Nullable String label) implements CallInfo {}

    /** A failed future, on its way from another thread, or waiting for somebody to deal with it. */
    final class Failed implements Signal {
        private final LoopFuture<?> future;
        private final long at;
        private long until;

        Failed(LoopFuture<?> future, long at) {
            this.future = future;
            this.at = at;
        }

        boolean isFromOutside() {
            return future.isFromOutside();
        }

        boolean isObserved() {
            return future.isObserved();
        }

        /** Called before it is put where it waits. */
        void waitUntil(long time) {
            until = time;
        }

        long until() {
            return until;
        }

        @Override
        public void run() {
            ofThisTurn.add(this);
            // a concurrent watch that takes over closes the lane first and then takes what is there
            if (run.queue.isClosed()) {
                handOver();
            }
        }

        @Override
        public void abandon() {
            if (!isObserved()) {
                afterwards.add(this);
            }
        }
    }

    /** A failure without a handle, on its way from another thread. */
    private final class Told implements Signal {
        private final Failure failure;
        private final ContextPropagator.@Nullable Snapshot context;

        Told(Failure failure, ContextPropagator.@Nullable Snapshot context) {
            this.failure = failure;
            this.context = context;
        }

        @Override
        public void run() {
            report(failure, context);
        }

        @Override
        public void abandon() {
            run.runLate(() -> report(failure, context));
        }
    }
}
