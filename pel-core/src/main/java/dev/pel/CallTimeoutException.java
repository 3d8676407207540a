package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** The failure of a call whose timeout passed before it had ended. */
public final class CallTimeoutException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    /** The time the call was given. */
    private final Duration timeout;

    CallTimeoutException(Duration timeout, LoopFuture<?> ended) {
        this(timeout, CallNames.atTheBeginning(ended));
    }

    /**
     * For tests and stand-ins, which return {@code LoopFuture.failed(new CallTimeoutException(…))}. The loop makes those of its calls itself.
     *
     * @param timeout the time the call was given
     */
    public CallTimeoutException(Duration timeout) {
        this(Objects.requireNonNull(timeout, "timeout"), "The call");
    }

    private CallTimeoutException(Duration timeout, String what) {
        super("%s had not ended after %s.".formatted(what, DurationText.of(timeout)));
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
