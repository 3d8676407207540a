package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The attempts of one call: counts them, keeps its operation for the next one, and says whether and when that comes. */
final class Attempts {
    private final long seed;

    /** Null without retries. Read by the thread that has claimed the call; the end of the call clears it, and then no attempt comes. */
    private @Nullable Object operation;

    /** Null without retries, and after the end of the call. */
    private @Nullable Retry retry;

    /** Made at the first failure, on the thread of the operation. */
    private Retry.@Nullable Pauses pauses;

    /** Why the last attempt has failed. Written by the thread of the operation. */
    private volatile @Nullable Throwable lastFailure;

    /** Written by the thread of the operation, as the next one. */
    private volatile int number = 1;

    /** The number of the latest attempt that has begun; 1 before the first, too. Written by the thread of the operation. */
    private volatile int begun = 1;

    /** When the call came into its lane for the present attempt. */
    private volatile long enteredAt;

    /** How long to wait before the next attempt; null when there is none. */
    private @Nullable Duration pause;

    Attempts(@Nullable Retry retry, long submittedAt, @Nullable Object operation) {
        this.retry = retry;
        this.seed = submittedAt;
        this.enteredAt = submittedAt;
        this.operation = retry == null ? null : operation;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // of attempts one runs at a time
    void next(long now) {
        number++;
        enteredAt = now;
    }

    long enteredAt() {
        return enteredAt;
    }

    /** The number of the attempt that runs or comes next. */
    int number() {
        return number;
    }

    /** The attempt begins. */
    void begins() {
        begun = number;
    }

    /** How many attempts have begun, but at least 1. */
    int begun() {
        return begun;
    }

    /** Whether another attempt is to come, and then how long to wait for it. A rule that fails says that the call fails, too. */
    @SuppressWarnings("ReferenceEquality") // the very same failure
    boolean areWorthAnother(Throwable error) {
        Retry rule = retry;
        if (rule == null) {
            return false;
        }
        Throwable cause = Causes.cause(error);
        lastFailure = cause;
        try {
            if (pauses == null) {
                pauses = rule.forCall(seed);
            }
            pause = checked(pauses.after(cause));
            return pause != null;
        } catch (Throwable e) {
            if (e != cause) {
                cause.addSuppressed(e);
            }
            return false;
        }
    }

    /** How long to wait for the next attempt; null when none is to come. */
    @Nullable Duration takePause() {
        Duration time = pause;
        pause = null;
        return time;
    }

    private static @Nullable Duration checked(@Nullable Duration pause) {
        if (pause != null && pause.isNegative()) {
            throw new IllegalArgumentException(
                    "A pause before another attempt must not be negative but was " + DurationText.of(pause));
        }
        return pause;
    }

    /** The call times out: the failure of the last attempt says why it took so long. */
    void tellWhy(Throwable timeout) {
        Throwable last = lastFailure;
        if (last != null) {
            timeout.addSuppressed(last);
        }
    }

    @Nullable Object operation() {
        return operation;
    }

    /** No further attempt comes. */
    void letGo() {
        operation = null;
        retry = null;
        pauses = null;
        lastFailure = null;
    }
}
