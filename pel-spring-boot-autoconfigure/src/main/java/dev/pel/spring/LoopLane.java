package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** A lane, seen through its loop: so it stays the right one when the loop starts again. */
record LoopLane(EventLoop loop, Lane lane) implements PelLane {
    @Override
    public LoopFuture<@Nullable Void> enqueue(Task task) {
        return loop.enqueue(lane, task);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> enqueue(Callable<? extends T> task) {
        return loop.enqueue(lane, task);
    }

    @Override
    public ExecutorService executorService() {
        return new LaneExecutorService(loop, lane);
    }

    @Override
    public int size() {
        return loop.size(lane);
    }

    @Override
    public int running() {
        return loop.running(lane);
    }

    @Override
    public int capacity() {
        return stats().capacity();
    }

    @Override
    public boolean isFull() {
        return loop.isFull(lane);
    }

    @Override
    public void resize(int threads) {
        loop.resize(lane, threads);
    }

    @Override
    public LaneStats stats() {
        return loop.stats().lane(lane);
    }

    @Override
    public String toString() {
        return "%s lane of loop '%s'".formatted(lane, loop.options().name());
    }
}
