package dev.pel;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the logging context. The map is captured once and never changed, so several threads may open it at once. Where there
 * is nothing to carry, what the operation or body puts there itself is still taken off the thread.
 */
final class MdcPropagator implements ContextPropagator {
    private static final Scope CLEARING = MdcPropagator::clear;
    private static final Snapshot NOTHING = new Nothing();

    @Override
    public Snapshot capture() {
        Map<String, String> map = current();
        return map == null ? NOTHING : () -> open(map);
    }

    private static Scope open(Map<String, String> map) {
        Map<String, String> before = current();
        MDC.setContextMap(map);
        // a call that runs in the join of another one must give that one its own context back
        return before == null ? CLEARING : () -> MDC.setContextMap(before);
    }

    private static @Nullable Map<String, String> current() {
        Map<String, String> map = MDC.getCopyOfContextMap();
        return map == null || map.isEmpty() ? null : map;
    }

    private static void clear() {
        if (MDC.getCopyOfContextMap() != null) {
            MDC.clear();
        }
    }

    private static final class Nothing implements Snapshot {
        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public Scope open() {
            Map<String, String> before = current();
            if (before == null) {
                return CLEARING;
            }
            MDC.clear();
            return () -> MDC.setContextMap(before);
        }

        @Override
        public Scope openOnBlank() {
            return CLEARING;
        }
    }
}
