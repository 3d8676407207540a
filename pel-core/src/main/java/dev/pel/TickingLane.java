package dev.pel;

/** A lane for which the watchdog ticks while it is flooded. */
interface TickingLane {
    /**
     * Called by the watchdog at each tick.
     *
     * @return whether the lane is flooded, so that the next tick is to come soon
     */
    boolean onTick();

    /** Whether the lane has asked for ticks since. From any thread. */
    boolean wantsTicks();
}
