package dev.pel.benchmarks;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Vert.x: unordered {@code executeBlocking} of one event-loop context, whose thread runs the bodies. */
final class VertxPeer implements Peer {
    private final Vertx vertx;
    private final Context context;

    VertxPeer(Load load) {
        this.vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(load.threads()));
        this.context = vertx.getOrCreateContext();
    }

    @Override
    public void next(Job job) {
        context.executeBlocking(job, false).onSuccess(job);
    }

    @Override
    public void post(Post post) {
        context.runOnContext(post);
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
