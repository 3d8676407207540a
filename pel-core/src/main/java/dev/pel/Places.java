package dev.pel;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place in the user's source at which a call was submitted. Walking the stack costs about a microsecond, more than
 * the submission itself, so it is done at most once per interval: an application of some ten thousand calls a second gets
 * every place, a flood gets samples.
 */
final class Places {
    private static final Set<Class<?>> ENGINE = Set.of(
            PretendEventLoop.class,
            CallSpec.class,
            Call.class,
            Post.class,
            LoopTimer.class,
            LoopFuture.class,
            Dependent.class,
            Generation.class,
            Places.class);
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final long interval;

    /** Several threads write it without agreement; the loser of that race takes one place too many, which is harmless. */
    private long last;

    Places(long intervalNanos, long now) {
        this.interval = intervalNanos;
        this.last = now - intervalNanos;
    }

    @Nullable StackTraceElement take(long now) {
        if (now - last < interval) {
            return null;
        }
        last = now;
        return WALKER.walk(frames -> frames.filter(
                        frame -> !ENGINE.contains(frame.getDeclaringClass()) && isOfUser(frame.getClassName()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    /** The place of the code that threw: the frame of the user that pel called, as far as the trace shows it. */
    static @Nullable StackTraceElement of(Throwable error) {
        StackTraceElement found = null;
        for (StackTraceElement frame : error.getStackTrace()) {
            if (isEngine(frame.getClassName())) {
                return found;
            }
            if (isOfUser(frame.getClassName())) {
                found = frame;
            }
        }
        return null;
    }

    private static boolean isEngine(String name) {
        return ENGINE.stream().anyMatch(type -> type.getName().equals(name));
    }

    private static boolean isOfUser(String name) {
        return !name.startsWith("java.")
                && !name.startsWith("jdk.")
                && !name.startsWith("dev.pel.spring.")
                && !name.startsWith("org.springframework.")
                && !name.contains("$$SpringCGLIB$$")
                && !name.contains("$Proxy");
    }
}
