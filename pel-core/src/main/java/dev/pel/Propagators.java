package dev.pel;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All propagators as one. A propagator that fails costs its context, never the call. */
final class Propagators {
    static final ContextPropagator.Scope NOTHING_TO_CLOSE = () -> {};

    private final ContextPropagator[] all;
    private final Machine machine;

    /** One for each class that has failed and each kind of failure, because a snapshot or scope does not tell its propagator. */
    private final Map<Failing, RepeatedFailureLog> logs = new ConcurrentHashMap<>();

    /** Once a propagator has failed, nobody relies on it having left a thread as it was. */
    private volatile boolean failed;

    /** For each propagator the snapshot that stands for its null, so that having no context can be told from one that was let go of. */
    private final EmptySnapshot[] nothing;

    /** What most submitters have, made once; null when there are no propagators. */
    private final ContextPropagator.@Nullable Snapshot allNothing;

    Propagators(List<ContextPropagator> propagators, Machine machine) {
        this.all = propagators.toArray(ContextPropagator[]::new);
        this.machine = machine;
        this.nothing = new EmptySnapshot[all.length];
        ContextPropagator.Snapshot joined = null;
        for (int i = 0; i < all.length; i++) {
            nothing[i] = new EmptySnapshot(i, all[i]);
            joined = joined == null ? nothing[i] : new JoinedSnapshot(this, joined, nothing[i]);
        }
        this.allNothing = joined;
    }

    /** What the current thread knows, or null when there are no propagators. */
    ContextPropagator.@Nullable Snapshot capture() {
        for (int i = 0; i < all.length; i++) {
            ContextPropagator.Snapshot snapshot = captureOf(i);
            if (snapshot != null) {
                return captureFrom(i, snapshot);
            }
        }
        return allNothing;
    }

    /** The first propagators had nothing, the next one has something: goes on with those behind it. */
    private ContextPropagator.Snapshot captureFrom(int found, ContextPropagator.Snapshot first) {
        ContextPropagator.Snapshot captured = first;
        for (int i = found - 1; i >= 0; i--) {
            captured = new JoinedSnapshot(this, nothing[i], captured);
        }
        for (int i = found + 1; i < all.length; i++) {
            ContextPropagator.Snapshot snapshot = captureOf(i);
            captured = new JoinedSnapshot(this, captured, snapshot == null ? nothing[i] : snapshot);
        }
        return captured;
    }

    private ContextPropagator.@Nullable Snapshot captureOf(int index) {
        ContextPropagator propagator = all[index];
        try {
            return propagator.capture();
        } catch (Throwable e) {
            failed("Propagator {} could not capture; the call goes without its context", propagator, propagator, e);
            return null;
        }
    }

    /** Called by each thread of the loop at its start. */
    ThreadContext ofThisThread() {
        ContextPropagator.@Nullable Scope[] toNothing = new ContextPropagator.Scope[all.length];
        ContextPropagator.Snapshot own = null;
        ContextPropagator.Scope joined = null;
        boolean cameWithNothing = true;
        for (int i = 0; i < all.length; i++) {
            ContextPropagator.Snapshot captured = captureOf(i);
            ContextPropagator.Snapshot known = captured == null ? nothing[i] : captured;
            own = own == null ? known : new JoinedSnapshot(this, own, known);
            if (captured == null) {
                ContextPropagator.Scope scope = open(nothing[i]);
                toNothing[i] = scope;
                joined = joined == null ? scope : opened(joined, scope);
            } else {
                cameWithNothing = false;
            }
        }
        if (!cameWithNothing) {
            return new ThreadContext(own, toNothing, null);
        }
        return new ThreadContext(allNothing, toNothing, joined == null ? NOTHING_TO_CLOSE : joined);
    }

    /** Opens on a thread that is as the last scope left it. */
    @SuppressWarnings("ReferenceEquality") // the very same snapshot, made once
    ContextPropagator.Scope open(ContextPropagator.@Nullable Snapshot snapshot, @Nullable ThreadContext here) {
        if (here == null || failed) {
            return open(snapshot);
        }
        ContextPropagator.Scope known = here.allToNothing();
        return snapshot == allNothing && known != null ? known : openOn(here, snapshot);
    }

    private ContextPropagator.Scope openOn(ThreadContext here, ContextPropagator.@Nullable Snapshot snapshot) {
        if (snapshot instanceof JoinedSnapshot both) {
            return openBoth(here, both);
        }
        ContextPropagator.Scope known = snapshot instanceof EmptySnapshot none ? here.toNothing(none.index()) : null;
        return known == null ? open(snapshot) : known;
    }

    private ContextPropagator.Scope openBoth(ThreadContext here, JoinedSnapshot both) {
        JoinedSnapshot.Opened opened = new JoinedSnapshot.Opened(this); // first: with no memory left nothing is opened
        try {
            opened.first = openOn(here, both.first());
            opened.second = openOn(here, both.second());
        } catch (Throwable e) {
            close(opened); // no memory is left for a part of it
            throw e;
        }
        return opened;
    }

    private JoinedSnapshot.Opened opened(ContextPropagator.Scope first, ContextPropagator.Scope second) {
        JoinedSnapshot.Opened both = new JoinedSnapshot.Opened(this);
        both.first = first;
        both.second = second;
        return both;
    }

    /** Opens on a thread of which nothing is known. */
    ContextPropagator.Scope open(ContextPropagator.@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return NOTHING_TO_CLOSE;
        }
        try {
            return Objects.requireNonNull(
                    snapshot.open(),
                    "What a snapshot opens must not be null: return a scope whose close() does nothing");
        } catch (Throwable e) {
            Object failing = snapshot instanceof EmptySnapshot none ? none.propagator() : snapshot;
            failed("The context {} could not be opened; the call goes without it", failing, failing, e);
            return NOTHING_TO_CLOSE;
        }
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
            logs.computeIfAbsent(
                            new Failing(failing.getClass(), message),
                            key -> RepeatedFailureLog.warnings(machine, message))
                    .failed(told, e);
        } catch (Throwable noMemory) {
            // or no stack, not even for the log: the call goes on all the same
        }
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        logs.values().forEach(RepeatedFailureLog::tellRest);
    }

    private record Failing(Class<?> type, String message) {}
}
