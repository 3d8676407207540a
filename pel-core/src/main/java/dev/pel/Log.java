package dev.pel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the engine writes what nobody else can be told. A logger that throws (its disk is full, its appender is broken) costs
 * its line and nothing else: pel logs in the middle of what it must finish.
 */
final class Log {
    private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

    private Log() {}

    static void info(String message, @Nullable Object... arguments) {
        write(() -> logger.info(message, arguments));
    }

    static void warn(String message, @Nullable Object... arguments) {
        write(() -> logger.warn(message, arguments));
    }

    static void error(String message, @Nullable Object... arguments) {
        write(() -> logger.error(message, arguments));
    }

    private static void write(Runnable line) {
        try {
            line.run();
        } catch (Throwable broken) {
            tell(broken);
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
