package dev.pel.flow;

import java.util.Objects;

/**
 * Why a stream of work has failed: the first item that has failed, or the source, which could not be read. Its cause is what that has thrown; failures
 * of further items are suppressed in it, as many as the report keeps.
 */
public final class WorkStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

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
        super(
                "Stream '%s' has ended, because %s has failed, with %d item(s) done, %d failed and %d discarded: %s"
                        .formatted(
                                report.label(),
                                Objects.requireNonNull(what, "what"),
                                report.done(),
                                report.failed(),
                                report.discarded(),
                                cause),
                Objects.requireNonNull(cause, "cause"));
        this.report = report;
        for (ItemFailure failure : report.failures()) {
            if (!failure.error().equals(cause)) {
                addSuppressed(failure.error());
            }
        }
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
