package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the log says of a failure with which nobody deals. */
class LoggingErrorHandlerTests {
    private static final StackTraceElement SERVICE = new StackTraceElement("user.Service", "load", "Service.java", 3);
    private static final StackTraceElement MAIN = new StackTraceElement("user.Main", "main", "Main.java", 7);

    @RegisterExtension
    final LogLines log = new LogLines();

    private final IllegalStateException error = new IllegalStateException("on purpose");

    private String lineOf(@Nullable StackTraceElement place) {
        error.setStackTrace(
                new StackTraceElement[] {SERVICE, new StackTraceElement(Call.class.getName(), "invoke", "Call.java", 1)
                });
        new LoggingErrorHandler().handle(new Failure(error, 3, "order", Lane.WORK, Duration.ofMillis(30), place));
        assertThat(log.with("failed on lane")).hasSize(1);
        return log.with("failed on lane").get(0);
    }

    @Test
    void lineTellsWhereTheCallWasSubmitted() {
        assertThat(lineOf(MAIN))
                .startsWith(
                        "Call 3 'order' failed on lane WORK after 30 ms, submitted at user.Main.main(Main.java:7), and");
    }

    @Test
    void placeOfTheCodeThatFailedIsNotCalledThatOfTheSubmission() {
        assertThat(lineOf(SERVICE))
                .startsWith(
                        "Call 3 'order' failed on lane WORK after 30 ms, at user.Service.load(Service.java:3), and");
    }

    @Test
    void lineWithoutAPlaceSaysHowToGetOne() {
        assertThat(lineOf(null))
                .contains("submitted at an unknown place (set the call site interval to zero, in Spring"
                        + " pel.failures.call-site-interval=0, to know it), and nobody deals with it");
    }
}
