package dev.pel;

/**
 * Gets every failure that nobody deals with on the handle: no dependent is attached and nobody has joined it.
 *
 * <p>Runs on the active thread, in the context of the submission, once per failure. What it throws is logged and harmless.
 */
@FunctionalInterface
public interface ErrorHandler {
    /**
     * Runs on the active thread.
     *
     * @param failure what failed, where it ran, and where it was submitted
     * @throws Exception is logged and goes no further
     */
    void handle(Failure failure) throws Exception;
}
