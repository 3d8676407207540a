package dev.pel;

/**
 * The snapshot of a propagator that had nothing to carry: when it is opened, it clears that propagator's context on the thread.
 *
 * @param index the place of the propagator among all
 * @param propagator the propagator
 */
record EmptySnapshot(int index, ContextPropagator propagator) implements ContextPropagator.Snapshot {
    @Override
    public ContextPropagator.Scope open() {
        return propagator.clear();
    }
}
