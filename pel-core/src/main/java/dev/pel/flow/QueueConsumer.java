package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.CallStoppedException;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Takes the items of a queue, one after the other: it pops, and when it is through with an item it pops again. */
final class QueueConsumer<T> {
    private final LoopQueue<T> queue;
    private final CallSpec calls;
    private final LoopFuture<@Nullable Void> handle;
    private final Consumption<? super T> code;

    /** Succeeds when the consumer before this one has left. */
    private final LoopFuture<Boolean> turn;

    /** The request that waits, or was answered last. */
    private volatile @Nullable LoopFuture<T> pop;

    /** The next consumer, which waits until this one has left; this one itself when it has. */
    private final AtomicReference<@Nullable QueueConsumer<T>> successor = new AtomicReference<>();

    QueueConsumer(LoopQueue<T> queue, CallSpec calls, Consumption<? super T> code) {
        this.queue = queue;
        this.calls = calls;
        this.handle = calls.backgroundPromise();
        this.turn = calls.backgroundPromise();
        this.code = code;
    }

    /** What is done with an item. */
    @FunctionalInterface
    interface Consumption<T> {
        /** Runs on the active thread; returns what the next item has to wait for, or null. */
        @Nullable CompletionStage<? extends @Nullable Object> take(T item) throws Exception;
    }

    LoopFuture<@Nullable Void> handle() {
        return handle;
    }

    /** On the thread of the user, in whose context all items are consumed; after the one before, whose present item may still be in its call. */
    @SuppressWarnings("FutureReturnValueIgnored") // it cannot fail
    void beginAfter(@Nullable QueueConsumer<T> before) {
        handle.handle((nothing, end) -> {
            LoopFuture<T> waiting = pop;
            queue.lookWhetherDrainWaits();
            return waiting != null && waiting.cancel(false); // an item that has just come is its last
        });
        if (before == null || !before.successor.compareAndSet(null, this)) {
            next(); // no other is there, or a concurrent thread has just had it leave
        } else {
            turn.handle((isFree, end) -> {
                next();
                return null;
            });
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure, that of the item, reaches the error handler
    private void next() {
        if (handle.isDone()) {
            leave();
            return;
        }
        LoopFuture<T> request = queue.pop();
        pop = request;
        if (handle.isDone()) { // the concurrent thread that has ended it may have seen the request before
            request.cancel(false);
        }
        request.handle((item, end) -> {
            if (end == null) {
                take(request, item);
            } else {
                leave();
            }
            return null;
        });
    }

    private void take(LoopFuture<T> request, T item) {
        // a completion thread runs this, and a body may still be on the active thread; a handle that was cancelled
        // before the stop does not say so
        if (handle.outcome() == Outcome.STOPPED || !calls.accepts()) {
            queue.putBack(item);
            leave();
            return;
        }
        CompletionStage<? extends @Nullable Object> stage = null;
        try {
            stage = code.take(item);
        } catch (Throwable e) {
            queue.consumerFailed();
            throw new CompletionException(e); // it reaches the error handler
        } finally {
            if (stage == null) {
                next();
            }
        }
        if (stage != null) {
            nextAfter(request, stage);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure, that of the stage, reaches the error handler
    private void nextAfter(LoopFuture<T> request, CompletionStage<? extends @Nullable Object> stage) {
        request.thenCompose(item -> stage.thenApply(result -> item)).handle((item, failure) -> {
            next();
            if (failure != null) {
                queue.consumerFailed();
                tell(failure);
            }
            return null;
        });
    }

    /** What others have ended on purpose is no news. */
    private static void tell(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof CancellationException || cause instanceof CallStoppedException)) {
            throw new CompletionException(cause);
        }
    }

    @SuppressWarnings("NullAway") // the only value of a handle without one is null
    private void leave() {
        queue.left(this);
        queue.lookWhetherDrainWaits(); // also when a drain has refused the first request of one that has just begun
        if (queue.isOver()) {
            handle.complete(null);
        }
        QueueConsumer<T> next = successor.getAndSet(this);
        if (next != null && next != this) {
            next.turn.complete(true);
        }
    }
}
