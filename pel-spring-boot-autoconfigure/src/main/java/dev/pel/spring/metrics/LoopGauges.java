package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** What the lanes hold now. Read by the thread that asks, so it answers also while the loop is stuck. */
final class LoopGauges implements MeterBinder {
    private final EventLoop loop;

    /**
     * For one loop.
     *
     * @param loop is asked
     */
    LoopGauges(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Lane lane : Lane.values()) {
            gauge(registry, lane, "pel.lane.size", "Entries that wait", LaneStats::queued);
            gauge(registry, lane, "pel.lane.running", "Entries that run", LaneStats::running);
            gauge(registry, lane, "pel.lane.threads", "Threads of the lane", LaneStats::threads);
            gauge(registry, lane, "pel.lane.capacity", "Entries that may wait", LaneStats::capacity);
        }
    }

    private void gauge(
            MeterRegistry registry, Lane lane, String name, String description, ToIntFunction<LaneStats> figure) {
        Gauge.builder(name, loop, asked -> figure.applyAsInt(asked.stats().lane(lane)))
                .description(description)
                .tag("lane", lane.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}
