package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The completion of a future on a completion thread, because code was attached to it through the plain {@code CompletableFuture} API. It
 * can be found by its future, to be moved up when a thread begins to wait for that. It may lie in two queues, and runs once.
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
