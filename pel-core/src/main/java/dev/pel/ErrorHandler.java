package dev.pel;

/**
 * Gets every failure that nobody deals with on the handle: no dependent is attached and nobody has joined it.
 *
 * <p>Runs on the active thread, in the context of the submission, once per failure. When the loop has no active thread, because it has
 * stopped or because its stop has given that thread up, it runs where attached actions run then: on a completion thread, one failure at
 * a time, never beside a body, unless that body was given up as stuck. What it throws is logged, with
 * the failure it was given, and harmless: the first time in full, then as a count, in at most one line in ten seconds.
 */
@FunctionalInterface
public interface ErrorHandler {
    /**
     * Runs on the active thread, or, when the loop has none, on a completion thread.
     *
     * @param failure what failed, where it ran, and where it was submitted
     * @throws Exception is logged and goes no further
     */
    void handle(Failure failure) throws Exception;
}
