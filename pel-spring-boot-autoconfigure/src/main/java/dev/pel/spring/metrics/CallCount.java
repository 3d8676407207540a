package dev.pel.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** How many entries of one lane have ended in one way, or were refused: the sum over all labels, counted when it is read. */
final class CallCount {
    private final List<EndMeters> byLabel = new CopyOnWriteArrayList<>();
    private final LongAdder refused = new LongAdder();

    /**
     * Registers the counter.
     *
     * @param registry where; it knows this object weakly
     * @param tags lane and outcome
     */
    CallCount(MeterRegistry registry, Tags tags) {
        FunctionCounter.builder("pel.calls", this, CallCount::sum)
                .description("Entries of a lane that have ended, or were refused")
                .tags(tags)
                .register(registry);
    }

    void add(EndMeters label) {
        byLabel.add(label);
    }

    void refused() {
        refused.increment();
    }

    private double sum() {
        return refused.sum() + byLabel.stream().mapToLong(EndMeters::count).sum();
    }
}
