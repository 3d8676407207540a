package dev.pel;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the logging context. The map is captured once and never changed, so several threads may open it at once. */
final class MdcPropagator implements ContextPropagator {
    /** For a thread that had nothing. One object, because every entry on such a thread ends with it. */
    private static final Scope TO_NOTHING = MdcPropagator::clearWhatIsThere;

    @Override
    public @Nullable Snapshot capture() {
        Map<String, String> map = current();
        return map == null ? null : () -> open(map);
    }

    private static Scope open(Map<String, String> map) {
        Map<String, String> before = current();
        MDC.setContextMap(map);
        return backTo(before);
    }

    @Override
    public Scope clear() {
        Map<String, String> before = current();
        if (before != null) {
            MDC.clear();
        }
        return backTo(before);
    }

    /** A call that runs in the join of another one must give that one its own context back. */
    private static Scope backTo(@Nullable Map<String, String> before) {
        return before == null ? TO_NOTHING : () -> MDC.setContextMap(before);
    }

    private static @Nullable Map<String, String> current() {
        Map<String, String> map = MDC.getCopyOfContextMap();
        return map == null || map.isEmpty() ? null : map;
    }

    private static void clearWhatIsThere() {
        if (MDC.getCopyOfContextMap() != null) {
            MDC.clear();
        }
    }
}
