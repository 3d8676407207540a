package dev.pel.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** An {@code @Async} method of a bean on the executor that Boot makes, with nothing carried; the body on a single thread. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
final class AsyncMethodPeer implements Peer {
    private final AnnotationConfigApplicationContext context =
            new AnnotationConfigApplicationContext(Application.class, Service.class);
    private final Service service = context.getBean(Service.class);
    private final ExecutorService active = Executors.newSingleThreadExecutor();

    @Override
    public void next(Job job) {
        service.call(job).thenAcceptAsync(job, active);
    }

    @Override
    public void post(Post post) {
        active.execute(post);
    }

    @Override
    public void close() {
        context.close();
        active.shutdown();
    }

    @EnableAsync
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(TaskExecutionAutoConfiguration.class)
    static class Application {}

    /** A bean that offloads. */
    static class Service {
        @Async
        public CompletableFuture<Integer> call(Job job) {
            return CompletableFuture.completedFuture(job.call());
        }
    }
}
