package dev.pel.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where a scenario waits until all is delivered, and learns what was wrong. */
final class Gate {
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile @Nullable String fault;

    void open() {
        opened.countDown();
    }

    /** Ends the wait with a failure. */
    void fail(String why) {
        fault = why;
        opened.countDown();
    }

    /**
     * Waits until the gate is open.
     *
     * @param seconds for how long at most
     * @throws IllegalStateException when it does not open, or something was delivered wrongly
     */
    void await(int seconds) throws InterruptedException {
        if (!opened.await(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Not everything was delivered within %d s".formatted(seconds));
        }
        check();
    }

    /** Throws when something was delivered wrongly, also after the gate has opened. */
    void check() {
        String why = fault;
        if (why != null) {
            throw new IllegalStateException(why);
        }
    }
}
