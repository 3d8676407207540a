package dev.pel;

import java.util.function.BooleanSupplier;

/**
 * Polls for work for a while before its thread parks, because a wake-up costs both sides far more than a short wait. It does so only where
 * that has lately paid off: a sleep that turned out to be short allows a little spinning, a spin that finds something doubles that, each
 * spin in vain reduces it. So an idle loop does not spin, and one whose work always comes a little too late wastes little. The caller spins
 * only while operations are short: long ones may need the processor themselves. Used by one thread at a time.
 */
final class Spin {
    /** About the time until a woken thread runs: a longer spin costs more than it can save. */
    private static final long MOST = 60_000;

    private static final long LITTLE = MOST / 8;

    /** A sleep shorter than this should perhaps not have been one. */
    private static final long SHORT = 200_000;

    /** Polls between clock reads; yields after each batch. */
    private static final int LOOKS = 32;

    /** Pauses for each entry that waits elsewhere: on an AMD EPYC some 25 ns of the 130 that a short operation and its body take. */
    private static final int PAUSES = 2;

    private static final int MOST_BEHIND = 256;

    private final Machine machine;
    private final BooleanSupplier ready;
    private long limit;

    Spin(Machine machine, BooleanSupplier ready) {
        this.machine = machine;
        this.ready = ready;
    }

    boolean isWorthwhile() {
        return limit > 0;
    }

    /**
     * Spins until there is work, or the limit is over. Before that it pauses without polling, for a part of the time for which the lane
     * from which its work comes has a backlog, and so finds several entries at once. Two threads that hand entries to each other one by one
     * fetch the same cache lines from each other for each entry
     * (docs/dev/performance-experiments.md: {@code next} from 4.3 to 6.9 million a second).
     *
     * @param behind how many entries wait in that lane
     */
    boolean found(int behind) {
        for (int i = Math.min(behind, MOST_BEHIND) * PAUSES; i > 0; i--) {
            machine.spin();
        }
        long start = machine.nanoTime();
        do {
            for (int i = 0; i < LOOKS; i++) {
                if (ready.getAsBoolean()) {
                    limit = Math.min(MOST, 2 * limit);
                    return true;
                }
                machine.spin();
            }
            machine.giveWay();
        } while (machine.nanoTime() - start < limit);
        limit = limit < LITTLE ? 0 : limit - limit / 4;
        return false;
    }

    /** Learns from a sleep that somebody ended. */
    void slept(long nanos) {
        limit = nanos < SHORT && machine.processors() > 1 ? Math.min(MOST, limit + LITTLE) : limit / 2;
    }
}
