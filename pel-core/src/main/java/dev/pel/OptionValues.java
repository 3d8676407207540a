package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The values of {@link EventLoopOptions} while they are being changed, and their rules. What options have been made of is not changed any more. */
final class OptionValues {
    String name = "pel";
    LaneOptions active = lane(1);
    LaneOptions passive = lane(64);
    LaneOptions work = lane(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    int timerCapacity = 1_000_000;
    Duration settle = Duration.ZERO;
    Duration turnBudget = Duration.ofMillis(1);
    Duration stopDeadline = Duration.ofSeconds(20);
    Duration interruptGrace = Duration.ofMillis(500);
    Duration callSiteInterval = Duration.ofMillis(10);
    Duration unobservedGrace = Duration.ofMillis(500);
    int keyCapacity = 1_000;
    int scriptCapacity = JdkMachine.hasVirtualThreads() ? 10_000 : 256;
    Map<String, LimitOptions> limits = Map.of();
    boolean daemon;
    EventLoopOptions.Hooks hooks = EventLoopOptions.Hooks.defaults();

    OptionValues() {}

    OptionValues(OptionValues other) {
        name = other.name;
        active = other.active;
        passive = other.passive;
        work = other.work;
        timerCapacity = other.timerCapacity;
        settle = other.settle;
        turnBudget = other.turnBudget;
        stopDeadline = other.stopDeadline;
        interruptGrace = other.interruptGrace;
        callSiteInterval = other.callSiteInterval;
        unobservedGrace = other.unobservedGrace;
        keyCapacity = other.keyCapacity;
        scriptCapacity = other.scriptCapacity;
        limits = other.limits;
        daemon = other.daemon;
        hooks = other.hooks;
    }

    private static LaneOptions lane(int threads) {
        return new LaneOptions(threads, 10_000, 80, 50, ThreadKind.PLATFORM);
    }

    void check() {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(active, "active");
        Objects.requireNonNull(passive, "passive");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(hooks, "hooks");
        check(!name.isBlank(), "name", "must not be blank", "'" + name + "'");
        check(
                active.threads() == 1 && active.kind() == ThreadKind.PLATFORM,
                "active threads",
                "must be 1 platform thread",
                active.threads() + " of kind " + active.kind());
        checkFixed("active", active);
        checkFixed("work", work);
        check(timerCapacity >= 1, "timer capacity", "must be at least 1", String.valueOf(timerCapacity));
        check(scriptCapacity >= 1, "script capacity", "must be at least 1", String.valueOf(scriptCapacity));
        check(keyCapacity >= 1, "key capacity", "must be at least 1", String.valueOf(keyCapacity));
        limits.keySet().forEach(limit -> check(!limit.isBlank(), "limit name", "must not be blank", "'" + limit + "'"));
        checkNotNegative("settle", settle);
        checkNotNegative("turn budget", turnBudget);
        checkNotNegative("stop deadline", stopDeadline);
        checkNotNegative("interrupt grace", interruptGrace);
        checkNotNegative("call site interval", callSiteInterval);
        checkNotNegative("unobserved grace", unobservedGrace);
    }

    private static void checkFixed(String lane, LaneOptions options) {
        LaneThreads threads = options.laneThreads();
        ElasticOptions elastic = threads.elastic();
        String why = ", because only the passive lane is elastic,";
        check(
                threads.min() == threads.max(),
                lane + " min threads",
                "must be the same as 'max threads', which is " + threads.max() + why,
                String.valueOf(threads.min()));
        ElasticOptions unset = ElasticOptions.defaults();
        elastic.values().forEach((value, given) -> {
            boolean isUnset = given.equals(unset.values().get(value));
            String text = given instanceof Duration time ? DurationText.of(time) : given.toString();
            check(isUnset, lane + " " + value, "must not be set" + why, text);
        });
    }

    private static void checkNotNegative(String name, Duration value) {
        Objects.requireNonNull(value, name);
        check(!value.isNegative(), name, "must not be negative", DurationText.of(value));
    }

    private static void check(boolean valid, String name, String rule, String value) {
        if (!valid) {
            throw new InvalidOptionException(name, rule, value);
        }
    }

    List<Object> all() {
        return List.of(
                name,
                active,
                passive,
                work,
                timerCapacity,
                settle,
                turnBudget,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                keyCapacity,
                scriptCapacity,
                limits,
                daemon,
                hooks);
    }
}
