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
        Opened opened = new Opened(propagators); // first: with no memory left nothing is opened
        opened.first = propagators.open(first);
        opened.second = propagators.open(second);
        return opened;
    }

    /** Both are open; the thread that opened them closes them, in the reverse order. */
    static final class Opened implements ContextPropagator.Scope {
        private final Propagators propagators;
        ContextPropagator.Scope first = Propagators.NOTHING_TO_CLOSE;
        ContextPropagator.Scope second = Propagators.NOTHING_TO_CLOSE;

        Opened(Propagators propagators) {
            this.propagators = propagators;
        }

        @Override
        public void close() {
            propagators.close(second);
            propagators.close(first);
        }
    }
}
