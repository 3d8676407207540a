package dev.pel;

/**
 * The time for telling how long something has waited. While the loop is flooded it is that of the watchdog's last tick, about a
 * millisecond old at most, because to ask the real clock costs as much as all the rest of a submission.
 */
final class CoarseClock {
    private final Machine machine;

    /** The time at the last tick, while the watchdog ticks; else 0. */
    private final PaddedLong tick = new PaddedLong();

    CoarseClock(Machine machine) {
        this.machine = machine;
    }

    long time() {
        long last = tick.get();
        return last == 0 ? machine.nanoTime() : last;
    }

    boolean isTicking() {
        return tick.get() != 0;
    }

    /** On the watchdog: the time of this tick, or 0 for no more ticks. */
    void tick(long now) {
        tick.set(now);
    }
}
