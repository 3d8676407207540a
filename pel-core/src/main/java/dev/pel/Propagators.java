package dev.pel;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All propagators as one. A propagator that fails costs its context, never the call. */
final class Propagators {
    private static final ContextPropagator.Scope NOTHING = () -> {};

    private final ContextPropagator[] all;
    private final Machine machine;

    /** One for each class of propagator, snapshot or scope that has failed. A snapshot does not tell whose it is. */
    private final Map<Class<?>, RepeatedFailureLog> logs = new ConcurrentHashMap<>();

    /** Once a propagator has failed, nobody relies on it having left a thread as it was. */
    private volatile boolean failed;

    /** The pair that was made of empty snapshots last: mostly they are always the same. Races are harmless, it is immutable. */
    private @Nullable Both empty;

    Propagators(List<ContextPropagator> propagators, Machine machine) {
        this.all = propagators.toArray(ContextPropagator[]::new);
        this.machine = machine;
    }

    /** What the current thread knows, or null when that is nothing. */
    ContextPropagator.@Nullable Snapshot capture() {
        ContextPropagator.Snapshot captured = null;
        for (ContextPropagator propagator : all) {
            ContextPropagator.Snapshot snapshot = capture(propagator);
            if (snapshot != null) {
                captured = captured == null ? snapshot : both(captured, snapshot);
            }
        }
        return captured;
    }

    private ContextPropagator.@Nullable Snapshot capture(ContextPropagator propagator) {
        try {
            return propagator.capture();
        } catch (Throwable e) {
            failed("Propagator {} could not capture; the call goes without its context", propagator, propagator, e);
            return null;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same snapshots are meant
    private Both both(ContextPropagator.Snapshot first, ContextPropagator.Snapshot second) {
        Both known = empty;
        if (known != null && known.first == first && known.second == second) {
            return known;
        }
        Both made = new Both(this, first, second);
        if (made.isEmpty()) {
            empty = made;
        }
        return made;
    }

    /** Whether a thread on which this was captured carries nothing, so that whoever opens a snapshot there need not look. */
    boolean isBlank(ContextPropagator.@Nullable Snapshot here) {
        return here == null ? all.length == 0 : here.isEmpty();
    }

    /** Opens on a thread that is as the last scope left it; blank says whether it carried nothing before the first. */
    ContextPropagator.Scope open(ContextPropagator.@Nullable Snapshot snapshot, boolean blank) {
        return blank && !failed ? openOnBlank(snapshot) : open(snapshot);
    }

    ContextPropagator.Scope open(ContextPropagator.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING;
        }
        try {
            return opened(snapshot.open());
        } catch (Throwable e) {
            return notOpened(snapshot, e);
        }
    }

    private ContextPropagator.Scope openOnBlank(ContextPropagator.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING;
        }
        try {
            return opened(snapshot.openOnBlank());
        } catch (Throwable e) {
            return notOpened(snapshot, e);
        }
    }

    private static ContextPropagator.Scope opened(ContextPropagator.@Nullable Scope scope) {
        return Objects.requireNonNull(
                scope, "What a snapshot opens must not be null: return a scope whose close() does nothing");
    }

    private ContextPropagator.Scope notOpened(ContextPropagator.Snapshot snapshot, Throwable e) {
        failed("The context {} could not be opened; the call goes without it", snapshot, snapshot, e);
        return NOTHING;
    }

    void close(ContextPropagator.Scope scope) {
        try {
            scope.close();
        } catch (Throwable e) {
            failed(
                    "A context could not be closed; it may stay on thread {}",
                    scope,
                    Thread.currentThread().getName(),
                    e);
        }
    }

    private void failed(String message, Object failing, Object told, Throwable e) {
        failed = true;
        try {
            logs.computeIfAbsent(failing.getClass(), type -> RepeatedFailureLog.warnings(machine, message))
                    .failed(told, e);
        } catch (Throwable noMemory) {
            // or no stack, not even for the log: the call goes on all the same
        }
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        logs.values().forEach(RepeatedFailureLog::tellRest);
    }

    /** Two snapshots, of which the first may be two again: for each call one small object, where a list would be three. */
    private static final class Both implements ContextPropagator.Snapshot {
        private final Propagators propagators;
        private final ContextPropagator.Snapshot first;
        private final ContextPropagator.Snapshot second;

        /** The scope of last time, as long as there is nothing to carry: mostly it is always the same. Races are harmless. */
        private @Nullable BothOpen last;

        Both(Propagators propagators, ContextPropagator.Snapshot first, ContextPropagator.Snapshot second) {
            this.propagators = propagators;
            this.first = first;
            this.second = second;
        }

        @Override
        public boolean isEmpty() {
            return first.isEmpty() && second.isEmpty();
        }

        @Override
        public ContextPropagator.Scope open() {
            ContextPropagator.Scope opened = propagators.open(first);
            return opened(opened, propagators.open(second));
        }

        @Override
        public ContextPropagator.Scope openOnBlank() {
            ContextPropagator.Scope opened = propagators.openOnBlank(first);
            return opened(opened, propagators.openOnBlank(second));
        }

        @SuppressWarnings("ReferenceEquality") // the very same scopes are meant
        private BothOpen opened(ContextPropagator.Scope one, ContextPropagator.Scope other) {
            BothOpen known = last;
            if (known != null && known.first == one && known.second == other) {
                return known;
            }
            BothOpen made = new BothOpen(propagators, one, other);
            if (isEmpty()) {
                last = made;
            }
            return made;
        }
    }

    private record BothOpen(Propagators propagators, ContextPropagator.Scope first, ContextPropagator.Scope second)
            implements ContextPropagator.Scope {
        @Override
        public void close() {
            propagators.close(second);
            propagators.close(first);
        }
    }
}
