package dev.pel.spring;

import dev.pel.ContextPropagator;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries what a factory of Micrometer's context propagation takes: trace, security, request, whatever has an accessor.
 */
final class MicrometerContextPropagator implements ContextPropagator {
    private final ContextSnapshotFactory factory;
    private final ThreadLocals locals;

    /**
     * For one factory.
     *
     * @param factory takes the snapshots
     * @param locals are as before when a snapshot is taken off
     */
    MicrometerContextPropagator(ContextSnapshotFactory factory, ThreadLocals locals) {
        this.factory = factory;
        this.locals = locals;
    }

    /** Never null: what counts as nothing is for the factory to say, and its snapshot of nothing clears the thread that opens it. */
    @Override
    public Snapshot capture() {
        ContextSnapshot snapshot = factory.captureAll();
        return () -> locals.open(snapshot);
    }
}
