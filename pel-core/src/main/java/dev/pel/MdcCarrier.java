package dev.pel;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the logging context. The map is captured once and never changed, so several threads may open it at once. */
final class MdcCarrier implements ContextCarrier {
    @Override
    public @Nullable Snapshot capture() {
        Map<String, String> map = MDC.getCopyOfContextMap();
        return map == null || map.isEmpty() ? null : () -> open(map);
    }

    private static Scope open(Map<String, String> map) {
        Map<String, String> before = MDC.getCopyOfContextMap();
        MDC.setContextMap(map);
        return () -> {
            // a call that runs inside another one's join must give the joiner its own context back
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        };
    }
}
