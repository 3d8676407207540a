package dev.pel.benchmarks;

import java.util.concurrent.CountDownLatch;

/** A call that notes when it was made and when its body ran. */
final class Stamp extends Job {
    private final long madeAt = System.nanoTime();
    private final CountDownLatch left;
    private long ranAt;

    /**
     * For one call.
     *
     * @param left counted down by the body
     */
    Stamp(CountDownLatch left) {
        this.left = left;
    }

    @Override
    public Integer call() {
        return 1;
    }

    @Override
    public void accept(Integer value) {
        ranAt = System.nanoTime();
        left.countDown();
    }

    /** From the submission to the body; when the latch is down. */
    long nanos() {
        return ranAt - madeAt;
    }
}
