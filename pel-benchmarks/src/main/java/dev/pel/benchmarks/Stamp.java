package dev.pel.benchmarks;

import org.jspecify.annotations.Nullable;

/** A call that notes when it was made and when its body ran. */
final class Stamp extends Job {
    private final long madeAt = System.nanoTime();
    private final @Nullable Gate gate;
    private volatile long ranAt;

    /**
     * For one call.
     *
     * @param gate opened by the body, when there is one
     */
    Stamp(@Nullable Gate gate) {
        this.gate = gate;
    }

    @Override
    public Integer call() {
        return 1;
    }

    @Override
    public void accept(Integer value) {
        ranAt = System.nanoTime();
        if (gate != null) {
            gate.open();
        }
    }

    long nanos() {
        if (ranAt == 0) {
            throw new IllegalStateException("A body did not run");
        }
        return ranAt - madeAt;
    }
}
