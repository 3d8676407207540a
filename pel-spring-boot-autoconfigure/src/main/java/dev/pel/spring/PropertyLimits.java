package dev.pel.spring;

import dev.pel.EventLoopOptions;
import dev.pel.LimitOptions;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Makes limits of the properties under {@code pel.limits}. */
final class PropertyLimits {
    /** A number and a time, whose own number may be left out: 100/s, 5/10s. */
    private static final Pattern RATE = Pattern.compile("\\s*(\\d{1,9})\\s*/\\s*(\\d*)\\s*(ns|us|ms|s|m|h|d)\\s*");

    private PropertyLimits() {}

    static EventLoopOptions addTo(EventLoopOptions options, Map<String, PelProperties.Limit> limits) {
        EventLoopOptions changed = options;
        for (Map.Entry<String, PelProperties.Limit> limit : limits.entrySet()) {
            changed = add(changed, limit.getKey(), limit.getValue());
        }
        return changed;
    }

    /**
     * The property of a limit. The binder drops other characters of a key than these, and takes a dot for the end of it, unless there are brackets.
     *
     * @param name of the limit
     */
    static String property(String name) {
        return name.matches("[A-Za-z0-9-]+") ? "pel.limits." + name : "pel.limits[" + name + "]";
    }

    private static EventLoopOptions add(EventLoopOptions options, String name, PelProperties.Limit limit) {
        String prefix = property(name);
        if (limit.burst() != null && limit.rate() == null) {
            throw new PelPropertyException(
                    prefix + ".burst", "must come with '" + prefix + ".rate'", limit.burst() + " without it", null);
        }
        if (limit.capacity() != null && limit.concurrency() == null && limit.rate() == null) {
            throw new PelPropertyException(
                    prefix + ".capacity",
                    "must come with '%s.concurrency' or '%s.rate'".formatted(prefix, prefix),
                    limit.capacity() + " without them",
                    null);
        }
        if (name.isBlank()) {
            throw new PelPropertyException("pel.limits", "must have a name for each limit", "'" + name + "'", null);
        }
        return options.withLimit(name, none -> {
            LimitOptions some = PropertyOptions.set(
                    prefix + ".concurrency", none, limit.concurrency(), LimitOptions::withConcurrency);
            some = PropertyOptions.set(prefix + ".burst", some, limit.burst(), LimitOptions::withBurst);
            some = PropertyOptions.set(prefix + ".capacity", some, limit.capacity(), LimitOptions::withCapacity);
            return withRate(prefix + ".rate", some, limit.rate());
        });
    }

    private static LimitOptions withRate(String property, LimitOptions options, @Nullable String rate) {
        if (rate == null) {
            return options;
        }
        Matcher matcher = RATE.matcher(rate);
        if (!matcher.matches()) {
            throw wrong(property, rate, null);
        }
        String count = matcher.group(2);
        try {
            Duration time = DurationStyle.SIMPLE.parse((count.isEmpty() ? "1" : count) + matcher.group(3));
            return options.withRate(Integer.parseInt(matcher.group(1)), time);
        } catch (IllegalArgumentException e) {
            throw wrong(property, rate, e);
        }
    }

    private static PelPropertyException wrong(String property, String rate, @Nullable RuntimeException cause) {
        return new PelPropertyException(
                property,
                "must be a number of at least 1 and a time, such as 100/s, 30/m or 5/10s,",
                "'" + rate + "'",
                cause);
    }
}
