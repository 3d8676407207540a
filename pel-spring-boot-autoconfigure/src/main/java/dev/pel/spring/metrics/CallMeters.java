package dev.pel.spring.metrics;

import dev.pel.CallInfo;
import dev.pel.CallRejectedException;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.Outcome;
import dev.pel.spring.PelProperties;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Counts and times calls. Told by every thread at every call, so meters are looked up without locks and without garbage, and a
 * call without a label does not even look into a map.
 *
 * <p>The registry is fetched when all singletons are there: the loop is needed to make beans that the registry's own making may
 * wait for. The loop starts after that, so nothing is missed but refusals before the start.
 */
final class CallMeters implements EventLoopListener, SmartInitializingSingleton {
    static final String WAIT = "pel.call.wait";
    static final String WAIT_DESCRIPTION = "Time in the queue of a lane";
    static final String RUN = "pel.call.run";
    static final String RUN_DESCRIPTION = "Time on a thread of a lane";

    private final ObjectProvider<MeterRegistry> registries;
    private final PelProperties.Metrics options;
    private volatile @Nullable Meters meters;

    /**
     * For the application's registry.
     *
     * @param registries asked once, when all singletons are there
     * @param options how many labels become tags, and whether there are histograms
     */
    CallMeters(ObjectProvider<MeterRegistry> registries, PelProperties.Metrics options) {
        this.registries = registries;
        this.options = options;
    }

    @Override
    public void afterSingletonsInstantiated() {
        MeterRegistry registry = registries.getIfUnique();
        if (registry != null) {
            meters = new Meters(registry, options);
        }
    }

    /** Sums need not: only a histogram shows single times. */
    @Override
    public boolean needsExactTimes() {
        return options.histograms();
    }

    @Override
    public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
        Meters now = meters;
        if (now != null) {
            now.ends.get(call.label()).get(lane, outcome).ended(waitingNanos, runningNanos);
        }
    }

    @Override
    public void rejected(CallInfo call, CallRejectedException why) {
        Meters now = meters;
        if (now != null) {
            now.calls.get(why.lane(), Outcome.REJECTED).refused();
        }
    }

    @Override
    public void unhandled(Failure failure) {
        Meters now = meters;
        if (now != null) {
            now.errors.increment();
        }
    }

    /** The meters of one registry. */
    private static final class Meters {
        private final MeterRegistry registry;
        private final boolean histograms;
        private final Counter errors;
        private final ByEnd<CallCount> calls;
        private final Labels<ByEnd<EndMeters>> ends;

        Meters(MeterRegistry registry, PelProperties.Metrics options) {
            this.registry = registry;
            this.histograms = options.histograms();
            this.errors = Counter.builder("pel.errors")
                    .description("Failures that reached the error handler")
                    .register(registry);
            this.calls = new ByEnd<>((lane, outcome) -> new CallCount(registry, tags(lane, outcome)));
            this.ends = new Labels<>(
                    options.labels(), label -> new ByEnd<>((lane, outcome) -> register(label, lane, outcome)));
        }

        private EndMeters register(String label, Lane lane, Outcome outcome) {
            Tags tags = tags(lane, outcome).and("label", label);
            EndMeters made = histograms ? new EndTimers(registry, tags) : new EndFigures(registry, tags);
            calls.get(lane, outcome).add(made);
            return made;
        }

        private static Tags tags(Lane lane, Outcome outcome) {
            return Tags.of("lane", tag(lane), "outcome", tag(outcome));
        }

        private static String tag(Enum<?> value) {
            return value == Outcome.TIMED_OUT ? "timedOut" : value.name().toLowerCase(Locale.ROOT);
        }
    }
}
