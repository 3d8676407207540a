package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which the operation of a call is tried again after a failure: how often, after which pause, and after which failures. Immutable,
 * and may be used for many calls. For no retries describe the call without a rule.
 *
 * <pre>{@code
 * Retry retry = Retry.times(3).backoff(Duration.ofMillis(200), Duration.ofSeconds(5)).when(TimeoutException.class::isInstance);
 * loop.call("load").retry(retry).timeout(Duration.ofSeconds(30)).next(() -> repository.load(id), this::show);
 * }</pre>
 *
 * <p>A pause holds no thread. The call stays one call meanwhile, with one handle, which ends with the first success or the last failure, or by
 * its timeout, a {@code cancel} or the stop of the loop in the middle of a pause. It keeps the turn of its key, and has no permit of its limit
 * while it pauses. A body is not tried again: its failure is that of the call.
 */
public final class Retry {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** How much longer or shorter than planned a pause may be, so that calls which failed together are not tried together. */
    private static final double JITTER = 0.2;

    private final int most;
    private final Duration first;
    private final Duration longest;
    private final double jitter;
    private final Predicate<? super Throwable> when;

    /** Makes the rule of one call; null for the rule that the other fields make. */
    private final @Nullable Supplier<? extends Pauses> others;

    private Retry(
            int most,
            Duration first,
            Duration longest,
            double jitter,
            Predicate<? super Throwable> when,
            @Nullable Supplier<? extends Pauses> others) {
        this.most = most;
        this.first = first;
        this.longest = longest;
        this.jitter = jitter;
        this.when = when;
        this.others = others;
    }

    /** What a rule says about the failures of one call. */
    @FunctionalInterface
    public interface Pauses {
        /**
         * Whether to try again, and when. Runs on the thread on which the operation has failed.
         *
         * @param failure what the operation has thrown
         * @return the pause before the next attempt, zero for none; null when the call is to fail, as it does after a negative one
         */
        @Nullable Duration after(Throwable failure);
    }

    /**
     * Tries again at most so often, after pauses of 100, 200, 400 … ms, at most 30 s, each up to a fifth longer or shorter. After each
     * exception that the operation throws, also an {@code InterruptedException}; not after an {@code Error}. A call that was cancelled or
     * stopped, or has timed out, is over, and not tried again.
     *
     * @param retries how many attempts come after the first
     * @return the rule
     * @throws IllegalArgumentException when it is less than 1: for no retries leave the rule out
     */
    public static Retry times(int retries) {
        if (retries < 1) {
            throw new IllegalArgumentException("'retries' must be at least 1 but was " + retries);
        }
        return new Retry(retries, FIRST_PAUSE, LONGEST_PAUSE, JITTER, Exception.class::isInstance, null);
    }

    /**
     * A rule that is made elsewhere, such as by another library.
     *
     * @param perCall makes what is asked about the failures of one call, for each call anew; runs on the thread on which its operation has
     *     failed first. Let it say null some time: nothing else limits
     *     the attempts of a call without a timeout
     * @return the rule
     */
    public static Retry of(Supplier<? extends Pauses> perCall) {
        return new Retry(
                Integer.MAX_VALUE,
                Duration.ZERO,
                Duration.ZERO,
                0,
                failure -> true,
                Objects.requireNonNull(perCall, "perCall"));
    }

    /**
     * The same with the same pause before each attempt, up to a fifth longer or shorter ({@link #jitter}).
     *
     * @param pause not negative
     * @return the changed copy
     * @throws IllegalArgumentException when it is negative
     * @throws IllegalStateException when the rule was made elsewhere
     */
    public Retry backoff(Duration pause) {
        return backoff(pause, pause);
    }

    /**
     * The same with pauses each of which is twice as long as the one before, up to the longest, and up to a fifth longer or shorter than that
     * ({@link #jitter}).
     *
     * @param pause the first; not negative
     * @param most the longest, but for the jitter; not less than the first
     * @return the changed copy
     * @throws IllegalArgumentException when one of them breaks its rule
     * @throws IllegalStateException when the rule was made elsewhere
     */
    public Retry backoff(Duration pause, Duration most) {
        refuseOthers();
        if (pause.isNegative()) {
            throw new IllegalArgumentException("'pause' must not be negative but was " + DurationText.of(pause));
        }
        if (most.compareTo(pause) < 0) {
            throw new IllegalArgumentException("'most' must not be less than 'pause', which is %s, but was %s"
                    .formatted(DurationText.of(pause), DurationText.of(most)));
        }
        return new Retry(this.most, pause, most, jitter, when, null);
    }

    /**
     * The same with pauses that are longer or shorter by chance.
     *
     * @param fraction how much of a pause, between 0 and 1; 0.2 by default
     * @return the changed copy
     * @throws IllegalArgumentException when it is not between 0 and 1
     * @throws IllegalStateException when the rule was made elsewhere
     */
    public Retry jitter(double fraction) {
        refuseOthers();
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("'fraction' must be between 0 and 1 but was " + fraction);
        }
        return new Retry(most, first, longest, fraction, when, null);
    }

    /**
     * The same for these failures, in place of those that the rule named before: of {@link #times}, every one that is no {@code Error}.
     *
     * @param failures whether to try again after this one, which may be an {@code Error}; runs on the thread on which the operation has failed. When it throws, the call
     *     fails
     * @return the changed copy
     */
    public Retry when(Predicate<? super Throwable> failures) {
        return new Retry(most, first, longest, jitter, Objects.requireNonNull(failures, "failures"), others);
    }

    private void refuseOthers() {
        if (others != null) {
            throw new IllegalStateException("The pauses of a rule that was made elsewhere are made there");
        }
    }

    /** What is asked about the failures of one call. The seed makes its pauses differ from those of other calls, and the same in each replay. */
    Pauses forCall(long seed) {
        Pauses pauses =
                others == null ? new Doubling(seed) : Objects.requireNonNull(others.get(), "what 'perCall' returns");
        return failure -> when.test(failure) ? pauses.after(failure) : null;
    }

    /** Pauses that double. */
    private final class Doubling implements Pauses {
        private final long seed;
        private int retries;
        private Duration next = first;

        Doubling(long seed) {
            this.seed = seed;
        }

        @Override
        public @Nullable Duration after(Throwable failure) {
            if (retries == most) {
                return null;
            }
            retries++;
            Duration pause = next;
            next = pause.compareTo(longest.dividedBy(2)) > 0 ? longest : pause.multipliedBy(2);
            double chance = 1 + jitter * (2 * unit(mixed(seed + retries)) - 1);
            return jitter == 0 ? pause : Duration.ofNanos((long) (Machine.nanos(pause) * chance));
        }

        /** A number from 0 to 1. */
        private static double unit(long bits) {
            return (bits >>> 11) * 0x1.0p-53;
        }

        /** The finalizer of SplitMix64: neighbouring numbers become numbers that look random. */
        private static long mixed(long number) {
            long one = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
            long two = (one ^ (one >>> 27)) * 0x94d049bb133111ebL;
            return two ^ (two >>> 31);
        }
    }
}
