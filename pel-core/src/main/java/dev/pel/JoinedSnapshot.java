package dev.pel;

/** Two snapshots as one, of which one may be such a pair, too: a single small object per call, where a list would take three. */
final class JoinedSnapshot implements ContextPropagator.Snapshot {
    private final Propagators propagators;
    private final ContextPropagator.Snapshot first;
    private final ContextPropagator.Snapshot second;

    JoinedSnapshot(Propagators propagators, ContextPropagator.Snapshot first, ContextPropagator.Snapshot second) {
        this.propagators = propagators;
        this.first = first;
        this.second = second;
    }

    ContextPropagator.Snapshot first() {
        return first;
    }

    ContextPropagator.Snapshot second() {
        return second;
    }

    @Override
    public ContextPropagator.Scope open() {
        ContextPropagator.Scope opened = propagators.open(first);
        return new Opened(propagators, opened, propagators.open(second));
    }

    /** Both are open; closed in the reverse order. */
    record Opened(Propagators propagators, ContextPropagator.Scope first, ContextPropagator.Scope second)
            implements ContextPropagator.Scope {
        @Override
        public void close() {
            propagators.close(second);
            propagators.close(first);
        }
    }
}
