package dev.pel.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK with handles: {@code supplyAsync} on a fixed pool, {@code thenAcceptAsync} on a single thread. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
final class JdkPeer implements Peer {
    private final ExecutorService pool;
    private final ExecutorService computing;
    private final ExecutorService active = Executors.newSingleThreadExecutor();

    private JdkPeer(ExecutorService pool, ExecutorService computing) {
        this.pool = pool;
        this.computing = computing;
    }

    /** One pool for everything, as {@code supplyAsync} is used. */
    static JdkPeer onePool(Load load) {
        ExecutorService pool = Executors.newFixedThreadPool(load.threads());
        return new JdkPeer(pool, pool);
    }

    /** A second pool for computations, as large as pel's work lane: for whoever knows that he needs one. */
    static JdkPeer twoPools(Load load) {
        return new JdkPeer(
                Executors.newFixedThreadPool(load.threads()),
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1)));
    }

    @Override
    public void next(Job job) {
        CompletableFuture.supplyAsync(job, pool).thenAcceptAsync(job, active);
    }

    @Override
    public void compute(Job job) {
        CompletableFuture.supplyAsync(job, computing).thenAcceptAsync(job, active);
    }

    @Override
    public void post(Post post) {
        CompletableFuture.runAsync(post, active);
    }

    @Override
    public void close() {
        pool.shutdown();
        computing.shutdown();
        active.shutdown();
    }
}
