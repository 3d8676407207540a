package dev.pel.spring;

import dev.pel.EventLoopOptions;
import dev.pel.InvalidOptionException;
import dev.pel.LaneOptions;
import dev.pel.ThreadKind;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes options of properties. Every value is checked where its rule lives, in the options themselves; here it only gets its
 * key back, so that the message names what somebody typed.
 */
final class PropertyOptions {
    /** What a passive lane of virtual threads has, unless it is told otherwise. */
    static final int VIRTUAL_THREADS = 1_024;

    private static final int FIRST_JAVA_WITH_VIRTUAL_THREADS = 21;

    private final PelProperties properties;
    private final boolean virtualThreads;

    /**
     * For one set of properties.
     *
     * @param properties what is set
     * @param virtualThreads whether the application asks for virtual threads, and this Java has them
     */
    PropertyOptions(PelProperties properties, boolean virtualThreads) {
        this.properties = properties;
        this.virtualThreads = virtualThreads;
    }

    EventLoopOptions options() {
        EventLoopOptions options = EventLoopOptions.defaults();
        options = set("pel.name", options, properties.name(), EventLoopOptions::withName);
        options = options.withActive(this::active).withPassive(this::passive).withWork(this::work);
        options = set("pel.active.settle", options, properties.active().settle(), EventLoopOptions::withSettle);
        options = set(
                "pel.active.turn-budget", options, properties.active().turnBudget(), EventLoopOptions::withTurnBudget);
        options = set(
                "pel.timers.capacity", options, properties.timers().capacity(), EventLoopOptions::withTimerCapacity);
        options = set("pel.keys.capacity", options, properties.keys().capacity(), EventLoopOptions::withKeyCapacity);
        options = set(
                "pel.scripts.capacity", options, properties.scripts().capacity(), EventLoopOptions::withScriptCapacity);
        options = PropertyLimits.addTo(options, properties.limits());
        options = set("pel.stop.deadline", options, properties.stop().deadline(), EventLoopOptions::withStopDeadline);
        options = set(
                "pel.stop.interrupt-grace",
                options,
                properties.stop().interruptGrace(),
                EventLoopOptions::withInterruptGrace);
        options = set(
                "pel.failures.unobserved-grace",
                options,
                properties.failures().unobservedGrace(),
                EventLoopOptions::withUnobservedGrace);
        options = set(
                "pel.failures.call-site-interval",
                options,
                properties.failures().callSiteInterval(),
                EventLoopOptions::withCallSiteInterval);
        atLeast("pel.metrics.labels", properties.metrics().labels(), 0);
        atLeast("pel.endpoint.max-threads", properties.endpoint().maxThreads(), 1);
        return options;
    }

    private LaneOptions active(LaneOptions lane) {
        PelProperties.Active active = properties.active();
        LaneOptions sized = set("pel.active.capacity", lane, active.capacity(), LaneOptions::withCapacity);
        return marks("pel.active", sized, active.highWater(), active.lowWater());
    }

    private LaneOptions passive(LaneOptions lane) {
        PelProperties.Pool passive = properties.passive().pool();
        ThreadKind kind = passive.threadKind();
        if (kind == null && virtualThreads) {
            kind = ThreadKind.VIRTUAL;
        }
        LaneOptions start = kind == ThreadKind.VIRTUAL ? lane.withThreads(VIRTUAL_THREADS) : lane;
        return PropertyThreads.addTo(pool("pel.passive", start, passive, kind), properties.passive());
    }

    private LaneOptions work(LaneOptions lane) {
        return pool("pel.work", lane, properties.work(), properties.work().threadKind());
    }

    /** The kind goes first: how many threads there may be depends on it. */
    private static LaneOptions pool(
            String prefix, LaneOptions lane, PelProperties.Pool pool, @Nullable ThreadKind kind) {
        int java = Runtime.version().feature();
        if (kind == ThreadKind.VIRTUAL && java < FIRST_JAVA_WITH_VIRTUAL_THREADS) {
            throw new PelPropertyException(
                    prefix + ".thread-kind",
                    "must be platform on Java %d, because virtual threads need Java %d,"
                            .formatted(java, FIRST_JAVA_WITH_VIRTUAL_THREADS),
                    "virtual",
                    null);
        }
        LaneOptions options = set(prefix + ".thread-kind", lane, kind, LaneOptions::withKind);
        options = set(prefix + ".threads", options, pool.threads(), LaneOptions::withThreads);
        options = set(prefix + ".capacity", options, pool.capacity(), LaneOptions::withCapacity);
        return marks(prefix, options, pool.highWater(), pool.lowWater());
    }

    /** The two marks have a rule together: each is tried alone first, so that only what breaks that one names both. */
    private static LaneOptions marks(
            String prefix, LaneOptions lane, @Nullable Integer highWater, @Nullable Integer lowWater) {
        String highKey = prefix + ".high-water";
        String lowKey = prefix + ".low-water";
        int high = highWater == null ? lane.highWater() : highWater;
        int low = lowWater == null ? lane.lowWater() : lowWater;
        set(highKey, lane, high, (options, value) -> options.withWaterMarks(value, 0));
        if (low < high) {
            atLeast(lowKey, low, 0);
            return lane.withWaterMarks(high, low);
        }
        if (lowWater == null) {
            throw new PelPropertyException(
                    List.of(highKey, lowKey), "must be above '%s', %d by default,".formatted(lowKey, low), high, null);
        }
        String highShown = "'%s', %d%s,".formatted(highKey, high, highWater == null ? " by default" : "");
        throw new PelPropertyException(
                List.of(lowKey, highKey), "must be at least 0 and below " + highShown, low, null);
    }

    private static void atLeast(String property, int value, int least) {
        if (value < least) {
            throw new PelPropertyException(property, "must be at least " + least, value, null);
        }
    }

    static <O, V> O set(String property, O options, @Nullable V value, BiFunction<O, V, O> change) {
        return value == null
                ? options
                : checked(property, shown(value), options, before -> change.apply(before, value));
    }

    private static String shown(Object value) {
        return value instanceof String text ? "'" + text + "'" : value.toString();
    }

    private static <O> O checked(String property, String value, O options, UnaryOperator<O> change) {
        try {
            return change.apply(options);
        } catch (InvalidOptionException e) {
            throw new PelPropertyException(property, e.rule(), value, e);
        }
    }
}
