package dev.pel.benchmarks;

import dev.pel.Lane;
import dev.pel.ThreadKind;
import dev.pel.spring.Next;
import java.util.concurrent.CompletableFuture;

/** A {@code @Next} method of a bean, as the starter ships it; the body is attached to the handle. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
final class NextMethodPeer implements Peer {
    private final ShippedLoop shipped;
    private final Service service;

    NextMethodPeer(Load load) {
        this.shipped = new ShippedLoop(load, ThreadKind.PLATFORM, Service.class);
        this.service = shipped.bean(Service.class);
    }

    @Override
    public void next(Job job) {
        service.call(job).thenAccept(job);
    }

    @Override
    public void post(Post post) {
        shipped.loop().enqueue(Lane.ACTIVE, post);
    }

    @Override
    public void close() {
        shipped.close();
    }

    /** A bean that offloads. */
    static class Service {
        @Next
        public CompletableFuture<Integer> call(Job job) {
            return CompletableFuture.completedFuture(job.call());
        }
    }
}
