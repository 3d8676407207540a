package dev.pel;

/** The error handler of a loop that was given none: one line with the stack trace per failure. */
final class LoggingErrorHandler implements ErrorHandler {
    private static final Log log = new Log();

    @Override
    public void handle(Failure failure) {
        log.error(
                "{}{} failed on lane {} after {}, submitted at {}, {}",
                failure.callId() < 0 ? "Code without a call" : "Call " + failure.callId(),
                failure.label() == null ? "" : " '" + failure.label() + "'",
                failure.lane(),
                DurationText.about(Machine.nanos(failure.age())),
                failure.submittedAt() == null ? "an unknown place" : failure.submittedAt(),
                failure.late()
                        ? "after its call had ended otherwise (cancelled, timed out or stopped): the failure came late, no handle tells it"
                        : "and nobody deals with it: attach exceptionally(…) or whenComplete(…) to the handle, or ask for the result",
                failure.error());
    }
}
