package dev.pel.benchmarks;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reactor: {@code fromCallable} subscribed on bounded elastic (computations on parallel), published on a single thread. */
final class ReactorPeer implements Peer {
    private final Scheduler elastic;
    private final Scheduler parallel = Schedulers.newParallel("parallel");
    private final Scheduler active = Schedulers.newSingle("active");

    ReactorPeer(Load load) {
        this.elastic = Schedulers.newBoundedElastic(
                load.threads(), Math.max(Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, load.inFlight()), "elastic");
    }

    @Override
    public void next(Job job) {
        Mono.<Integer>fromCallable(job).subscribeOn(elastic).publishOn(active).subscribe(job);
    }

    @Override
    public void compute(Job job) {
        Mono.<Integer>fromCallable(job).subscribeOn(parallel).publishOn(active).subscribe(job);
    }

    @Override
    public void post(Post post) {
        active.schedule(post);
    }

    @Override
    public void close() {
        elastic.dispose();
        parallel.dispose();
        active.dispose();
    }
}
