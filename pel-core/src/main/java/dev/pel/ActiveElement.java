package dev.pel;

/** An element of the active lane's queue: an {@link ActiveEntry}, which runs code of users, or a {@link Signal}, which is pel's own. */
interface ActiveElement {
    /** Runs on the active thread. Throws only when pel itself fails, or has no memory. */
    void runOn(ActiveLane lane);

    /** Called instead when the active thread is gone, on the thread that finds it in the queue; maybe more than once. */
    void abandon();
}
