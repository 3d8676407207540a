package dev.pel;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The handle of {@code thenCompose} and its like: it ends as the future does that the function gives. */
final class Composed<T extends @Nullable Object> extends WaitingFuture<T> {
    /** The handle of the function; null until it is attached. */
    private volatile @Nullable LoopFuture<?> hop;

    /** The callback that is registered with the future that the function returned; null until then. */
    private volatile @Nullable Outsider<T> arm;

    /** The weak reference by which the loop and that future hold this one while its result is not wanted; null when they always hold it. */
    private ForeignFutures.@Nullable Faint<LoopFuture<?>> faint;

    private boolean outside;
    private volatile boolean cancelsUpstream;

    Composed(LoopFuture<?> source) {
        super(source);
        this.cancelsUpstream = source.cancelsUpstream();
    }

    /** Attaches a function that returns the stage as which the result ends. The caller has made sure of the stack. */
    static <T extends @Nullable Object, U extends @Nullable Object> LoopFuture<U> attach(
            LoopFuture<T> source,
            boolean afterFailure,
            Executor executor,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends CompletionStage<U>> function) {
        Composed<U> result = new Composed<>(source);
        BiFunction<T, @Nullable Throwable, @Nullable Void> goOn = (value, error) -> {
            if (!result.isDone()) { // else a concurrent cancel or timeout has ended it, but not yet the hop
                CompletableFuture<U> inner = future(
                        Objects.requireNonNull(
                                function.apply(value, error),
                                "The function of a composition has returned null instead of a stage"),
                        source);
                result.follow(inner, result.isOutside(inner));
            }
            return null;
        };
        result.hopsBy(source.link(executor, OnlyAfter.of(afterFailure, source, executor, goOn), result.context));
        return result;
    }

    /** Called by the attaching thread. A concurrent active thread may have run the function by then, and nothing is left to end. */
    private void hopsBy(LoopFuture<@Nullable Void> function) {
        leadTo(new Link.OpenEnd(function)); // unless the function has run meanwhile, and knows better
        function.observe(); // when it fails, or the loop stops before it could run, this takes the failure over
        hop = function;
        function.tell((nothing, error) -> {
            if (error != null) {
                functionFailed(error);
            }
        });
    }

    /** The function has given the future that this one is to end as. */
    private void follow(CompletableFuture<T> next, boolean isOutside) {
        if (next instanceof LoopFuture<T> pel && Chain.needs(pel, this)) {
            throw new IllegalStateException(
                    "The function of a composition has returned the handle of that composition, or one that"
                            + " waits for it: neither would ever end. Return a stage that ends by itself, such as loop.next(operation).");
        }
        if (next instanceof LoopFuture<T> pel && pel.cancelsUpstream()) {
            cancelsUpstream = true;
        }
        Outsider<T> fresh = new Outsider<>(this, next);
        if (isOutside || fresh.isCallerCounting()) {
            faint = run.foreign.faint(this);
        }
        outside = isOutside;
        if (isOutside) {
            waitOutside(); // before a concurrent thread that sees the arm may take it out again
        }
        arm = fresh;
        // a concurrent cancel or timeout says that this has ended and looks for the arm then: one of the two sees the
        // other
        if (hasEnded() || !fresh.register()) {
            return; // nobody is to hold it
        }
        tell(next, fresh);
        if (next instanceof LoopFuture<T> pel) {
            ledTo(pel);
        }
        look(); // what was attached may have been ended already
    }

    @Override
    void arrived(Outsider<T> from, T value, @Nullable Throwable error) {
        relay.accept(value, error);
    }

    @Override
    boolean mayBeWeak() {
        Outsider<T> known = arm;
        return known != null && known.isRegistered() && faint != null;
    }

    @Override
    void holdAs(int way) {
        Outsider<T> known = arm;
        ForeignFutures.Faint<LoopFuture<?>> weak = faint;
        if (known == null) {
            return;
        }
        known.hold(way == STRONG ? this : way == WEAK ? weak : null);
        if (outside && weak != null) {
            if (way == WEAK) {
                run.idlesOutside(this, weak);
            } else {
                run.foreign.removeIdle(weak);
            }
            if (way == STRONG) {
                run.waitsOutside(this);
            }
        }
    }

    @Override
    void tellCallers(boolean wanted) {
        Outsider<T> known = arm;
        if (known != null) {
            known.tellCaller(wanted);
        }
    }

    /**
     * Takes the failure of the function over, unless the end of this future is its cause: that end may not be made yet, when a
     * completion thread makes it.
     */
    private void functionFailed(Throwable error) {
        if (hop != null) {
            relay.accept(null, error);
        }
    }

    @Override
    boolean cancelsUpstream() {
        return cancelsUpstream;
    }

    @Override
    @Nullable LoopFuture<?> detached() {
        lostOne();
        if (!cancelsUpstream || isAttachedTo() || run.isOver()) {
            return null;
        }
        if (!super.end(Outcome.CANCELLED, null, NobodyWantsIt.dependentsHaveEnded(), true)) {
            return null;
        }
        LoopFuture<?> function = hop;
        hop = null;
        LoopFuture<?> source = function == null ? null : function.source();
        // finish, not end, which would recurse to the source: a chain may be longer than the stack is deep
        return function != null && function.finish(Outcome.CANCELLED, NobodyWantsIt.dependentsHaveEnded())
                ? source
                : null;
    }

    /** Ends this future; its function then does not run, and does not start the next call. */
    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        LoopFuture<?> function = hop;
        if (ended && function != null) {
            hop = null;
            if (error == null || function.isDone()) {
                function.cancel(false);
            } else {
                function.end(outcome, null, error, false);
            }
        }
        return ended;
    }
}
