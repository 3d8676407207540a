package dev.pel.spring.metrics;

import dev.pel.CallInfo;
import dev.pel.CallRejectedException;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Counts and times calls. Told by every thread at every call, so meters are looked up without locks and without garbage.
 *
 * <p>The registry is fetched when all singletons are there: the loop is needed to make beans that the registry's own making may
 * wait for. The loop starts after that, so nothing is missed but refusals before the start.
 */
final class CallMeters implements EventLoopListener, SmartInitializingSingleton {
    private static final String NO_LABEL = "none";
    private static final String OTHER_LABELS = "other";

    private final ObjectProvider<MeterRegistry> registries;
    private final int mostLabels;
    private final Map<String, LabelMeters> byLabel = new ConcurrentHashMap<>();
    private final AtomicInteger labels = new AtomicInteger();
    private volatile @Nullable Meters meters;

    /**
     * For the application's registry.
     *
     * @param registries asked once, when all singletons are there
     * @param mostLabels how many labels become tags
     */
    CallMeters(ObjectProvider<MeterRegistry> registries, int mostLabels) {
        this.registries = registries;
        this.mostLabels = mostLabels;
    }

    @Override
    public void afterSingletonsInstantiated() {
        MeterRegistry registry = registries.getIfUnique();
        if (registry != null) {
            meters = new Meters(registry);
        }
    }

    @Override
    public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
        Meters now = meters;
        if (now == null) {
            return;
        }
        EndMeters ends = ofLabel(now, call.label()).get(lane, outcome);
        ends.count().increment();
        ends.waiting().record(waitingNanos, TimeUnit.NANOSECONDS);
        if (runningNanos > 0) {
            ends.running().record(runningNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void rejected(CallInfo call, CallRejectedException why) {
        Meters now = meters;
        if (now != null) {
            now.calls(why.lane(), Outcome.REJECTED).increment();
        }
    }

    @Override
    public void unhandled(Failure failure) {
        Meters now = meters;
        if (now != null) {
            now.errors().increment();
        }
    }

    private LabelMeters ofLabel(Meters now, @Nullable String given) {
        String label = given == null || given.isBlank() ? NO_LABEL : given;
        LabelMeters known = byLabel.get(label);
        if (known != null) {
            return known;
        }
        if (label.equals(NO_LABEL) || label.equals(OTHER_LABELS)) {
            return byLabel.computeIfAbsent(label, name -> new LabelMeters(now, name));
        }
        // a place is taken first, so that labels that come at once do not get past the bound
        if (labels.get() >= mostLabels || labels.getAndIncrement() >= mostLabels) {
            return byLabel.computeIfAbsent(OTHER_LABELS, name -> new LabelMeters(now, name));
        }
        LabelMeters fresh = new LabelMeters(now, label);
        LabelMeters rival = byLabel.putIfAbsent(label, fresh);
        if (rival != null) {
            labels.decrementAndGet();
            return rival;
        }
        return fresh;
    }

    private static String tag(Enum<?> value) {
        return value == Outcome.TIMED_OUT ? "timedOut" : value.name().toLowerCase(Locale.ROOT);
    }

    /** The meters of one registry. */
    private static final class Meters {
        private final MeterRegistry registry;
        private final Counter errors;
        private final Map<Lane, Map<Outcome, Counter>> calls = new ConcurrentHashMap<>();

        Meters(MeterRegistry registry) {
            this.registry = registry;
            this.errors = Counter.builder("pel.errors")
                    .description("Failures that reached the error handler")
                    .register(registry);
        }

        Counter errors() {
            return errors;
        }

        Counter calls(Lane lane, Outcome outcome) {
            return calls.computeIfAbsent(lane, any -> new ConcurrentHashMap<>())
                    .computeIfAbsent(
                            outcome,
                            any -> Counter.builder("pel.calls")
                                    .description("Entries of a lane that have ended, or were refused")
                                    .tag("lane", tag(lane))
                                    .tag("outcome", tag(outcome))
                                    .register(registry));
        }

        Timer timer(String name, String description, String label, Lane lane, Outcome outcome) {
            return Timer.builder(name)
                    .description(description)
                    .tag("lane", tag(lane))
                    .tag("label", label)
                    .tag("outcome", tag(outcome))
                    .register(registry);
        }
    }

    /** The meters of one label. */
    private static final class LabelMeters {
        private final Meters meters;
        private final String label;
        private final Map<Lane, Map<Outcome, EndMeters>> ends = new ConcurrentHashMap<>();

        LabelMeters(Meters meters, String label) {
            this.meters = meters;
            this.label = label;
        }

        EndMeters get(Lane lane, Outcome outcome) {
            Map<Outcome, EndMeters> ofLane = ends.get(lane);
            EndMeters known = ofLane == null ? null : ofLane.get(outcome);
            return known == null ? make(lane, outcome) : known;
        }

        private EndMeters make(Lane lane, Outcome outcome) {
            return ends.computeIfAbsent(lane, any -> new ConcurrentHashMap<>())
                    .computeIfAbsent(
                            outcome,
                            any -> new EndMeters(
                                    meters.calls(lane, outcome),
                                    meters.timer("pel.call.wait", "Time in the queue of a lane", label, lane, outcome),
                                    meters.timer("pel.call.run", "Time on a thread of a lane", label, lane, outcome)));
        }
    }

    /** What the end of an entry is written to. */
    private record EndMeters(Counter count, Timer waiting, Timer running) {}
}
