package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Stands for what the active thread runs while it hands the end of a future on to another one: code attached through the plain
 * {@code CompletableFuture} API runs then. A new object each time, by which a stop sees whether the thread makes progress.
 */
final class HandOver implements CallInfo {
    @Override
    public long id() {
        return -1;
    }

    @Override
    public @Nullable String label() {
        return null;
    }
}
