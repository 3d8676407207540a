package dev.pel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All carriers as one. A carrier that fails costs its context, never the call. */
final class Carriers {
    private static final Log log = new Log();
    private static final ContextCarrier.Scope NOTHING = () -> {};

    private final ContextCarrier[] all;

    Carriers(List<ContextCarrier> carriers) {
        this.all = carriers.toArray(ContextCarrier[]::new);
    }

    /** What the current thread knows, or null when that is nothing. */
    ContextCarrier.@Nullable Snapshot capture() {
        ContextCarrier.Snapshot captured = null;
        for (ContextCarrier carrier : all) {
            ContextCarrier.Snapshot snapshot = capture(carrier);
            if (snapshot != null) {
                captured = captured == null ? snapshot : new Both(captured, snapshot);
            }
        }
        return captured;
    }

    private static ContextCarrier.@Nullable Snapshot capture(ContextCarrier carrier) {
        try {
            return carrier.capture();
        } catch (Throwable e) {
            log.warn("Carrier {} could not capture; the call goes without its context", carrier, e);
            return null;
        }
    }

    static ContextCarrier.Scope open(ContextCarrier.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING;
        }
        try {
            return snapshot.open();
        } catch (Throwable e) {
            log.warn("A context could not be opened; the call goes without it", e);
            return NOTHING;
        }
    }

    static void close(ContextCarrier.Scope scope) {
        try {
            scope.close();
        } catch (Throwable e) {
            log.warn(
                    "A context could not be closed; it may stay on thread {}",
                    Thread.currentThread().getName(),
                    e);
        }
    }

    /** Two snapshots, of which the first may be two again: for each call one small object, where a list would be three. */
    private record Both(ContextCarrier.Snapshot first, ContextCarrier.Snapshot second)
            implements ContextCarrier.Snapshot {
        @Override
        public ContextCarrier.Scope open() {
            ContextCarrier.Scope opened = Carriers.open(first);
            return new BothOpen(opened, Carriers.open(second));
        }
    }

    private record BothOpen(ContextCarrier.Scope first, ContextCarrier.Scope second) implements ContextCarrier.Scope {
        @Override
        public void close() {
            Carriers.close(second);
            Carriers.close(first);
        }
    }
}
