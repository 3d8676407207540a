package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a future that is made on a completion thread, because others have attached code to it past pel. It can be found by its
 * future, for a thread that begins to wait for that when the completion waits already, and may wait in two queues: it runs once.
 */
@SuppressWarnings("ReferenceEquality") // the very same future is meant
final class Completion implements Runnable {
    private final Object future;
    private final Runnable code;
    private final AtomicBoolean begun = new AtomicBoolean();

    Completion(Object future, Runnable code) {
        this.future = future;
        this.code = code;
    }

    @Override
    public void run() {
        if (begun.compareAndSet(false, true)) {
            code.run();
        }
    }

    boolean isOf(Object one) {
        return future == one;
    }
}
