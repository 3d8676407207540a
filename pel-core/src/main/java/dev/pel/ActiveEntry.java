package dev.pel;

/** An element of the active lane's queue. */
interface ActiveEntry {
    /** Runs on the active thread. Throws nothing. */
    void run(ActiveLane lane);

    /** Called instead when the active thread is gone, on whichever thread finds it in the queue; maybe more than once. */
    void abandon();
}
