package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.EventLoopOptions;
import dev.pel.Priority;
import dev.pel.Retry;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which the calls of one method run.
 *
 * @param marked the method
 * @param key of each call, or null for none
 * @param limit the name of a limit, or null for none
 * @param retries how many attempts come after the first, by the rule of {@link Retry#times}; 0 for none
 * @param retry the name of a bean that has another rule, or null for none
 */
record PlannedTerms(
        MarkedMethod marked,
        @Nullable CallKey key,
        @Nullable String limit,
        int retries,
        @Nullable String retry) {

    /**
     * Reads what an annotation says.
     *
     * @param marked the method with its annotation
     * @param texts its attributes
     * @throws InvalidCallMethodException when one of them is wrong
     */
    static PlannedTerms of(MarkedMethod marked, MarkText texts) {
        MarkedTerms given = marked.mark().terms();
        String key = texts.of("key", given.key(), "#p0");
        String retry = texts.of("retry", given.retry(), "patiently");
        if (given.retries() < 0) {
            throw new InvalidCallMethodException(
                    marked,
                    "The retries of %s must be at least 0 but were %d.".formatted(marked.title(), given.retries()),
                    "Write how many attempts come after the first.");
        }
        if (given.retries() > 0 && retry != null) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s has retries = %d and retry = \"%s\", but must have one of them."
                            .formatted(marked.title(), given.retries(), retry),
                    "Keep the retries for the usual pauses, or the name of the bean that has the rule.");
        }
        return new PlannedTerms(
                marked,
                key == null ? null : CallKey.of(marked, key),
                texts.of("limit", given.limit(), "ldap"),
                given.retries(),
                retry);
    }

    /** Whether the method may run more than once in a call. */
    boolean isRepeated() {
        return retries > 0 || retry != null;
    }

    /** Whether they name something that only the finished application can have. */
    boolean nameOthers() {
        return limit != null || retry != null;
    }

    /**
     * Looks whether there is what they name.
     *
     * @param options those of the loop
     * @param rules the beans with rules
     * @throws InvalidCallMethodException when there is not
     */
    void check(EventLoopOptions options, RetryBeans rules) {
        if (limit != null && !options.limits().containsKey(limit)) {
            throw new InvalidCallMethodException(
                    marked,
                    "The limit of %s must be one of %s but was '%s'."
                            .formatted(marked.title(), options.limits().keySet(), limit),
                    "Correct the name, or set %s.concurrency or %<s.rate.".formatted(PropertyLimits.property(limit)));
        }
        if (retry != null) {
            rules.named(retry, marked, options);
        }
    }

    /**
     * Adds them to the description of the calls, all but the key, which differs from call to call.
     *
     * @throws InvalidCallMethodException when there is not what they name
     */
    CallSpec addTo(CallSpec call, EventLoopOptions options, RetryBeans rules) {
        check(options, rules);
        CallSpec changed = limit == null ? call : call.limit(limit);
        if (retry != null) {
            changed = changed.retry(rules.named(retry, marked, options));
        } else if (retries > 0) {
            changed = changed.retry(Retry.times(retries));
        }
        Priority priority = marked.mark().terms().priority();
        return priority == Priority.NORMAL ? changed : changed.priority(priority);
    }
}
