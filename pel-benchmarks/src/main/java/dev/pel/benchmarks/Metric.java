package dev.pel.benchmarks;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A figure that JMH reports of a run: its name, its unit, and which way is better. */
enum Metric {
    RATE("score", "ops/s", true),
    MILLIS("score", "ms", false),
    MICROS("score", "µs", false),
    ALLOCATED("gc.alloc.rate.norm", "B", false),
    HEAP("bytesPerCall", "B", false),
    LATENCY("latencyMicros", "µs", false),
    CPU("cpuMicros", "µs", false),
    LAG("lagP99Micros", "µs", false),
    PER_TIMER("nanosPerTimer", "ns", false),
    LATE_HALF("lateP50Millis", "ms", false),
    LATE_MOST("lateP99Millis", "ms", false),
    LATEST("lateMaxMillis", "ms", false),
    DRIFT("driftMillis", "ms", false),
    DRIFT_PER_TICK("driftNanosPerTick", "ns", false);

    final String key;
    final String unit;
    final boolean moreIsBetter;

    Metric(String key, String unit, boolean moreIsBetter) {
        this.key = key;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    /** The keys of all metrics: several have the same, with different units. */
    static Set<String> keys() {
        return Stream.of(values()).map(metric -> metric.key).collect(Collectors.toCollection(TreeSet::new));
    }
}
