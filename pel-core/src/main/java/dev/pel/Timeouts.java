package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Arms the timeout that the code of users has given to a handle. */
final class Timeouts {
    private Timeouts() {}

    /** To be called last: a call that no lane has accepted must not be ended as if one had. */
    static void arm(LoopFuture<?> handle, @Nullable Duration timeout) {
        if (timeout != null) {
            handle.endAfter(
                    timeout,
                    () -> handle.end(
                            Outcome.TIMED_OUT, null, new CallTimeoutException(timeout, handle.description()), true));
        }
    }
}
