package dev.pel.flow;

import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One item that is under way, or whose result waits for those before it. Confined to the active thread. */
final class Slot<T, R extends @Nullable Object> {
    final T item;
    final long index;

    /** What the function has returned. */
    private @Nullable CompletionStage<? extends R> stage;

    /** The same as a handle of the loop. */
    private @Nullable LoopFuture<? extends R> handle;

    private boolean ended;
    private boolean givenUp;
    private @Nullable R value;
    private @Nullable Throwable error;

    @Nullable Slot<T, R> before;

    @Nullable Slot<T, R> after;

    Slot(T item, long index) {
        this.item = item;
        this.index = index;
    }

    void begun(CompletionStage<? extends R> begun, LoopFuture<? extends R> adopted) {
        stage = begun;
        handle = adopted;
    }

    void end(@Nullable R result, @Nullable Throwable failure) {
        ended = true;
        value = result;
        error = failure;
        stage = null;
        handle = null;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean hasFailed() {
        return error != null;
    }

    @Nullable R value() {
        return value;
    }

    /** Its end does not matter any more: ends the call, and what it was adopted from, where that can be cancelled. */
    void giveUp(Consumer<Task> others) {
        givenUp = true;
        LoopFuture<? extends R> call = handle;
        if (call != null) {
            call.cancel(true);
        }
        if (stage instanceof Future<?> future && !future.isDone()) {
            others.accept(() -> future.cancel(true));
        }
    }

    boolean isGivenUp() {
        return givenUp;
    }
}
