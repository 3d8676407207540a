package dev.pel;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells what code throws because pel has interrupted or stopped it from what it throws for a reason of its own. */
final class InterruptEcho {
    /** A chain of causes may be a ring. */
    private static final int DEEPEST = 64;

    private InterruptEcho() {}

    /** Whether the throwable, or one that it was caused by, is what the JDK throws on an interrupt. */
    static boolean isIn(Throwable thrown) {
        return isCausedBy(thrown, InterruptEcho::isOne);
    }

    /** The same while the loop stops: code that waits for another call gets the end of that. */
    static boolean isOfStop(Throwable thrown) {
        return isIn(thrown) || isStopped(thrown);
    }

    /** Whether the throwable, or one that it was caused by, is the end of a call that the stop has ended. */
    static boolean isStopped(Throwable thrown) {
        return isCausedBy(thrown, CallStoppedException.class::isInstance);
    }

    private static boolean isCausedBy(Throwable thrown, Predicate<Throwable> kind) {
        @Nullable Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (kind.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isOne(Throwable thrown) {
        return thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || (thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException));
    }
}
