package dev.pel;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The future between two others and their common dependent: it ends when both have ended, or with the first that does. When that one
 * dependent is ended from outside, both futures let go of this one.
 */
@SuppressWarnings("ReferenceEquality") // the very same of the two is meant
final class Gate<T extends @Nullable Object> extends WaitingFuture<T> {
    private final Outsider<T> first;
    private final Outsider<T> second;
    private final boolean both;
    private final boolean cancelsUpstream;
    private final AtomicInteger missing;

    /**
     * Whether the first future alone decides, because the loop has stopped and does not wait for the second. Set before this is registered.
     */
    private boolean onlyFirst;

    /** Where it waits for the ends of futures that others wait for as well; null where it is registered with the future itself. */
    private volatile SharedEnds.@Nullable Entry firstEntry;

    private volatile SharedEnds.@Nullable Entry secondEntry;

    private volatile @Nullable Throwable firstError;
    private volatile @Nullable Throwable secondError;

    Gate(LoopFuture<?> one, CompletableFuture<?> other, boolean both) {
        super(one);
        this.first = new Outsider<>(this, one);
        this.second = new Outsider<>(this, other);
        this.both = both;
        this.cancelsUpstream = one.cancelsUpstream() || (other instanceof LoopFuture<?> pel && pel.cancelsUpstream());
        this.missing = new AtomicInteger(both ? 2 : 1);
    }

    /** Attaches a function that runs when both have succeeded. The caller has made sure of the stack, as with all of these. */
    static <A extends @Nullable Object, B extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> both(
            LoopFuture<A> first,
            CompletionStage<B> other,
            Executor executor,
            BiFunction<? super A, ? super B, ? extends U> function) {
        CompletableFuture<B> second = future(other, first);
        return Gate.<Object, U>attach(first, second, true, executor, (nothing, error) -> {
            Causes.value(nothing, error);
            return function.apply(first.join(), second.join());
        });
    }

    /** Attaches a function that runs with the first of two ends. */
    static <V extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> either(
            LoopFuture<?> first,
            CompletionStage<?> other,
            Executor executor,
            BiFunction<? super V, ? super @Nullable Throwable, ? extends U> function) {
        return attach(first, future(other, first), false, executor, function);
    }

    /**
     * Attaches a function to two futures. The gate opens when both have ended, or the first of them; what depends on the gate passes
     * through the queue of the active lane like everything else.
     */
    static <V extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> attach(
            LoopFuture<?> first,
            CompletableFuture<?> second,
            boolean both,
            Executor executor,
            BiFunction<? super V, ? super @Nullable Throwable, ? extends U> function) {
        Objects.requireNonNull(second, "other"); // a foreign stage may be no future
        first.observe();
        Gate<V> gate = new Gate<>(first, second, both);
        if (second instanceof LoopFuture<?> pel) {
            takesOver(pel, first);
            gate.via(new Link(first, pel));
        } else {
            gate.via(new Link(first));
        }
        if (gate.isOutside(second) && (both || gate.isOutside(first))) { // else it ends in any case with the first
            gate.waitOutside(first.isBound());
        }
        LoopFuture<U> result = gate.link(executor, OnlyAfter.of(false, gate, executor, function), gate.context);
        gate.opensWith(first, second);
        return result;
    }

    @Override
    boolean cancelsUpstream() {
        return cancelsUpstream;
    }

    @Override
    boolean needsAll() {
        return both && super.needsAll();
    }

    /**
     * Registers this, because the second future is not the loop's: the drain waits for it, and the stop ends it. After the stop this ends
     * with the first future, if the loop ends that one, and else at once.
     */
    private void waitOutside(boolean firstEnds) {
        onlyFirst = firstEnds && run.queue.isClosed();
        if (!onlyFirst) {
            waitOutside();
        }
    }

    /** Registers with both futures, after the dependent is attached. Ends at once when registering with a foreign future throws. */
    private void opensWith(LoopFuture<?> one, CompletableFuture<?> other) {
        if (!both && one.isDone() && other instanceof LoopFuture<?> pel) {
            secondError = pel.error(); // the first ends this one at once
        }
        if (first.register()) {
            firstEntry = registered(first, one);
        }
        if (second.register()) {
            try {
                secondEntry = registered(second, other);
            } catch (Throwable e) { // its own handle method has thrown
                end(Outcome.FAILED, null, Causes.wrap(e), false);
            }
        }
        // a concurrent end, or the end of all that was attached, says so and then looks for the entries: one sees the
        // other
        if (!isHeld()) {
            leave();
        }
    }

    @SuppressWarnings("unchecked") // the future ends with a T
    private SharedEnds.@Nullable Entry registered(Outsider<T> callback, CompletableFuture<?> future) {
        if (!both && !future.isDone() && Chain.mayBeShared(future)) {
            EndCallback<?> any = callback;
            return run.sharedEnds.add(future, (EndCallback<@Nullable Object>) any);
        }
        tell(future, callback);
        return null;
    }

    private void leave() {
        leave(firstEntry);
        leave(secondEntry);
    }

    private static void leave(SharedEnds.@Nullable Entry entry) {
        if (entry != null) {
            entry.remove();
        }
    }

    @Override
    void arrived(Outsider<T> from, T value, @Nullable Throwable error) {
        if (from == first) {
            firstError = error;
        } else {
            secondError = error;
        }
        int left = missing.decrementAndGet();
        if (left > 0 && onlyFirst && from == first) {
            if (error == null) {
                stop();
            } else {
                relay.accept(value, error); // the second cannot change it
            }
        } else if (left == 0) {
            // of both the failure of the first counts before that of the second, as with the JDK
            Throwable known = both || error != null ? JoinedFailure.of(firstError, secondError) : null;
            relay.accept(value, known);
        }
    }

    /** Its one dependent has been ended from outside, and nothing will ever be attached again: both futures let go of it. */
    @Override
    void holdAs(int way) {
        if (way != STRONG) {
            first.hold(null);
            second.hold(null);
            leave();
            run.cameFromOutside(this);
        }
    }

    @Override
    void tellCallers(boolean wanted) {
        first.tellCaller(wanted);
        second.tellCaller(wanted);
    }

    @Override
    boolean mayBeWeak() {
        return true;
    }
}
