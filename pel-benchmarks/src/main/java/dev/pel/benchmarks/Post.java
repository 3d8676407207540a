package dev.pel.benchmarks;

import dev.pel.Task;
import io.vertx.core.Handler;

/** A task for the one thread, as every peer wants to be given it. */
abstract class Post implements Runnable, Task, Handler<Void> {
    @Override
    public abstract void run();

    @Override
    public final void handle(Void nothing) {
        run();
    }

    static Post of(Runnable task) {
        return new Post() {
            @Override
            public void run() {
                task.run();
            }
        };
    }
}
