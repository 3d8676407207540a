package dev.pel.benchmarks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK without handles: {@code execute} on a fixed pool, {@code execute} on a single thread. */
final class LeanJdkPeer implements Peer {
    private final ExecutorService pool;
    private final ExecutorService active = Executors.newSingleThreadExecutor();

    LeanJdkPeer(Load load) {
        this.pool = Executors.newFixedThreadPool(load.threads());
    }

    @Override
    public void next(Job job) {
        pool.execute(() -> {
            Integer value = job.call();
            active.execute(() -> job.accept(value));
        });
    }

    @Override
    public void post(Post post) {
        active.execute(post);
    }

    @Override
    public void close() {
        pool.shutdown();
        active.shutdown();
    }
}
