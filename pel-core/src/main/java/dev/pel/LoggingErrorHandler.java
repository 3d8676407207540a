package dev.pel;

/** The error handler of a loop that was given none: one line with the stack trace per failure. */
final class LoggingErrorHandler implements ErrorHandler {
    private static final Log log = new Log();

    @Override
    public void handle(Failure failure) {
        log.error(
                "Call {}{} failed on lane {} after {} ms, submitted at {}, {}",
                failure.callId(),
                failure.label() == null ? "" : " '" + failure.label() + "'",
                failure.lane(),
                failure.age().toMillis(),
                failure.submittedAt() == null ? "an unknown place" : failure.submittedAt(),
                failure.late() ? "when the call had ended already: it came late" : "and nobody deals with it",
                failure.error());
    }
}
