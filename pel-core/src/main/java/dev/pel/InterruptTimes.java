package dev.pel;

/**
 * When a stop repeats its interrupts of the threads that still run operations. Code that has noticed the interrupt may need to block while
 * it cleans up, so the intervals double; without any repetition, code that has cleared the flag between two blocking steps would block for
 * ever. Used by
 * one thread, as {@link Shutdown#step} asserts.
 */
final class InterruptTimes {
    private static final long FIRST = 1_000_000;

    private long interval = FIRST;
    private long next;

    /** The threads have been interrupted for the first time. */
    void begin(long now) {
        next = now + interval;
    }

    /** Whether they are to be interrupted now. */
    boolean areDue(long now) {
        if (now - next < 0) {
            return false;
        }
        interval *= 2;
        next = now + interval;
        return true;
    }
}
