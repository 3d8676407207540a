package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** pel: {@code loop.next(operation, body)}, and to post {@code loop.executor(ACTIVE).execute(task)}. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
class PelPeer implements Peer {
    private final EventLoop loop;
    private final AutoCloseable owner;
    private final Executor active;

    private PelPeer(EventLoop loop, AutoCloseable owner) {
        this.loop = loop;
        this.owner = owner;
        this.active = loop.executor(Lane.ACTIVE);
    }

    /** For a peer of a test that is pel with something planted. */
    PelPeer(PelPeer other) {
        this(other.loop, other.owner);
    }

    /** As an application has it that adds the starter: bounds, counters, meters, context propagation. */
    static PelPeer shipped(Load load, ThreadKind kind) {
        ShippedLoop shipped = new ShippedLoop(load, kind);
        return new PelPeer(shipped.loop(), shipped);
    }

    /** As plain Java has it that calls {@code EventLoop.create}: bounds, counters and the logging context; no meters. */
    static PelPeer core(Load load) {
        return started(options(load));
    }

    /** Nothing but the engine: nobody listens, nothing is carried, the place of submission is not taken. */
    static PelPeer bare(Load load) {
        EventLoopOptions options = options(load);
        return started(
                options.withHooks(options.hooks().withPropagators(List.of())).withCallSiteInterval(Duration.ofDays(1)));
    }

    /** As it ships, without the context that is carried: what the meters cost. */
    static PelPeer meters(Load load) {
        return partOfShipped(load, hooks -> hooks.withPropagators(List.of()));
    }

    /** As it ships, without the listener that feeds the meters: what the context costs. */
    static PelPeer context(Load load) {
        return partOfShipped(load, hooks -> hooks.withListeners(List.of()));
    }

    private static PelPeer partOfShipped(Load load, UnaryOperator<EventLoopOptions.Hooks> part) {
        ShippedLoop shipped = new ShippedLoop(load, ThreadKind.PLATFORM); // which idles
        EventLoopOptions options = shipped.loop().options();
        EventLoop loop = EventLoop.create(options.withHooks(part.apply(options.hooks())));
        loop.start();
        return new PelPeer(loop, () -> {
            loop.close();
            shipped.close();
        });
    }

    private static EventLoopOptions options(Load load) {
        return EventLoopOptions.defaults()
                .withActive(lane -> lane.withCapacity(Math.max(lane.capacity(), load.inFlight())))
                .withPassive(lane ->
                        lane.withThreads(load.threads()).withCapacity(Math.max(lane.capacity(), load.inFlight())));
    }

    private static PelPeer started(EventLoopOptions options) {
        EventLoop loop = EventLoop.create(options);
        loop.start();
        return new PelPeer(loop, loop);
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public void next(Job job) {
        loop.next(job, job);
    }

    @Override
    public void compute(Job job) {
        loop.work(job, job);
    }

    @Override
    public void post(Post post) {
        active.execute(post);
    }

    @Override
    public void close() {
        try {
            owner.close();
        } catch (Exception e) {
            throw new IllegalStateException("pel did not stop", e);
        }
    }
}
