package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.function.ToLongFunction;

/** Counts, sums and maxima, written for next to nothing; the registry works its meters out of them when it is read. */
final class EndFigures implements EndMeters {
    private static final int ENDED = 0;
    private static final int STARTED = 1;
    private static final int WAITING = 2;
    private static final int RUNNING = 3;

    private final Sums sums = new Sums();
    private final RecentMaximum longestWait;
    private final RecentMaximum longestRun;

    /**
     * Registers the meters.
     *
     * @param registry where; it knows this object weakly
     * @param tags lane, label and outcome
     */
    EndFigures(MeterRegistry registry, Tags tags) {
        this.longestWait = new RecentMaximum(registry.config().clock());
        this.longestRun = new RecentMaximum(registry.config().clock());
        timer(CallMeters.WAIT, CallMeters.WAIT_DESCRIPTION, ENDED, WAITING, tags, registry);
        timer(CallMeters.RUN, CallMeters.RUN_DESCRIPTION, STARTED, RUNNING, tags, registry);
        maximum(CallMeters.WAIT, CallMeters.WAIT_DESCRIPTION, of -> of.longestWait.get(), tags, registry);
        maximum(CallMeters.RUN, CallMeters.RUN_DESCRIPTION, of -> of.longestRun.get(), tags, registry);
    }

    private void timer(String name, String description, int count, int total, Tags tags, MeterRegistry registry) {
        FunctionTimer.builder(name, this, of -> of.sums.get(count), of -> of.sums.get(total), NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void maximum(
            String name, String description, ToLongFunction<EndFigures> figure, Tags tags, MeterRegistry registry) {
        TimeGauge.builder(name + ".max", this, NANOSECONDS, figure::applyAsLong)
                .description(description + ", the longest of late")
                .tags(tags)
                .register(registry);
    }

    @Override
    public void ended(long waitingNanos, long runningNanos) {
        long waited = Math.max(0, waitingNanos);
        long ran = Math.max(0, runningNanos);
        sums.add(1, ran > 0 ? 1 : 0, waited, ran);
        longestWait.record(waited);
        longestRun.record(ran);
    }

    @Override
    public long count() {
        return sums.get(ENDED);
    }
}
