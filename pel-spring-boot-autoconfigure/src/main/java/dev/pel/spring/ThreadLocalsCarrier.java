package dev.pel.spring;

import dev.pel.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.List;

/**
 * Carries every thread-local of a registry. Most submissions have none that is set, and most threads neither: then a look at each
 * is all there is to do, instead of a snapshot, and a map of what was there before.
 */
final class ThreadLocalsCarrier implements ContextCarrier {
    private final List<ThreadLocalAccessor<?>> accessors;
    private final PropagationCarrier carrier;
    private final ContextSnapshot nothing;
    private final Snapshot empty = new Empty();
    private final Scope clearing = this::clear;

    /**
     * For one registry.
     *
     * @param registry what is registered there later is carried, too
     */
    ThreadLocalsCarrier(ContextRegistry registry) {
        // clearMissing, so that an operation that runs inside another one's join does not see that one's context
        ContextSnapshotFactory factory = ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
        this.accessors = registry.getThreadLocalAccessors();
        this.carrier = new PropagationCarrier(factory);
        this.nothing = factory.captureFrom();
    }

    @Override
    public Snapshot capture() {
        return isNoneSet() ? empty : carrier.capture();
    }

    /** What the code has left on a thread that had nothing. */
    private void clear() {
        if (isNoneSet()) {
            return;
        }
        for (ThreadLocalAccessor<?> accessor : accessors) {
            if (accessor.getValue() != null) {
                accessor.restore();
            }
        }
    }

    private boolean isNoneSet() {
        // by number, as the library does it: this is asked three times for a call, and an iterator costs more than the
        // look
        for (int i = 0; i < accessors.size(); i++) {
            if (accessors.get(i).getValue() != null) {
                return false;
            }
        }
        return true;
    }

    private final class Empty implements Snapshot {
        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public Scope open() {
            return isNoneSet() ? clearing : nothing.setThreadLocals()::close;
        }

        @Override
        public Scope openOnBlank() {
            return clearing;
        }
    }
}
