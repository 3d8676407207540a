package dev.pel.spring;

import dev.pel.ElasticOptions;
import dev.pel.LaneOptions;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Makes options of the properties that say how the threads of the passive lane come and go. */
final class PropertyThreads {
    private static final String MIN = "pel.passive.min-threads";
    private static final String MAX = "pel.passive.max-threads";

    private PropertyThreads() {}

    static LaneOptions addTo(LaneOptions lane, PelProperties.Passive passive) {
        LaneOptions options = numbers(lane, passive.minThreads(), passive.maxThreads());
        options = set("grow-after", options, passive.growAfter(), ElasticOptions::withGrowAfter);
        options = set("keep-alive", options, passive.keepAlive(), ElasticOptions::withKeepAlive);
        options = set("recycle-after", options, passive.recycleAfter(), ElasticOptions::withRecycleAfter);
        options = set("hung-after", options, passive.hungAfter(), ElasticOptions::withHungAfter);
        return set("max-hung", options, passive.maxHung(), ElasticOptions::withMaxHung);
    }

    /** The two numbers have a rule together: each is tried alone first, so that only what breaks that one names both. */
    private static LaneOptions numbers(LaneOptions lane, @Nullable Integer minThreads, @Nullable Integer maxThreads) {
        PropertyOptions.set(MIN, lane, minThreads, LaneOptions::withThreads);
        PropertyOptions.set(MAX, lane, maxThreads, LaneOptions::withThreads);
        int min = minThreads == null ? lane.minThreads() : minThreads;
        int max = maxThreads == null ? lane.threads() : maxThreads;
        if (min <= max) {
            return lane.withThreads(min, max);
        }
        if (maxThreads == null) {
            throw new PelPropertyException(
                    List.of(MIN, MAX), "must be at most '%s', %d by default,".formatted(MAX, max), min, null);
        }
        String minShown = "'%s', %d%s,".formatted(MIN, min, minThreads == null ? " by default" : "");
        throw new PelPropertyException(List.of(MAX, MIN), "must be at least " + minShown, max, null);
    }

    private static <V> LaneOptions set(
            String key, LaneOptions lane, @Nullable V value, BiFunction<ElasticOptions, V, ElasticOptions> change) {
        return PropertyOptions.set(
                "pel.passive." + key,
                lane,
                value,
                (options, given) -> options.withElastic(elastic -> change.apply(elastic, given)));
    }
}
