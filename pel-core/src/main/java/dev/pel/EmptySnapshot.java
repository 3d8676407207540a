package dev.pel;

/**
 * Stands for what a propagator had when it had nothing to carry: opened, it makes a thread carry nothing of that propagator.
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
