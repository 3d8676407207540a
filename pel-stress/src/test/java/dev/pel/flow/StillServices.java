package dev.pel.flow;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.OpenPromises;
import dev.pel.Outcome;
import dev.pel.Task;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The services of a loop on which nothing happens by itself: what would run is kept. */
final class StillServices implements StreamServices {
    private final OpenPromises promises = new OpenPromises();

    /** The latest promise. */
    volatile @Nullable LoopFuture<Boolean> signal;

    /** The latest operation. */
    volatile @Nullable Task operation;

    @Override
    public LoopFuture<Boolean> signal() {
        LoopFuture<Boolean> fresh = promises.open();
        signal = fresh;
        return fresh;
    }

    @Override
    public LoopFuture<@Nullable Void> block(Task code) {
        operation = code;
        return promises.open();
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Duration turnBudget() {
        return Duration.ZERO;
    }

    @Override
    public boolean isFull(Lane lane) {
        return false;
    }

    @Override
    public LoopState state() {
        return LoopState.RUNNING;
    }

    @Override
    public LoopFuture<@Nullable Void> wait(Duration time) {
        return promises.open();
    }

    @Override
    public LoopFuture<StreamReport> handle(Consumer<Outcome> onEnd) {
        throw new UnsupportedOperationException("no stream is run");
    }

    @Override
    public <R extends @Nullable Object> LoopFuture<R> adopt(CompletionStage<R> stage) {
        throw new UnsupportedOperationException("no item is begun");
    }

    @Override
    public void tell(Event event) {
        throw new UnsupportedOperationException("nobody listens");
    }
}
