package dev.pel.benchmarks;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Spring: {@code submitCompletable} on a {@code ThreadPoolTaskExecutor}, {@code thenAcceptAsync} on one of a single thread. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
final class SpringPeer implements Peer {
    private final ThreadPoolTaskExecutor pool;
    private final ThreadPoolTaskExecutor active = executor(1, "active-");

    SpringPeer(Load load) {
        this.pool = executor(load.threads(), "pool-");
    }

    private static ThreadPoolTaskExecutor executor(int threads, String prefix) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(threads);
        executor.setMaxPoolSize(threads);
        executor.setThreadNamePrefix(prefix);
        executor.initialize();
        return executor;
    }

    @Override
    public void next(Job job) {
        pool.submitCompletable(job).thenAcceptAsync(job, active);
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
