package dev.pel;

import org.jspecify.annotations.Nullable;

/** The handle of {@code thenCompose} and its like: it ends as the future does that the function gives. */
final class Composed<T extends @Nullable Object> extends WaitingFuture<T> {
    /** The handle of the function; null until it is attached. */
    private volatile @Nullable LoopFuture<?> hop;

    Composed(LoopFuture<?> source) {
        super(source);
    }

    /** Called by the attaching thread. A concurrent active thread may have run the function by then, and nothing is left to end. */
    void hop(LoopFuture<?> function) {
        hop = function;
    }

    /** Whoever ends this future wants nothing of it any more: the function does not run, and the next call does not start. */
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
