package dev.pel.flow;

import dev.pel.Task;
import java.util.concurrent.CompletionException;

/** Takes failures into and out of the exceptions that futures put around them. */
final class Thrown {
    private Thrown() {}

    /** Runs code inside a function of a future: that may throw nothing checked, and takes the exception around it off again. */
    static void by(Task code) {
        try {
            code.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** Runs both, also when the first one throws. What the second one throws then is suppressed in that. */
    @SuppressWarnings("ReferenceEquality") // the very same throwable is meant
    static void both(Task first, Task second) throws Exception {
        try {
            first.run();
        } catch (Throwable e) {
            try {
                second.run();
            } catch (Throwable further) {
                if (further != e) { // else it cannot be added
                    e.addSuppressed(further);
                }
            }
            throw e;
        }
        second.run();
    }

    /** Throws what a future has failed with once more, for the future that the current function belongs to. */
    static void again(Throwable error) {
        by(() -> {
            if (error instanceof Error serious) {
                throw serious;
            }
            throw error instanceof Exception exception ? exception : new CompletionException(error);
        });
    }

    /** What has failed, without the exception that futures put around it. */
    static Throwable cause(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : null;
        return cause == null ? error : cause;
    }
}
