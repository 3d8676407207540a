package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Hands the end of one future on to another, on the active thread. Through its queue and not directly, because futures that wait
 * for each other in a long row would otherwise complete each other in as many nested calls.
 */
record Relay<T extends @Nullable Object>(
        LoopFuture<T> to, @Nullable T value, @Nullable Throwable error) implements ActiveEntry {
    @Override
    public void run(ActiveLane lane) {
        lane.enter(new HandOver());
        ContextPropagator.Scope scope = lane.openNested(null);
        try {
            to.take(value, error);
        } finally {
            lane.close(scope);
            lane.notRun();
        }
    }

    @Override
    public void abandon() {
        to.take(value, error);
    }
}
