package dev.pel.flow;

import dev.pel.Outcome;
import java.util.List;
import java.util.Objects;

/**
 * Why a stream of work has failed: the first item that has failed, or the source, which could not be read or closed. Its cause is what that has thrown;
 * the first ten failures of further items are suppressed in it, and the {@link #report} has all that are kept. The {@link dev.pel.ErrorHandler} is given one when
 * a stream is cancelled, times out or is stopped after something in it had failed: its handle cannot tell that.
 */
public final class WorkStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** So that an entry of a log is not endless. */
    private static final int MOST_SUPPRESSED = 10;

    /** What had been done until then. */
    private final transient StreamReport report;

    /**
     * Made by the stream.
     *
     * @param what what has failed
     * @param report what had been done until then
     * @param cause what was thrown
     */
    public WorkStreamException(String what, StreamReport report, Throwable cause) {
        this(
                report,
                Objects.requireNonNull(cause, "cause"),
                "Stream '%s' has ended, because %s has failed"
                        .formatted(report.label(), Objects.requireNonNull(what, "what")));
    }

    private WorkStreamException(StreamReport report, Throwable cause, String beginning) {
        super(
                "%s, with %d item(s) done, %d failed and %d discarded: %s%s"
                        .formatted(
                                beginning,
                                report.done(),
                                report.failed(),
                                report.discarded(),
                                cause,
                                leftOut(further(report, cause).size())),
                cause);
        this.report = report;
        further(report, cause).stream().limit(MOST_SUPPRESSED).forEach(this::addSuppressed);
    }

    private static List<Throwable> further(StreamReport report, Throwable cause) {
        return report.failures().stream()
                .map(ItemFailure::error)
                .filter(error -> !error.equals(cause))
                .toList();
    }

    private static String leftOut(int further) {
        return further <= MOST_SUPPRESSED
                ? ""
                : " (of %d further failures the first %d are suppressed here; the report has them all)"
                        .formatted(further, MOST_SUPPRESSED);
    }

    /** For a stream that was ended otherwise, after something in it had failed. */
    static WorkStreamException lost(String what, StreamReport report, Throwable cause, Outcome outcome) {
        return new WorkStreamException(
                report,
                cause,
                "Stream '%s' has ended as %s after %s had failed".formatted(report.label(), outcome, what));
    }

    /**
     * What had been done until then.
     *
     * @return the report
     */
    public StreamReport report() {
        return report;
    }
}
