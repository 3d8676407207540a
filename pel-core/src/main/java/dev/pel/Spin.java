package dev.pel;

import java.util.function.BooleanSupplier;

/**
 * Looks for a while whether there is work before its thread parks, because being woken costs both sides far more than a short
 * wait. Only where that has lately paid off: sleeps that turned out to be short give the right to spin a little, a spin that
 * finds something doubles it, each spin in vain takes a part. So a loop that has nothing to do spins not at all, and one whose
 * work always comes a little too late wastes little. And only while operations are short, which the caller knows: long ones
 * may want the processor themselves. Used by one thread at a time.
 */
final class Spin {
    /** About what it takes until a thread that is woken runs: to spin longer than that is to lose more than can be won. */
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
     * Spins until there is work, or it is no longer worth it. What waits in the lane from which the work comes keeps that one busy in any
     * case; so for a part of that time nobody looks here, and then finds several entries at once. Two threads that hand entries to each
     * other one by one fetch the same cache lines from each other for each of them
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
