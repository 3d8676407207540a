package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** The failure of a call whose timeout passed before it had ended. */
public final class CallTimeoutException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    /** The time the call was given. */
    private final Duration timeout;

    /**
     * For tests and stand-ins, which return {@code LoopFuture.failed(new CallTimeoutException(…))}. The loop makes those of its calls itself.
     *
     * @param timeout the time the call was given
     */
    public CallTimeoutException(Duration timeout) {
        this(Objects.requireNonNull(timeout, "timeout"), "the call");
    }

    CallTimeoutException(Duration timeout, String ended) {
        super("%s had not ended after %s.".formatted(CallNames.atTheBeginning(ended), DurationText.of(timeout)));
        this.timeout = timeout;
    }

    /**
     * The time the call was given.
     *
     * @return the timeout
     */
    public Duration timeout() {
        return timeout;
    }
}
