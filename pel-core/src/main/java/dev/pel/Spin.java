package dev.pel;

import java.util.function.BooleanSupplier;

/**
 * Looks a few times whether there is work before its thread parks, because being woken costs both sides far more than a short
 * wait. Only where that has lately paid off: a sleep that turned out to be short gives the right to spin, each spin in vain
 * halves it, so a loop that has nothing to do spins not at all. Confined to one thread.
 */
final class Spin {
    /** Some ten microseconds, about what it takes to park and be woken. */
    private static final int MOST = 300;

    /** A sleep shorter than this should not have been one. */
    private static final long SHORT = 50_000;

    private final Machine machine;
    private final BooleanSupplier ready;
    private int limit;

    Spin(Machine machine, BooleanSupplier ready) {
        this.machine = machine;
        this.ready = ready;
    }

    boolean isWorthwhile() {
        return limit > 0;
    }

    /** Spins until there is work, or it is no longer worth it. */
    boolean found() {
        for (int i = 0; i < limit; i++) {
            if (ready.getAsBoolean()) {
                return true;
            }
            machine.spin();
        }
        limit /= 2;
        return false;
    }

    /** Learns from a sleep that somebody ended. */
    void slept(long nanos) {
        limit = nanos < SHORT && machine.canSpin() ? MOST : limit / 2;
    }
}
