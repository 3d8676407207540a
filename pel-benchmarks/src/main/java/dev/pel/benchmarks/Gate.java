package dev.pel.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Where a scenario waits until all is delivered, and learns what was wrong. */
final class Gate {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> fault = new AtomicReference<>();

    void open() {
        opened.countDown();
    }

    /** Ends the wait with a failure, unless there has been one before: what comes later may follow from it. */
    void fail(String why) {
        fault.compareAndSet(null, why);
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
        String why = fault.get();
        if (why != null) {
            throw new IllegalStateException(why);
        }
    }
}
