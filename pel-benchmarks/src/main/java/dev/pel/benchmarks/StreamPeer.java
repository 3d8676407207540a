package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.ThreadKind;
import dev.pel.flow.StreamReport;
import dev.pel.flow.WorkStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What makes a call of each of many items, so many of them at once. */
interface StreamPeer extends AutoCloseable {
    /**
     * Runs the operations of all items, on threads of a pool, and waits for their end.
     *
     * @param items their bodies do not run
     * @param concurrency how many are under way at once at most
     * @param patience for how many seconds at most
     */
    void run(List<? extends Job> items, int concurrency, int patience) throws Exception;

    /** Ends all threads. Called when nothing is in flight. */
    @Override
    void close();

    /**
     * Makes a peer.
     *
     * @param name its name
     * @param threads how many run operations
     * @return the peer, started
     */
    static StreamPeer open(String name, int threads) {
        Load load = new Load(threads, 1);
        return switch (name) {
            case Peers.PEL -> new Pel(PelPeer.shipped(load, ThreadKind.PLATFORM), false);
            case Peers.PEL_CORE -> new Pel(PelPeer.core(load), false);
            case Peers.PEL_READING -> new Pel(PelPeer.core(load), true);
            case "semaphore" -> new Feeder(Executors.newFixedThreadPool(threads));
            case "reactor" ->
                new Reactor(
                        Schedulers.newBoundedElastic(threads, Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, "elastic"));
            default -> throw new IllegalArgumentException("There is no peer '%s' with streams".formatted(name));
        };
    }

    /** {@code loop.forEach(items).concurrency(n).run(item -> loop.next(item))}, of a collection or of what may block when it is read. */
    record Pel(PelPeer peer, boolean isIterator) implements StreamPeer {
        @Override
        public void run(List<? extends Job> items, int concurrency, int patience) throws Exception {
            EventLoop loop = peer.loop();
            WorkStream<Job> stream = isIterator ? loop.forEach(items.iterator()) : loop.forEach(items);
            StreamReport report = stream.concurrency(concurrency)
                    .run(item -> loop.next(item))
                    .future()
                    .get(patience, TimeUnit.SECONDS);
            if (!report.isClean() || report.done() != items.size()) {
                throw new IllegalStateException("%d items gave %s".formatted(items.size(), report));
            }
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /** {@code supplyAsync} on a fixed pool, by a thread that takes a permit for each item; its completion gives it back. */
    record Feeder(ExecutorService pool) implements StreamPeer {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the scenario counts what has run
        public void run(List<? extends Job> items, int concurrency, int patience) throws InterruptedException {
            Semaphore permits = new Semaphore(concurrency);
            for (Job item : items) {
                take(permits, 1, patience);
                CompletableFuture.supplyAsync(item, pool).whenComplete((value, error) -> permits.release());
            }
            take(permits, concurrency, patience);
        }

        private static void take(Semaphore permits, int count, int patience) throws InterruptedException {
            if (!permits.tryAcquire(count, patience, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Not everything was delivered within %d s".formatted(patience));
            }
        }

        @Override
        public void close() {
            pool.shutdown();
        }
    }

    /** {@code flatMap} of so many at once, each subscribed on bounded elastic. */
    record Reactor(Scheduler elastic) implements StreamPeer {
        @Override
        public void run(List<? extends Job> items, int concurrency, int patience) {
            Flux.fromIterable(items)
                    .flatMap(item -> Mono.<Integer>fromCallable(item).subscribeOn(elastic), concurrency)
                    .then()
                    .block(Duration.ofSeconds(patience));
        }

        @Override
        public void close() {
            elastic.dispose();
        }
    }
}
