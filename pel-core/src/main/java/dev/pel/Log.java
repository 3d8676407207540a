package dev.pel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of the engine. A logger that throws (its disk is full, its appender is broken, no memory is left) loses that line and causes no
 * other harm, because pel logs in the middle of work that it must finish.
 *
 * <p>Where pel logs because it has run out of memory, neither can an array of arguments be made nor a class be loaded. So the
 * methods take single arguments, and each class that logs has a log of its own from the start.
 */
final class Log {
    private final Logger logger = LoggerFactory.getLogger("dev.pel.EventLoop");

    void info(String message, Object argument) {
        try {
            logger.info(message, argument);
        } catch (Throwable e) {
            tell(e);
        }
    }

    void warn(String message, Object argument) {
        try {
            logger.warn(message, argument);
        } catch (Throwable e) {
            tell(e);
        }
    }

    void warn(String message, Object argument, Throwable error) {
        try {
            logger.warn(message, argument, error);
        } catch (Throwable e) {
            tell(e);
        }
    }

    void error(String message, Object argument, Throwable error) {
        try {
            logger.error(message, argument, error);
        } catch (Throwable e) {
            tell(e);
        }
    }

    void error(String message, @Nullable Object... arguments) {
        try {
            logger.error(message, arguments);
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** The same once more, without the stack trace: only how often, and the class and message of the latest. */
    void again(boolean isError, String message, Object subject, Throwable latest, long times) {
        try {
            String again = message + " (once more: {}; since the last such line {} times)";
            if (isError) {
                logger.error(again, subject, text(latest), times);
            } else {
                logger.warn(again, subject, text(latest), times);
            }
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** A call was refused by a loop that has not started. */
    void refused(String loop, Object site, @Nullable Object reason) {
        try {
            logger.warn(
                    "Loop '{}' refused a call, submitted at {}: {} (said at once because the loop has not been started; what it refuses for"
                            + " the same reason within ten seconds is counted)",
                    loop,
                    site,
                    reason);
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** Calls were refused, and nobody has looked at their handles. */
    void refused(String loop, long count, long seconds, Object site, String reason) {
        try {
            logger.warn(
                    "Loop '{}' refused {} call(s) within {} s and nobody looked at their handles; one was submitted at {}: {}",
                    loop,
                    count,
                    seconds,
                    site,
                    reason);
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** The class and message of what others have thrown; its methods are theirs, too, and may throw. */
    static String text(Throwable error) {
        try {
            return String.valueOf(error);
        } catch (Throwable e) {
            return error.getClass().getName();
        }
    }

    private static void tell(Throwable broken) {
        try {
            System.err.println("pel could not write to its log: " + broken);
        } catch (Throwable e) {
            // neither a log nor a console nor memory is left: there is nobody to tell
        }
    }
}
