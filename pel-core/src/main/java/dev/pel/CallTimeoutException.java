package dev.pel;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The failure of a call whose timeout passed before it had ended. */
public final class CallTimeoutException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    CallTimeoutException(Duration timeout, LoopFuture<?> ended) {
        this(timeout, CallNames.atTheBeginning(ended));
    }

    CallTimeoutException(Duration timeout) {
        this(timeout, "The call");
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
