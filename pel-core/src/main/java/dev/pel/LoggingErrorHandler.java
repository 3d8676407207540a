package dev.pel;

/** The error handler of a loop that was given none: one line with the stack trace per failure. */
final class LoggingErrorHandler implements ErrorHandler {
    private static final Log log = new Log();

    @Override
    public void handle(Failure failure) {
        log.error(
                "{}{} failed on lane {} after {}, {}, {}",
                failure.callId() < 0 ? "Code without a call" : "Call " + failure.callId(),
                failure.label() == null ? "" : " '" + failure.label() + "'",
                failure.lane(),
                DurationText.about(Machine.nanos(failure.age())),
                place(failure),
                failure.late()
                        ? "after its call had ended otherwise (cancelled, timed out or stopped): the failure came late, no handle shows it"
                        : "and nobody deals with it: attach exceptionally(…) or whenComplete(…) to the handle, or ask for the result; where there"
                                + " is no handle, catch it where it is thrown, or give the loop an ErrorHandler",
                failure.error());
    }

    /** The place of submission. Where calls come too fast to take it, a failure has that of the code that failed. */
    private static String place(Failure failure) {
        StackTraceElement known = failure.submissionSite();
        if (known == null) {
            return "submitted at an unknown place (set the call site interval to zero, in Spring pel.failures.call-site-interval=0,"
                    + " to know it)";
        }
        return (known.equals(CallSites.of(failure.error())) ? "at " : "submitted at ") + known;
    }
}
