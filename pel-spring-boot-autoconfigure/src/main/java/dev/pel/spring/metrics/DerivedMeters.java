package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Meters whose values are worked out when they are read. When filters bring several of them under one id, such as one that drops a tag,
 * they become one meter that shows their sum, or the largest of them: a registry alone would keep the first and forget the others.
 *
 * <p>Spring Boot applies filters to the registries that are beans, and not to the composite of them. So the meters are registered with
 * each of these registries, because each may map ids in its own way; with a composite of other registries they are registered as a whole.
 */
final class DerivedMeters {
    private final List<MeterRegistry> registries;

    /** By the very meter, not by an id: one that was removed and registered again is another one. */
    private final IdentityHashMap<Meter, Joined> joined = new IdentityHashMap<>();

    /**
     * Without a meter.
     *
     * @param registry where they are registered
     * @param beans the registries to which filters are applied one by one; asked only when there are several
     */
    DerivedMeters(MeterRegistry registry, Supplier<Collection<MeterRegistry>> beans) {
        this.registries = parts(registry, beans).toList();
    }

    private static Stream<MeterRegistry> parts(MeterRegistry registry, Supplier<Collection<MeterRegistry>> beans) {
        if (registry instanceof CompositeMeterRegistry composite) {
            Collection<MeterRegistry> parts = composite.getRegistries();
            if (!parts.isEmpty() && beans.get().containsAll(parts)) {
                return parts.stream().flatMap(part -> parts(part, beans));
            }
        }
        return Stream.of(registry);
    }

    /**
     * A counter; those under one id are added.
     *
     * @param name its name
     * @param description its description
     * @param tags its tags
     * @param count never falls
     */
    void counter(String name, String description, Tags tags, LongSupplier count) {
        register(
                new Part(count, count::getAsLong),
                (registry, parts) -> FunctionCounter.builder(name, parts, Joined::sum)
                        .description(description)
                        .tags(tags)
                        .register(registry));
    }

    /**
     * A gauge; those under one id are added.
     *
     * @param name its name
     * @param description its description
     * @param tags its tags
     * @param value what it shows
     */
    void gauge(String name, String description, Tags tags, DoubleSupplier value) {
        register(
                new Part(() -> 1, value),
                (registry, parts) -> Gauge.builder(name, parts, Joined::sum)
                        .description(description)
                        .tags(tags)
                        .register(registry));
    }

    /**
     * A gauge of a time; of those under one id the longest is shown.
     *
     * @param name its name
     * @param description its description
     * @param tags its tags
     * @param nanos the time in nanoseconds
     */
    void longest(String name, String description, Tags tags, LongSupplier nanos) {
        ToDoubleFunction<Joined> largest = Joined::largest;
        register(
                new Part(() -> 1, nanos::getAsLong),
                (registry, parts) -> TimeGauge.builder(name, parts, NANOSECONDS, largest)
                        .description(description)
                        .tags(tags)
                        .register(registry));
    }

    /**
     * A timer; counts and totals of those under one id are added.
     *
     * @param name its name
     * @param description its description
     * @param tags its tags
     * @param count how many were timed; never falls
     * @param nanos how long they took together, in nanoseconds; never falls
     */
    void timer(String name, String description, Tags tags, LongSupplier count, LongSupplier nanos) {
        register(
                new Part(count, nanos::getAsLong),
                (registry, parts) -> FunctionTimer.builder(name, parts, Joined::count, Joined::sum, NANOSECONDS)
                        .description(description)
                        .tags(tags)
                        .register(registry));
    }

    /** What the registry answers with is a meter of this object, or one that is there already under the id to which it maps. */
    private synchronized void register(Part part, Registration registration) {
        for (MeterRegistry registry : registries) {
            Joined fresh = new Joined();
            joined.computeIfAbsent(registration.register(registry, fresh), meter -> fresh)
                    .add(part);
        }
    }

    /** Registers a meter of what is joined, which the registry knows weakly. */
    @FunctionalInterface
    private interface Registration {
        Meter register(MeterRegistry registry, Joined parts);
    }

    /** What one meter adds to that of its id. */
    private record Part(LongSupplier count, DoubleSupplier value) {}

    /** All that is shown under one id. */
    private static final class Joined {
        private final List<Part> parts = new CopyOnWriteArrayList<>();

        void add(Part part) {
            parts.add(part);
        }

        long count() {
            return parts.stream().mapToLong(part -> part.count().getAsLong()).sum();
        }

        double sum() {
            return values().sum();
        }

        double largest() {
            return values().max().orElse(0);
        }

        private DoubleStream values() {
            return parts.stream().mapToDouble(part -> part.value().getAsDouble());
        }
    }
}
