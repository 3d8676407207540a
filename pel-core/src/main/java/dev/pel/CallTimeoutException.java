package dev.pel;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The failure of a call whose timeout passed before it had ended. */
public final class CallTimeoutException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    CallTimeoutException(Duration timeout) {
        super("The call had not ended after %s.".formatted(timeout));
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
