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
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the calls of one loop. Told by every thread at every call, so meters are looked up without locks and without garbage,
 * and a call without a label does not even look into a map.
 */
final class CallMeters implements EventLoopListener {
    static final String WAIT = "pel.call.wait";
    static final String WAIT_DESCRIPTION = "Time in the queue of a lane";
    static final String RUN = "pel.call.run";
    static final String RUN_DESCRIPTION = "Time on a thread of a lane";

    private final PelProperties.Metrics options;
    private volatile @Nullable Meters meters;

    /**
     * Without meters, until {@link #begin}.
     *
     * @param options how many labels become tags, and whether there are histograms
     */
    CallMeters(PelProperties.Metrics options) {
        this.options = options;
    }

    /**
     * Registers the meters; what happened before is not counted.
     *
     * @param loop the loop's name
     * @param registry where meters are registered that are written to
     * @param derived where those are registered that are read from figures
     */
    void begin(String loop, MeterRegistry registry, DerivedMeters derived) {
        meters = new Meters(Tags.of("loop", loop), registry, derived, options);
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

    /** The meters of one loop in one registry. */
    private static final class Meters {
        private final Tags loop;
        private final MeterRegistry registry;
        private final DerivedMeters derived;
        private final boolean histograms;
        private final Counter errors;
        private final ByEnd<CallCount> calls;
        private final Labels<ByEnd<EndMeters>> ends;

        Meters(Tags loop, MeterRegistry registry, DerivedMeters derived, PelProperties.Metrics options) {
            this.loop = loop;
            this.registry = registry;
            this.derived = derived;
            this.histograms = options.histograms();
            this.errors = Counter.builder("pel.errors")
                    .description("Failures that reached the error handler")
                    .tags(loop)
                    .register(registry);
            this.calls = new ByEnd<>(this::count);
            this.ends = new Labels<>(
                    options.labels(), label -> new ByEnd<>((lane, outcome) -> register(label, lane, outcome)));
        }

        private CallCount count(Lane lane, Outcome outcome) {
            CallCount count = new CallCount();
            derived.counter(
                    "pel.calls", "Entries of a lane that have ended, or were refused", tags(lane, outcome), count::get);
            return count;
        }

        private EndMeters register(String label, Lane lane, Outcome outcome) {
            Tags tags = tags(lane, outcome).and("label", label);
            EndMeters made = histograms
                    ? new EndTimers(registry, tags)
                    : new EndFigures(derived, registry.config().clock(), tags);
            calls.get(lane, outcome).add(made);
            return made;
        }

        private Tags tags(Lane lane, Outcome outcome) {
            return loop.and("lane", TagValues.of(lane), "outcome", TagValues.of(outcome));
        }
    }
}
