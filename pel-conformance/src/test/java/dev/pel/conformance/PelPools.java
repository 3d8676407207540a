package dev.pel.conformance;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import io.vertx.core.spi.ExecutorServiceFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes Vert.x's worker pools of pel's passive lanes. Vert.x finds it under the name of the interface {@code VertxServiceProvider};
 * under that of the interface implemented here it would not, and say nothing, so those who use it look at what it has made.
 */
public final class PelPools implements ExecutorServiceFactory {
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final EntryCount ENTRIES = new EntryCount();

    /** How many pools there have been. */
    static int made() {
        return MADE.get();
    }

    /** How many commands of Vert.x lanes have run. */
    static long entries() {
        return ENTRIES.run();
    }

    @Override
    public ExecutorService createExecutor(ThreadFactory threads, Integer concurrency, Integer maxConcurrency) {
        EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
                .withName("vertx-pool-" + MADE.incrementAndGet())
                .withPassive(passive -> passive.withThreads(maxConcurrency).withCapacity(1_000_000))
                .withWork(work -> work.withThreads(1))
                .withListener(ENTRIES)
                .withThreadFactory(threads));
        loop.start();
        return new LaneExecutorService(loop);
    }
}
