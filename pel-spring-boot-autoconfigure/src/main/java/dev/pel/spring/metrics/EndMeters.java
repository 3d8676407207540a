package dev.pel.spring.metrics;

/** What is written down when an entry of one lane, with one label, has ended in one way. */
interface EndMeters {
    /**
     * An entry has ended. Runs on any thread, several at once.
     *
     * @param waitingNanos how long it waited
     * @param runningNanos how long it ran; 0 when it never started
     */
    void ended(long waitingNanos, long runningNanos);

    /** How many have ended so, ever. */
    long count();
}
