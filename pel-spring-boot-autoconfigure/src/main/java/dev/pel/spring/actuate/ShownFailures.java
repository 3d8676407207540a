package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.spring.actuate.LoopDescription.FailureDescription;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;

/**
 * What of the latest failures whoever asks may see.
 *
 * @param show to whom their messages are shown
 * @param sanitizer takes out of the messages what even those may not see
 */
record ShownFailures(Show show, Sanitizer sanitizer) {
    private static final String MESSAGE = "pel.failure.message";

    /** Null when none are kept of that loop. */
    @Nullable List<FailureDescription> of(EventLoop loop, SecurityContext viewer) {
        RecentFailures recent = RecentFailures.of(loop);
        if (recent == null) {
            return null;
        }
        boolean shown = show.isShown(viewer, Set.of());
        return recent.latest().stream()
                .map(failure -> failure.withMessage(message -> sanitized(message, shown)))
                .toList();
    }

    private @Nullable String sanitized(@Nullable String message, boolean shown) {
        Object value = sanitizer.sanitize(new SanitizableData(null, MESSAGE, message), shown);
        return value == null ? null : value.toString();
    }
}
