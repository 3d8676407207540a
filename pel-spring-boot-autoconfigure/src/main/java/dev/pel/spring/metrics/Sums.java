package dev.pel.spring.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Four sums that are added to together, by many threads. A thread takes the stripe that its number points to, adds to what is
 * there as if it were alone, and gives the stripe back: one agreement with others for all four, where four adders would need
 * four. Nobody waits for a stripe: its holder may have lost its processor just there.
 */
final class Sums {
    private static final int SUMS = 4;

    /** Two cache lines, because processors fetch them in pairs: stripes of two threads share nothing. */
    private static final int STRIDE = 16;

    private static final int MOST_STRIPES = 16;
    private static final int STRIPES =
            Math.min(MOST_STRIPES, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 2);

    /** In each stripe whether it is taken, 1 or 0, and behind that the sums. The first place stays empty, as padding. */
    private final AtomicLongArray stripes = new AtomicLongArray((STRIPES + 2) * STRIDE);

    /** For a thread that finds both of its stripes taken. */
    private final LongAdder[] spill = {new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()};

    void add(long first, long second, long third, long fourth) {
        int own = (int) Thread.currentThread().getId();
        int stripe = take(own);
        if (stripe < 0) {
            stripe = take(own + 1);
        }
        if (stripe < 0) {
            spill[0].add(first);
            spill[1].add(second);
            spill[2].add(third);
            spill[3].add(fourth);
            return;
        }
        more(stripe + 1, first);
        more(stripe + 2, second);
        more(stripe + 3, third);
        more(stripe + 4, fourth);
        stripes.setRelease(stripe, 0);
    }

    /** Where the stripe begins, or -1 when somebody has it. */
    private int take(int number) {
        int stripe = (1 + (number & STRIPES - 1)) * STRIDE;
        return stripes.getPlain(stripe) == 0 && stripes.compareAndSet(stripe, 0, 1) ? stripe : -1;
    }

    /** The stripe is this thread's; only readers may look meanwhile. */
    private void more(int at, long value) {
        stripes.setRelease(at, stripes.getPlain(at) + value);
    }

    /** One of the sums; each never falls, unless something negative was added. */
    long get(int sum) {
        if (sum < 0 || sum >= SUMS) {
            throw new IndexOutOfBoundsException(sum);
        }
        long all = spill[sum].sum();
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            all += stripes.get(stripe * STRIDE + 1 + sum);
        }
        return all;
    }
}
