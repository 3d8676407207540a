package dev.pel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operations that a future waits for and that have not started, and runs them on the thread that waits for the future. Every
 * future is visited once. Used by that thread alone.
 */
final class Helping {
    private final LoopFuture<?> future;
    private final Worker worker;

    /** Whether the wait ends after some time, and leaves to other threads what they can run. */
    private final boolean isLimited;

    /** Is told what functions of {@code thenCompose} return later. */
    private final Consumer<LoopFuture<?>> arrivals;

    private final Deque<LoopFuture<?>> unvisited = new ArrayDeque<>();
    private final Set<LoopFuture<?>> visited = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Compositions whose function has not run yet, and may submit more operations. */
    private final List<Link.OpenEnd> openEnds = new ArrayList<>();

    /** Whether an operation was found that waits in a queue, and that this thread may not run because it nests too deep already. */
    private boolean leavesCalls;

    /** Whether an operation was found that may not run yet, or that may have to run once more. */
    private boolean leavesHeldCalls;

    /** How many futures it has looked at. */
    private long looks;

    Helping(LoopFuture<?> future, Worker worker, boolean isLimited, Consumer<LoopFuture<?>> arrivals) {
        this.future = future;
        this.worker = worker;
        this.isLimited = isLimited;
        this.arrivals = arrivals;
        unvisited.push(future);
    }

    void help() {
        LoopFuture<?> next = unvisited.poll();
        while (next != null && !future.isDone()) {
            visit(next);
            next = unvisited.poll();
        }
    }

    /** The future waits for this one, too. */
    void later(@Nullable LoopFuture<?> next) {
        if (next != null) {
            unvisited.push(next);
        }
    }

    private void visit(LoopFuture<?> next) {
        looks++;
        if (next.isDone() || !visited.add(next)) {
            return;
        }
        if (next instanceof Call<?> call) {
            visitCall(call);
            return;
        }
        Link link = next.link();
        if (link instanceof Link.OpenEnd end) {
            if (end.tell(arrivals)) {
                openEnds.add(end);
            } else {
                link = next.link(); // the active thread has led it on meanwhile, and did so before it said so
            }
        }
        if (link != null) {
            later(link.source()); // null when it has ended meanwhile
            later(link.other());
        }
    }

    /** Runs the operation of a call that is still queued, unless it belongs to another loop, whose threads know nothing of this one. */
    @SuppressWarnings("ReferenceEquality") // the very same run is meant
    private void visitCall(Call<?> call) {
        if (call.run != future.run) {
            return;
        }
        if (!call.isQueued() || call.isHeld()) {
            leavesHeldCalls |= call.mayWaitAgain();
            return;
        }
        if (isLimited && worker.pool(call.lane()).hasTaker()) {
            return; // it can be waited for without that
        }
        if (worker.mayNest()) {
            worker.help(call);
            leavesHeldCalls |= !call.isDone() && call.mayWaitAgain(); // its attempt has failed
        } else {
            leavesCalls = true;
        }
    }

    boolean hasOpenEnds() {
        return !openEnds.isEmpty();
    }

    /** Whether there may be operations that this thread does not run. */
    boolean leavesWork() {
        return leavesCalls || hasOpenEnds();
    }

    /** Whether there are operations for which a thread has to be there later. */
    boolean leavesHeldCalls() {
        return leavesHeldCalls;
    }

    long looks() {
        return looks;
    }

    /** The wait is over: nothing is to be told any more. */
    void forget() {
        openEnds.forEach(end -> end.forget(arrivals));
    }
}
