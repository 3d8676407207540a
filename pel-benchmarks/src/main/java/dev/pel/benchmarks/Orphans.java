package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.ThreadKind;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What becomes of calls when what runs them is closed: six calls on one thread, closed while the first one runs. Whoever
 * waits for a handle that never ends waits for ever.
 */
final class Orphans {
    private static final int CALLS = 6;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(20);

    private final Duration call;
    private final Duration closeAfter;

    /**
     * For one run.
     *
     * @param call how long each call takes
     * @param closeAfter how long after the submission the close begins
     */
    Orphans(Duration call, Duration closeAfter) {
        this.call = call;
        this.closeAfter = closeAfter;
    }

    /**
     * What became of the calls of one contender.
     *
     * @param name the library, and how it was closed
     * @param completed how many handles have the result
     * @param failed how many handles ended otherwise
     * @param neverEnded how many handles are still open when the close is over and all calls could have run twice
     */
    record Fate(String name, int completed, int failed, int neverEnded) {}

    /** Someone who runs calls on one thread, and can be closed. */
    private interface Contender {
        Future<Integer> submit(Callable<Integer> operation);

        void close() throws Exception;
    }

    /** Runs all contenders, side by side: they only sleep. */
    List<Fate> run() throws Exception {
        Map<String, Callable<Contender>> contenders = new LinkedHashMap<>();
        contenders.put("pel: `close()`", Orphans::pel);
        contenders.put("Vert.x: `close()`", Orphans::vertx);
        contenders.put("Reactor: `dispose()`", () -> reactor(false));
        contenders.put("Reactor: `disposeGracefully()`", () -> reactor(true));
        contenders.put("Netty: `shutdownGracefully()`", Orphans::netty);
        contenders.put("JDK: `shutdown()`, `awaitTermination`", () -> jdk(false));
        contenders.put("JDK: `shutdownNow()`", () -> jdk(true));
        contenders.put("Spring `@Async`: context closed", () -> spring(false));
        contenders.put("Spring `@Async`: closed, told to wait for 20 s", () -> spring(true));
        ExecutorService side = Executors.newFixedThreadPool(contenders.size());
        try {
            List<Future<Fate>> fates = new ArrayList<>();
            contenders.forEach((name, contender) -> fates.add(side.submit(() -> fate(name, contender.call()))));
            List<Fate> all = new ArrayList<>();
            for (Future<Fate> fate : fates) {
                all.add(fate.get());
            }
            return all;
        } finally {
            side.shutdown();
        }
    }

    private Fate fate(String name, Contender contender) throws Exception {
        List<Future<Integer>> handles = IntStream.range(0, CALLS)
                .mapToObj(number -> contender.submit(() -> {
                    Thread.sleep(call.toMillis());
                    return number;
                }))
                .toList();
        Thread.sleep(closeAfter.toMillis());
        contender.close();
        long giveUpAt = System.nanoTime() + 2 * CALLS * call.toNanos();
        while (handles.stream().anyMatch(handle -> !handle.isDone()) && System.nanoTime() < giveUpAt) {
            Thread.sleep(1);
        }
        int completed = 0;
        int failed = 0;
        int open = 0;
        for (int i = 0; i < CALLS; i++) {
            Future<Integer> handle = handles.get(i);
            if (!handle.isDone()) {
                open++;
            } else if (hasResult(handle, i)) {
                completed++;
            } else {
                failed++;
            }
        }
        return new Fate(name, completed, failed, open);
    }

    private static boolean hasResult(Future<Integer> handle, int expected) throws InterruptedException {
        try {
            return handle.get() == expected;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.CancellationException e) {
            return false;
        }
    }

    static Table table(List<Fate> fates) {
        return new Table(
                List.of("library, and how it is closed", "completed", "failed", "never ended"),
                fates.stream()
                        .map(fate -> List.of(
                                fate.name(),
                                Integer.toString(fate.completed()),
                                Integer.toString(fate.failed()),
                                Integer.toString(fate.neverEnded())))
                        .toList());
    }

    private static Contender pel() {
        ShippedLoop shipped = new ShippedLoop(new Load(1, CALLS), ThreadKind.PLATFORM);
        EventLoop loop = shipped.loop();
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return loop.next(operation);
            }

            @Override
            public void close() {
                loop.close();
                shipped.close();
            }
        };
    }

    private static Contender vertx() {
        Vertx vertx = Vertx.vertx();
        WorkerExecutor worker = vertx.createSharedWorkerExecutor("orphans", 1);
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return worker.executeBlocking(operation, false)
                        .toCompletionStage()
                        .toCompletableFuture();
            }

            @Override
            public void close() throws Exception {
                vertx.close().toCompletionStage().toCompletableFuture().get();
            }
        };
    }

    private static Contender reactor(boolean gracefully) {
        Scheduler elastic = Schedulers.newBoundedElastic(1, CALLS, "orphans");
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return Mono.<Integer>fromCallable(operation)
                        .subscribeOn(elastic)
                        .toFuture();
            }

            @Override
            public void close() {
                if (gracefully) {
                    elastic.disposeGracefully().block(CLOSE_DEADLINE);
                } else {
                    elastic.dispose();
                }
            }
        };
    }

    private static Contender netty() {
        DefaultEventExecutor executor = new DefaultEventExecutor();
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return executor.submit(operation);
            }

            @Override
            public void close() throws Exception {
                executor.shutdownGracefully().get();
            }
        };
    }

    private static Contender jdk(boolean now) {
        ExecutorService executor = Executors.newFixedThreadPool(1);
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return operation.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        executor);
            }

            @Override
            public void close() throws InterruptedException {
                if (now) {
                    executor.shutdownNow();
                } else {
                    executor.shutdown();
                    if (!executor.awaitTermination(CLOSE_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                        throw new IllegalStateException("The executor did not end");
                    }
                }
            }
        };
    }

    private static Contender spring(boolean waiting) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "orphans",
                        Map.of(
                                "spring.task.execution.pool.core-size",
                                1,
                                "spring.task.execution.shutdown.await-termination",
                                waiting,
                                "spring.task.execution.shutdown.await-termination-period",
                                CLOSE_DEADLINE)));
        context.register(Application.class, Service.class);
        context.refresh();
        Service service = context.getBean(Service.class);
        return new Contender() {
            @Override
            public Future<Integer> submit(Callable<Integer> operation) {
                return service.call(operation);
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }

    @EnableAsync
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(TaskExecutionAutoConfiguration.class)
    static class Application {}

    /** A bean that offloads. */
    static class Service {
        @Async
        public CompletableFuture<Integer> call(Callable<Integer> operation) {
            try {
                return CompletableFuture.completedFuture(operation.call());
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
