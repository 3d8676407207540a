package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.LimitOptions;
import dev.pel.LoopStats.KeyStats;
import dev.pel.LoopStats.LimitStats;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/** What waits for the turns of keys and the permits of limits, and what the limits allow now: they can be changed while the loop runs. */
final class TermMeters {
    private final DerivedMeters meters;
    private final EventLoop loop;
    private final Tags tags;

    private TermMeters(DerivedMeters meters, EventLoop loop) {
        this.meters = meters;
        this.loop = loop;
        this.tags = Tags.of("loop", loop.options().name());
    }

    /**
     * Registers those of one loop.
     *
     * @param meters where they are registered
     * @param loop whose they are
     */
    static void bind(DerivedMeters meters, EventLoop loop) {
        TermMeters terms = new TermMeters(meters, loop);
        terms.key("pel.keys.used", "Keys of calls that are under way or wait", KeyStats::inUse);
        terms.key("pel.keys.waiting", "Calls that wait for the turn of their key", KeyStats::waiting);
        terms.key("pel.keys.longest", "Calls that wait for the turn of one key, the most", KeyStats::longest);
        meters.counter(
                "pel.keys.rejected",
                "Calls that were rejected because as many as may wait for the turn of their key did",
                terms.tags,
                new RunTotal(() -> loop.stats().keys().rejected()));
        loop.options().limits().keySet().forEach(terms::limit);
    }

    private void key(String name, String description, ToIntFunction<KeyStats> figure) {
        meters.gauge(
                name, description, tags, () -> figure.applyAsInt(loop.stats().keys()));
    }

    private void limit(String limit) {
        gauge(limit, "pel.limit.used", "Calls that have a permit", LimitStats::inUse);
        gauge(
                limit,
                "pel.limit.waiting",
                "Calls that wait for a permit, or for their turn before",
                LimitStats::waiting);
        gauge(
                limit,
                "pel.limit.concurrency",
                "Calls that may have a permit",
                stats -> limited(stats.options().concurrency()));
        gauge(
                limit,
                "pel.limit.capacity",
                "Calls that may wait for a permit",
                stats -> limited(stats.options().capacity()));
        gauge(limit, "pel.limit.rate", "Operations that may start in a second", stats -> perSecond(stats.options()));
        meters.counter(
                "pel.limit.rejected",
                "Calls that were rejected because as many as may wait for a permit did",
                tags.and("limit", limit),
                new RunTotal(() -> stats(limit).rejected()));
        meters.longest(
                "pel.limit.wait.oldest",
                "How long the call has waited that waits longest for a permit",
                tags.and("limit", limit),
                () -> stats(limit).oldestWait().toNanos());
    }

    private void gauge(String limit, String name, String description, ToDoubleFunction<LimitStats> figure) {
        meters.gauge(name, description, tags.and("limit", limit), () -> figure.applyAsDouble(stats(limit)));
    }

    private LimitStats stats(String limit) {
        LimitStats stats = loop.stats().limits().get(limit);
        if (stats == null) {
            throw new IllegalStateException(
                    "Loop '%s' has no limit '%s'".formatted(loop.options().name(), limit));
        }
        return stats;
    }

    /** What is not limited has no value. */
    private static double limited(int most) {
        return most == Integer.MAX_VALUE ? Double.NaN : most;
    }

    private static double perSecond(LimitOptions options) {
        return options.rate() == 0
                ? Double.NaN
                : options.rate() * 1e9 / options.per().toNanos();
    }
}
