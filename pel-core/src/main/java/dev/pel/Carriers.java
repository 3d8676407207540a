package dev.pel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All carriers as one. A carrier that fails costs its context, never the call. */
final class Carriers {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
    private static final ContextCarrier.Scope NOTHING = () -> {};

    private final ContextCarrier[] all;

    Carriers(List<ContextCarrier> carriers) {
        this.all = carriers.toArray(ContextCarrier[]::new);
    }

    /** What the current thread knows, or null when that is nothing. */
    ContextCarrier.@Nullable Snapshot capture() {
        ContextCarrier.Snapshot first = null;
        List<ContextCarrier.Snapshot> several = null;
        for (ContextCarrier carrier : all) {
            ContextCarrier.Snapshot snapshot = capture(carrier);
            if (snapshot == null) {
                continue;
            }
            if (first == null) {
                first = snapshot;
            } else {
                if (several == null) {
                    several = new ArrayList<>(all.length);
                    several.add(first);
                }
                several.add(snapshot);
            }
        }
        List<ContextCarrier.Snapshot> captured = several;
        return captured == null ? first : () -> openAll(captured);
    }

    private static ContextCarrier.@Nullable Snapshot capture(ContextCarrier carrier) {
        try {
            return carrier.capture();
        } catch (Throwable e) {
            log.warn("Carrier {} could not capture; the call goes without its context", carrier, e);
            return null;
        }
    }

    private static ContextCarrier.Scope openAll(List<ContextCarrier.Snapshot> snapshots) {
        List<ContextCarrier.Scope> scopes = new ArrayList<>(snapshots.size());
        for (ContextCarrier.Snapshot snapshot : snapshots) {
            scopes.add(open(snapshot));
        }
        return () -> {
            for (int i = scopes.size() - 1; i >= 0; i--) {
                close(scopes.get(i));
            }
        };
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
}
