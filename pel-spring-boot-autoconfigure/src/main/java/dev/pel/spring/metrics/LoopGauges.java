package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** What the lanes, keys, limits and streams of every loop hold now. Read by the thread that asks, so it answers also while a loop is stuck. */
final class LoopGauges implements MeterBinder {
    private final Supplier<Collection<EventLoop>> loops;
    private final Supplier<Collection<MeterRegistry>> registries;

    /** Held here, because registries hold weakly what their gauges read. */
    private final List<DerivedMeters> bound = new CopyOnWriteArrayList<>();

    /**
     * For all loops of a context.
     *
     * @param loops asked when a registry is bound
     * @param registries the registries that are beans
     */
    LoopGauges(Supplier<Collection<EventLoop>> loops, Supplier<Collection<MeterRegistry>> registries) {
        this.loops = loops;
        this.registries = registries;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        DerivedMeters meters = new DerivedMeters(registry, registries);
        bound.add(meters);
        for (EventLoop loop : loops.get()) {
            for (Lane lane : Lane.values()) {
                gauge(meters, loop, lane, "pel.lane.size", "Entries that wait", LaneStats::queued);
                gauge(meters, loop, lane, "pel.lane.running", "Entries that run", LaneStats::running);
                gauge(meters, loop, lane, "pel.lane.threads", "Threads of the lane", LaneStats::threads);
                gauge(meters, loop, lane, "pel.lane.capacity", "Entries that may wait", LaneStats::capacity);
            }
            ThreadMeters.bind(meters, loop);
            TermMeters.bind(meters, loop);
            StreamMeters.bind(meters, loop);
        }
    }

    private static void gauge(
            DerivedMeters meters,
            EventLoop loop,
            Lane lane,
            String name,
            String description,
            ToIntFunction<LaneStats> figure) {
        Tags tags = Tags.of("loop", loop.options().name(), "lane", TagValues.of(lane));
        meters.gauge(
                name, description, tags, () -> figure.applyAsInt(loop.stats().lane(lane)));
    }
}
