package dev.pel;

/** A lane for which the watchdog ticks while it is flooded, and after whose threads it looks. */
interface TickingLane {
    /**
     * Called by the watchdog at each tick.
     *
     * @return whether the lane is flooded, so that the next tick is to come soon
     */
    boolean onTick();

    /** Whether the lane has asked for ticks since. From any thread. */
    boolean wantsTicks();

    /** On the watchdog: looks whether threads are missing. Says when to look again; 0 for not at all. */
    default long lookAtThreads() {
        return 0;
    }
}
