package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Hands the end of one future on to another, on the active thread. Through its queue and not directly, because futures that wait
 * for each other in a long row would otherwise complete each other in as many nested calls.
 */
record Relay<T extends @Nullable Object>(
        LoopFuture<T> to, @Nullable T value, @Nullable Throwable error) implements Signal.HandingOver {
    /** Posts it, from any thread. */
    static <T extends @Nullable Object> void post(LoopFuture<T> to, @Nullable T value, @Nullable Throwable error) {
        to.run.stack.ensureSomeRoom();
        to.run.queue.post(new Relay<>(to, value, error));
    }

    @Override
    public void run() {
        to.take(value, error);
    }

    @Override
    public void abandon() {
        to.take(value, error);
    }
}
