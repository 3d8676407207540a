package dev.pel;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link CallSpec} says of its calls: the label, and the terms under which they run. Immutable; each change makes a copy. */
final class CallTerms {
    private final CallDetails labelled;
    private @Nullable Duration timeout;
    private boolean cancelsUpstream;
    private @Nullable Object key;
    private @Nullable String limit;
    private @Nullable Retry retry;
    private Priority priority = Priority.NORMAL;
    private @Nullable Condition condition;

    CallTerms(CallDetails labelled) {
        this.labelled = labelled;
    }

    private CallTerms(CallDetails labelled, CallTerms other) {
        this.labelled = labelled;
        timeout = other.timeout;
        cancelsUpstream = other.cancelsUpstream;
        key = other.key;
        limit = other.limit;
        retry = other.retry;
        priority = other.priority;
        condition = other.condition;
    }

    /** The same for all runs of a periodic timer. */
    CallTerms labelled(CallDetails details) {
        return new CallTerms(details, this);
    }

    private CallTerms with(Consumer<CallTerms> change) {
        CallTerms copy = new CallTerms(labelled, this);
        change.accept(copy);
        return copy;
    }

    CallTerms timeout(Duration value) {
        return with(copy -> copy.timeout = value);
    }

    CallTerms key(Object value) {
        return with(copy -> copy.key = value);
    }

    CallTerms limit(String value) {
        return with(copy -> copy.limit = value);
    }

    CallTerms retry(Retry value) {
        return with(copy -> copy.retry = value);
    }

    CallTerms priority(Priority value) {
        return with(copy -> copy.priority = value);
    }

    CallTerms condition(Condition value) {
        return with(copy -> copy.condition = value);
    }

    CallTerms cancelUpstream() {
        return with(copy -> copy.cancelsUpstream = true);
    }

    // ------------------------------------------------------------------ asked

    CallDetails labelled() {
        return labelled;
    }

    @Nullable Duration timeout() {
        return timeout;
    }

    boolean cancelsUpstream() {
        return cancelsUpstream;
    }

    @Nullable Object key() {
        return key;
    }

    @Nullable String limit() {
        return limit;
    }

    @Nullable Retry retry() {
        return retry;
    }

    Priority priority() {
        return priority;
    }

    @Nullable Condition condition() {
        return condition;
    }

    /** Whether its calls need an {@link Admission}. */
    boolean needsAdmission() {
        return key != null || limit != null || retry != null || priority != Priority.NORMAL || condition != null;
    }

    // ------------------------------------------------------------------ refused

    /** What only an operation has: a body is neither limited nor tried again, and all bodies have the same priority. */
    void refuseForActive(String verb) {
        String what =
                limit != null ? "limit" : retry != null ? "retry" : priority != Priority.NORMAL ? "priority" : null;
        if (what != null) {
            throw new IllegalStateException("'%s' is for operations, and %s of call '%s' has none: leave it out"
                    .formatted(what, verb, labelled.label()));
        }
    }

    /** A periodic timer that runs nothing but a body has no operation of which more could be said than a label. */
    void refuseTermsOfOperations() {
        refuseForActive("every(…).run");
        if (key != null) {
            throw new IllegalStateException(
                    "A periodic timer's body has no key: leave it out for '%s', or let each run be a call: every(…).next(operation, body)"
                            .formatted(labelled.label()));
        }
        if (timeout != null) {
            throw new IllegalStateException(
                    "A periodic timer's body has no timeout: leave it out for '%s', or let each run be a call: every(…).next(operation, body)"
                            .formatted(labelled.label()));
        }
    }

    /** A timer's body is not asked for. */
    void refuseCondition(String verb) {
        if (condition != null) {
            throw new IllegalStateException(
                    "'onlyWhile' is for calls, and %s of '%s' is none: leave it out, and cancel the timer"
                            .formatted(verb, labelled.label()));
        }
    }

    /** Several operations with one body would be skipped one by one. */
    void refuseWhatIsForOneOperation() {
        boolean isTold = condition != null && condition.whenSkipped() != null;
        String what = key != null ? "have no key" : isTold ? "are not told of when they are skipped" : null;
        if (what != null) {
            throw new IllegalStateException(
                    "Operations that run side by side %s: leave it out for call '%s', or submit them one by one"
                            .formatted(what, labelled.label()));
        }
    }

    /** A script or a promise is no call: no more can be said of it than a label and a timeout. */
    void refuseTermsOfCalls(String verb) {
        refuseForActive(verb);
        refuseCondition(verb);
        String what = key != null ? "key" : cancelsUpstream ? "cancelUpstream" : null;
        if (what != null) {
            throw new IllegalStateException(
                    "'%s' is for calls, and %s of '%s' is none: leave it out".formatted(what, verb, labelled.label()));
        }
    }

    void refuseTimeout(String verb) {
        if (timeout != null) {
            throw new IllegalStateException(
                    "'timeout' is for calls, and %s of '%s' is none: leave it out".formatted(verb, labelled.label()));
        }
    }

    void refuseCancelUpstream() {
        if (cancelsUpstream) {
            throw new IllegalStateException(
                    "A timer has no operation that 'cancelUpstream' could interrupt: leave it out for"
                            + " call '%s', and cancel the timer itself".formatted(labelled.label()));
        }
    }

    static IllegalArgumentException unknownLimit(EventLoopOptions options, String limit) {
        // Spring drops other characters of a key than these, and takes a dot for the end of it, unless there are
        // brackets
        String property = limit.matches("[A-Za-z0-9-]+") ? "pel.limits." + limit : "pel.limits[" + limit + "]";
        return new IllegalArgumentException(
                "'limit' must be one of %s but was '%s': set it with EventLoopOptions.withLimit, or in Spring with '%s.concurrency' or '%s.rate'"
                        .formatted(options.limits().keySet(), limit, property, property));
    }
}
