package dev.pel.spring;

import dev.pel.ContextCarrier;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries what a factory of Micrometer's context propagation takes: trace, security, request, whatever has an accessor.
 */
final class PropagationCarrier implements ContextCarrier {
    private final ContextSnapshotFactory factory;

    /**
     * For one factory.
     *
     * @param factory takes the snapshots
     */
    PropagationCarrier(ContextSnapshotFactory factory) {
        this.factory = factory;
    }

    /** Never null: that the submitter had nothing must be carried, too, over what the running thread has. */
    @Override
    public Snapshot capture() {
        ContextSnapshot snapshot = factory.captureAll();
        return () -> snapshot.setThreadLocals()::close;
    }
}
