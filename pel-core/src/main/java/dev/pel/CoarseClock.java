package dev.pel;

import java.util.List;

/**
 * The time, for telling how long something has waited. While a lane is flooded it is that of the watchdog's last tick, about a
 * millisecond old at most, because asking the machine would cost as much as all the rest of a submission
 * (docs/dev/performance-experiments.md: processor time per {@code next} from 180 to 131 ns).
 */
final class CoarseClock {
    private static final long TICK = 1_000_000;

    /** After so many ticks without a flood the clock ticks no longer. */
    private static final int QUIET_TICKS = 8;

    private final Machine machine;
    private final WatchdogThread watchdog;

    /** The time at the last tick, while the clock ticks; else 0. */
    private final PaddedLong last = new PaddedLong();

    /** Confined to the watchdog. */
    private int quietTicks;

    CoarseClock(Machine machine, WatchdogThread watchdog) {
        this.machine = machine;
        this.watchdog = watchdog;
    }

    long time() {
        long tick = last.get();
        return tick == 0 ? machine.nanoTime() : tick;
    }

    boolean isTicking() {
        return last.get() != 0;
    }

    /**
     * Starts the ticks by waking the watchdog, unless the clock ticks already. A lane calls this after it has set the mark that a tick
     * reads.
     */
    void startTicking() {
        if (!isTicking()) {
            watchdog.wake();
        }
    }

    /**
     * On the watchdog: looks at the lanes, and tells the time if one of them is flooded, or was a short while ago.
     *
     * @return how long until the next tick; 0 for never
     */
    long tick(List<? extends TickingLane> lanes, boolean isOver) {
        assert watchdog.isCurrentOrNone();
        boolean busy = false;
        for (TickingLane lane : lanes) {
            busy |= lane.onTick();
        }
        quietTicks = busy ? 0 : quietTicks + 1;
        boolean goesOn = quietTicks < QUIET_TICKS && !isOver;
        last.set(goesOn ? machine.nanoTime() : 0);
        // a concurrent lane raises its mark and then looks whether the clock ticks: one of the two sees the other
        return goesOn || (!isOver && isWanted(lanes)) ? TICK : 0;
    }

    private static boolean isWanted(List<? extends TickingLane> lanes) {
        boolean wanted = false;
        for (TickingLane lane : lanes) {
            wanted |= lane.wantsTicks();
        }
        return wanted;
    }
}
