package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats.PoolStats;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** How the threads of the passive lane come and go. The other two lanes have a fixed number. */
final class ThreadMeters {
    private final DerivedMeters meters;
    private final EventLoop loop;
    private final Tags tags;

    private ThreadMeters(DerivedMeters meters, EventLoop loop) {
        this.meters = meters;
        this.loop = loop;
        this.tags = Tags.of("loop", loop.options().name(), "lane", TagValues.of(Lane.PASSIVE));
    }

    /**
     * Registers those of one loop.
     *
     * @param meters where they are registered
     * @param loop whose they are
     */
    static void bind(DerivedMeters meters, EventLoop loop) {
        ThreadMeters threads = new ThreadMeters(meters, loop);
        threads.gauge("pel.lane.threads.max", "Threads that the lane may have", PoolStats::max);
        threads.gauge(
                "pel.lane.threads.hung",
                "Threads that have not come back from their operation, and were replaced",
                stats -> stats.hung().size());
        threads.counter("pel.lane.threads.replaced", "Threads that hung and were replaced", PoolStats::replaced);
        threads.counter(
                "pel.lane.threads.recycled", "Threads that were replaced after many operations", PoolStats::recycled);
    }

    private void gauge(String name, String description, ToIntFunction<PoolStats> figure) {
        meters.gauge(name, description, tags, () -> figure.applyAsInt(stats()));
    }

    private void counter(String name, String description, ToLongFunction<PoolStats> figure) {
        meters.counter(name, description, tags, new RunTotal(() -> figure.applyAsLong(stats())));
    }

    private PoolStats stats() {
        return loop.stats().lane(Lane.PASSIVE).pool();
    }
}
