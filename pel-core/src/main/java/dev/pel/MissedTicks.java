package dev.pel;

/**
 * What a periodic timer does about ticks that fell due while it could not run: because its own last run, another body or a pause of the
 * JVM took too long.
 *
 * <p>For an interval of 100 ms, and a first run that takes 550 ms, the runs begin after
 *
 * <pre>
 * SKIP         100, 650, 700, 800 … ms
 * CATCH_UP     100, 650, 650, 650, 650, 650, 700, 800 … ms
 * FIXED_DELAY  100, 750, 850, 950 … ms
 * </pre>
 */
public enum MissedTicks {
    /** One run stands for all of them, and the next is on the grid again: no burst, no drift. The others are counted as missed. */
    SKIP,

    /** Each gets its run, one right after the other, until the grid is reached: as many runs as intervals. */
    CATCH_UP,

    /** There is no grid: the interval is measured from the end of a run to the begin of the next, and nothing is missed. */
    FIXED_DELAY
}
