package dev.pel;

/**
 * Thrown at once by a method that would wait, when it is called on a thread that must not wait for it: {@code get} and
 * {@code join} on an unfinished call on the active thread, or on a pool's thread that can neither run what it waits for nor get a spare
 * thread, or that would wait for its own operation, and waiting for the loop's stop on one of its own threads.
 */
public final class WaitOnLoopThreadException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    WaitOnLoopThreadException(String message) {
        super(message);
    }
}
