package dev.pel.benchmarks;

import io.vertx.core.Context;
import io.vertx.core.Future;
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
        Future<Integer> result = context.executeBlocking(job, false);
        if (result.isComplete()) {
            // attached now, the body would run right here, inside the one that made the call: a long chain of
            // operations that
            // are done at once would overflow the stack
            context.runOnContext(nothing -> result.onSuccess(job));
        } else {
            result.onSuccess(job);
        }
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
