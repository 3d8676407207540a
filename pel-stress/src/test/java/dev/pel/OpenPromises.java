package dev.pel;

import org.jspecify.annotations.Nullable;

/** Promises of a run whose threads do nothing, for races in other packages. */
public final class OpenPromises {
    private final LoopRun run = StillMachine.running();

    public <T extends @Nullable Object> LoopFuture<T> open() {
        return Promise.open(run, null);
    }
}
