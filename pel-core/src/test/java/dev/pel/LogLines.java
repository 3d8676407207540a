package dev.pel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps what pel logs during a test. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger = (Logger) LoggerFactory.getLogger(EventLoop.class);
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        setContext(logger.getLoggerContext());
        start();
        logger.addAppender(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /** The lines at WARN and above that contain the text. */
    public List<String> with(String text) {
        return events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(text))
                .toList();
    }

    /** How many of the lines that contain the text have a stack trace. */
    public long tracesOf(String text) {
        return events.stream()
                .filter(event -> event.getFormattedMessage().contains(text) && event.getThrowableProxy() != null)
                .count();
    }
}
