package dev.pel.benchmarks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A virtual thread per call, bounded by a semaphore as JEP 444 recommends, and a single thread for the bodies. Reached by
 * reflection, because these classes are for Java 17.
 */
final class VirtualPeer implements Peer {
    private final ExecutorService threads = perTask();
    private final Semaphore places;
    private final ExecutorService active = Executors.newSingleThreadExecutor();

    VirtualPeer(Load load) {
        this.places = new Semaphore(load.threads());
    }

    private static ExecutorService perTask() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Virtual threads need Java 21", e);
        }
    }

    @Override
    public void next(Job job) {
        threads.execute(() -> {
            places.acquireUninterruptibly();
            Integer value;
            try {
                value = job.call();
            } finally {
                places.release();
            }
            active.execute(() -> job.accept(value));
        });
    }

    @Override
    public void post(Post post) {
        active.execute(post);
    }

    @Override
    public void close() {
        threads.shutdown();
        active.shutdown();
    }
}
