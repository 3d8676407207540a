package dev.pel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds the failures that nobody deals with, and hands them to the error handler. Confined to the active thread, but for
 * {@link #watch}.
 */
final class Failures {
    private static final Log log = new Log();

    /** So many failures wait for somebody to deal with them at most; a flood is reported earlier. */
    private static final int MOST_WAITING = 10_000;

    private final Generation generation;
    private final long grace;
    private final List<LoopFuture<?>> ofThisTurn = new ArrayList<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final AtomicLong unhandled = new AtomicLong();
    private final RepeatedFailureLog ofHandler;
    private final RepeatedFailureLog givenToHandler;

    Failures(Generation generation) {
        this.generation = generation;
        this.grace = Machine.nanos(generation.options.unobservedGrace());
        this.ofHandler =
                RepeatedFailureLog.errors(generation.machine, "The error handler failed on call {}; the loop goes on");
        this.givenToHandler =
                RepeatedFailureLog.errors(generation.machine, "What the error handler was given on call {}");
    }

    /** A future has failed, on any thread. */
    void watch(LoopFuture<?> future) {
        if (future.isObserved() || isExpected(future)) {
            return;
        }
        if (generation.active.isCurrent()) {
            ofThisTurn.add(future);
        } else {
            generation.active.post(new Failed(future));
        }
    }

    /** Code has failed when its call had ended already, on any thread: whatever is attached to the handle, nobody else hears of it. */
    void late(Failure failure, ContextCarrier.@Nullable Snapshot context) {
        if (generation.active.isCurrent()) {
            report(failure, context);
        } else {
            generation.active.post(new Late(failure, context));
        }
    }

    /** Whoever was to deal with a failure of this turn has had the time to say so, unless he is another thread. */
    void endOfTurn() {
        if (ofThisTurn.isEmpty() && waiting.isEmpty()) {
            return;
        }
        long now = generation.machine.nanoTime();
        // by index: a handler may cause further failures
        for (int i = 0; i < ofThisTurn.size(); i++) {
            LoopFuture<?> future = ofThisTurn.get(i);
            if (future.isFromOutside() && grace > 0) {
                waiting.add(new Waiting(future, now + grace));
            } else {
                reportUnlessObserved(future);
            }
        }
        ofThisTurn.clear();
        boolean hurry = !generation.isRunning();
        while (true) {
            Waiting head = waiting.peek();
            if (head == null || !(hurry || waiting.size() > MOST_WAITING || head.until() - now <= 0)) {
                return;
            }
            waiting.remove();
            reportUnlessObserved(head.future());
        }
    }

    boolean isEmpty() {
        return ofThisTurn.isEmpty() && waiting.isEmpty();
    }

    /** When to look again; only when not empty. */
    long next() {
        Waiting head = waiting.peek();
        return head == null || !generation.isRunning() ? generation.machine.nanoTime() : head.until();
    }

    private void reportUnlessObserved(LoopFuture<?> future) {
        Throwable error = future.isObserved() ? null : future.error();
        if (error == null) {
            return;
        }
        Throwable cause = LoopFuture.cause(error);
        LoopFuture<?> origin = future.origin(cause);
        if (isExpected(origin)) {
            return;
        }
        // if not, another branch of the same chain has brought it here already
        if (origin.report()) {
            ContextCarrier.Snapshot context = origin.context();
            report(origin.failure(cause), context == null ? future.context() : context);
            origin.letGoOfContext();
        }
    }

    /** Who cancels a call, and who stops a loop, knows; a refused link of a chain, or the end of another loop, is a surprise. */
    private static boolean isExpected(LoopFuture<?> future) {
        Outcome outcome = future.outcome();
        return outcome == Outcome.CANCELLED || outcome == Outcome.STOPPED;
    }

    /** On the active thread: hands a failure to the error handler. */
    @SuppressWarnings("ReferenceEquality") // the very same throwable is logged once
    void report(Failure failure, ContextCarrier.@Nullable Snapshot context) {
        Throwable cause = failure.error();
        unhandled.getAndIncrement();
        ContextCarrier.Scope scope = generation.active.openNested(context);
        try {
            generation.listeners.unhandled(failure);
            generation.active.enter(new Handling(failure.callId(), failure.label()));
            generation.options.hooks().errorHandler().handle(failure);
        } catch (Throwable e) {
            // neither is added to the other as suppressed: a handler may throw the same one each time, which then would
            // grow
            ofHandler.failed(failure.callId(), e);
            if (e != cause) {
                givenToHandler.failed(failure.callId(), cause);
            }
        } finally {
            generation.active.close(scope);
            generation.active.notRun();
        }
    }

    /** At the end of a stop, on the watch thread: logs the failures of the handler that no line has told yet. */
    void tellRest() {
        ofHandler.tellRest();
        givenToHandler.tellRest();
    }

    long unhandled() {
        return unhandled.get();
    }

    /** The handler at work on a failure, for those who look at what the active thread does. */
    private record Handling(long id, @Nullable String label) implements CallInfo {}

    private record Waiting(LoopFuture<?> future, long until) {}

    /** A failure on its way from another thread. */
    private final class Failed implements ActiveEntry {
        private final LoopFuture<?> future;

        Failed(LoopFuture<?> future) {
            this.future = future;
        }

        @Override
        public void run(ActiveLane lane) {
            watch(future);
        }

        /** The active thread is gone, or never was, and with it the only place where the handler may run. The log is left. */
        @Override
        public void abandon() {
            Throwable error = future.error();
            if (error != null && !future.isObserved() && !isExpected(future.origin(LoopFuture.cause(error)))) {
                unhandled.getAndIncrement();
                log.error("A call failed while the loop had no active thread, and nobody deals with it", error);
            }
        }
    }

    /** A late failure on its way from another thread. */
    private final class Late implements ActiveEntry {
        private final Failure failure;
        private final ContextCarrier.@Nullable Snapshot context;

        Late(Failure failure, ContextCarrier.@Nullable Snapshot context) {
            this.failure = failure;
            this.context = context;
        }

        @Override
        public void run(ActiveLane lane) {
            report(failure, context);
        }

        @Override
        public void abandon() {
            unhandled.getAndIncrement();
            log.error("A call failed late, while the loop had no active thread", failure.error());
        }
    }
}
