package dev.pel;

/** The wait of a thread of the loop for a handle, during which the thread may run operations that the handle depends on. */
interface OngoingWait {
    /** Waits until the handle has ended, or until this thread can do nothing more for its end. */
    void await();

    /**
     * The same, ended by an interrupt as well.
     *
     * @param nanos at most that long; 0 for as long as it takes
     * @return how much of the time is left; not more than 0 when it is over
     */
    long await(long nanos) throws InterruptedException;

    /** The wait is over. */
    void close();
}
