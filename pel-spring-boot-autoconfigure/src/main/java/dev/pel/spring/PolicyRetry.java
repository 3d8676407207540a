package dev.pel.spring;

import dev.pel.EventLoopOptions;
import dev.pel.Machine;
import dev.pel.Retry;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/** What Spring's policy says about the failures of one call. */
final class PolicyRetry implements Retry.Pauses {
    private final RetryPolicy policy;
    private final BackOffExecution pauses;
    private final LongSupplier nanoTime;
    private final long begin;

    private PolicyRetry(RetryPolicy policy, LongSupplier nanoTime) {
        this.policy = policy;
        this.pauses = policy.getBackOff().start();
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    /**
     * The policy as a rule of the loop.
     *
     * @param policy asked about each failure
     * @param options those of the loop, which has the clock
     */
    static Retry of(RetryPolicy policy, EventLoopOptions options) {
        Objects.requireNonNull(policy, "policy");
        Machine machine = options.hooks().machine();
        LongSupplier nanoTime = machine == null ? System::nanoTime : machine::nanoTime;
        return Retry.of(() -> new PolicyRetry(policy, nanoTime));
    }

    @Override
    public @Nullable Duration after(Throwable failure) {
        if (!policy.shouldRetry(failure)) {
            return null;
        }
        long millis = pauses.nextBackOff();
        if (millis == BackOffExecution.STOP) {
            return null;
        }
        Duration pause = Duration.ofMillis(millis);
        Duration timeout = policy.getTimeout();
        Duration passed = Duration.ofNanos(nanoTime.getAsLong() - begin);
        boolean isLate = !timeout.isZero() && passed.plus(pause).compareTo(timeout) >= 0;
        return isLate ? null : pause;
    }
}
