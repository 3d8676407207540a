package dev.pel;

/** How far the stop of a run has come, once it no longer waits for a drain. Each follows the one before; a run never goes back. */
enum StopPhase {
    /** No stop is under way, or it drains. */
    OPEN,

    /** What waits and runs is being ended. */
    CUT_OFF,

    /** All that waited and ran has been ended; from now on only the active thread adds entries to its queue. */
    SWEPT,

    /** The grace is over: the stop waits no longer for what still runs by itself. */
    IMPATIENT
}
