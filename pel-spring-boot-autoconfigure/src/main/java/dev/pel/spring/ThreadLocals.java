package dev.pel.spring;

import dev.pel.ContextPropagator.Scope;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread-locals that are registered, as the current thread has them; and a way back to what they were, whatever code has left in
 * them meanwhile.
 *
 * <p>Closing a snapshot's scope is no such way: an accessor may stand for a stack, as that of observations does, and takes the innermost
 * value off. When code has left a scope open, that one is closed and the snapshot's own stays.
 */
final class ThreadLocals {
    /** An accessor that never comes back must not hold a thread for ever. */
    private static final int MOST_SCOPES = 10_000;

    private final List<ThreadLocalAccessor<?>> accessors;

    /**
     * For one registry.
     *
     * @param registry what is registered there later is seen, too
     */
    ThreadLocals(ContextRegistry registry) {
        this.accessors = registry.getThreadLocalAccessors();
    }

    boolean isNoneSet() {
        // by number, as the library does it: this is asked three times for a call, and an iterator costs more than the
        // look
        for (int i = 0; i < accessors.size(); i++) {
            if (accessors.get(i).getValue() != null) {
                return false;
            }
        }
        return true;
    }

    /** Puts a snapshot onto the thread. The scope leaves it as it was before. */
    Scope open(ContextSnapshot snapshot) {
        List<Held> before = held();
        ContextSnapshot.Scope scope = snapshot.setThreadLocals();
        List<Held> inside = held();
        return () -> {
            try {
                backTo(inside);
            } finally {
                scope.close();
                backTo(before);
            }
        };
    }

    /** Takes off what code has left on a thread that had nothing. */
    void clear() {
        if (!isNoneSet()) {
            backTo(List.of());
        }
    }

    private List<Held> held() {
        List<Held> held = new ArrayList<>();
        for (ThreadLocalAccessor<?> accessor : accessors) {
            Object value = accessor.getValue();
            if (value != null) {
                held.add(new Held(accessor, value));
            }
        }
        return held;
    }

    private void backTo(List<Held> before) {
        for (ThreadLocalAccessor<?> accessor : accessors) {
            backTo(accessor, valueIn(before, accessor));
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same accessor is meant
    private static @Nullable Object valueIn(List<Held> before, ThreadLocalAccessor<?> accessor) {
        for (Held held : before) {
            if (held.accessor() == accessor) {
                return held.value();
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked") // the value came out of this accessor
    private static <V> void backTo(ThreadLocalAccessor<V> accessor, @Nullable Object before) {
        Object now = accessor.getValue();
        for (int i = 0; i < MOST_SCOPES && now != null && !now.equals(before); i++) {
            accessor.restore();
            now = accessor.getValue();
        }
        if (before != null && now == null) {
            accessor.setValue((V) before);
        }
    }

    /** What one accessor has read. */
    private record Held(ThreadLocalAccessor<?> accessor, Object value) {}
}
