package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.LongAdder;

/** Micrometer's own timers, with histograms. They ask the clock and write to many places at every call. */
final class EndTimers implements EndMeters {
    private final LongAdder count = new LongAdder();
    private final Timer waiting;
    private final Timer running;

    /**
     * Registers the timers.
     *
     * @param registry where
     * @param tags loop, lane, label and outcome
     */
    EndTimers(MeterRegistry registry, Tags tags) {
        this.waiting = timer(CallMeters.WAIT, CallMeters.WAIT_DESCRIPTION, tags, registry);
        this.running = timer(CallMeters.RUN, CallMeters.RUN_DESCRIPTION, tags, registry);
    }

    private static Timer timer(String name, String description, Tags tags, MeterRegistry registry) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .publishPercentileHistogram()
                .register(registry);
    }

    @Override
    public void ended(long waitingNanos, long runningNanos) {
        count.increment();
        waiting.record(waitingNanos, NANOSECONDS);
        if (runningNanos > 0) {
            running.record(runningNanos, NANOSECONDS);
        }
    }

    @Override
    public long count() {
        return count.sum();
    }
}
