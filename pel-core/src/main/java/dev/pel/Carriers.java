package dev.pel;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All carriers as one. A carrier that fails costs its context, never the call. */
final class Carriers {
    private static final ContextCarrier.Scope NOTHING = () -> {};

    private final ContextCarrier[] all;
    private final Machine machine;

    /** One for each class of carrier, snapshot or scope that has failed. A snapshot does not tell whose it is. */
    private final Map<Class<?>, RepeatedFailureLog> logs = new ConcurrentHashMap<>();

    /** Once a carrier has failed, nobody relies on it having left a thread as it was. */
    private volatile boolean failed;

    /** The pair that was made of empty snapshots last: mostly they are always the same. Races are harmless, it is immutable. */
    private @Nullable Both empty;

    Carriers(List<ContextCarrier> carriers, Machine machine) {
        this.all = carriers.toArray(ContextCarrier[]::new);
        this.machine = machine;
    }

    /** What the current thread knows, or null when that is nothing. */
    ContextCarrier.@Nullable Snapshot capture() {
        ContextCarrier.Snapshot captured = null;
        for (ContextCarrier carrier : all) {
            ContextCarrier.Snapshot snapshot = capture(carrier);
            if (snapshot != null) {
                captured = captured == null ? snapshot : both(captured, snapshot);
            }
        }
        return captured;
    }

    private ContextCarrier.@Nullable Snapshot capture(ContextCarrier carrier) {
        try {
            return carrier.capture();
        } catch (Throwable e) {
            failed("Carrier {} could not capture; the call goes without its context", carrier, carrier, e);
            return null;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same snapshots are meant
    private Both both(ContextCarrier.Snapshot first, ContextCarrier.Snapshot second) {
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
    boolean isBlank(ContextCarrier.@Nullable Snapshot here) {
        return here == null ? all.length == 0 : here.isEmpty();
    }

    /** Opens on a thread that is as the last scope left it; blank says whether it carried nothing before the first. */
    ContextCarrier.Scope open(ContextCarrier.@Nullable Snapshot snapshot, boolean blank) {
        return blank && !failed ? openOnBlank(snapshot) : open(snapshot);
    }

    ContextCarrier.Scope open(ContextCarrier.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING;
        }
        try {
            return opened(snapshot.open());
        } catch (Throwable e) {
            return notOpened(snapshot, e);
        }
    }

    private ContextCarrier.Scope openOnBlank(ContextCarrier.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING;
        }
        try {
            return opened(snapshot.openOnBlank());
        } catch (Throwable e) {
            return notOpened(snapshot, e);
        }
    }

    private static ContextCarrier.Scope opened(ContextCarrier.@Nullable Scope scope) {
        return Objects.requireNonNull(
                scope, "What a snapshot opens must not be null: return a scope whose close() does nothing");
    }

    private ContextCarrier.Scope notOpened(ContextCarrier.Snapshot snapshot, Throwable e) {
        failed("The context {} could not be opened; the call goes without it", snapshot, snapshot, e);
        return NOTHING;
    }

    void close(ContextCarrier.Scope scope) {
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
    private static final class Both implements ContextCarrier.Snapshot {
        private final Carriers carriers;
        private final ContextCarrier.Snapshot first;
        private final ContextCarrier.Snapshot second;

        /** The scope of last time, as long as there is nothing to carry: mostly it is always the same. Races are harmless. */
        private @Nullable BothOpen last;

        Both(Carriers carriers, ContextCarrier.Snapshot first, ContextCarrier.Snapshot second) {
            this.carriers = carriers;
            this.first = first;
            this.second = second;
        }

        @Override
        public boolean isEmpty() {
            return first.isEmpty() && second.isEmpty();
        }

        @Override
        public ContextCarrier.Scope open() {
            ContextCarrier.Scope opened = carriers.open(first);
            return opened(opened, carriers.open(second));
        }

        @Override
        public ContextCarrier.Scope openOnBlank() {
            ContextCarrier.Scope opened = carriers.openOnBlank(first);
            return opened(opened, carriers.openOnBlank(second));
        }

        @SuppressWarnings("ReferenceEquality") // the very same scopes are meant
        private BothOpen opened(ContextCarrier.Scope one, ContextCarrier.Scope other) {
            BothOpen known = last;
            if (known != null && known.first == one && known.second == other) {
                return known;
            }
            BothOpen made = new BothOpen(carriers, one, other);
            if (isEmpty()) {
                last = made;
            }
            return made;
        }
    }

    private record BothOpen(Carriers carriers, ContextCarrier.Scope first, ContextCarrier.Scope second)
            implements ContextCarrier.Scope {
        @Override
        public void close() {
            carriers.close(second);
            carriers.close(first);
        }
    }
}
