package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * Finds the place in the user's source at which a call was submitted. That takes some microseconds, more than the submission itself,
 * so it is done at most once per interval: of a hundred calls a second all get their place, of a flood samples do.
 */
final class CallSites {
    /** The package of the engine: a prefix, so that this class depends on no class of it, and a new one needs no entry in a list. */
    private static final String ENGINE = "dev.pel.";

    private static final String FLOW = ENGINE + "flow.";

    private static final StackTraceElement[] NO_TRACE = {};

    private final long interval;

    /** Several threads write it without agreement; the loser of that race takes one place too many, which is harmless. */
    private long last;

    CallSites(long intervalNanos, long now) {
        this.interval = intervalNanos;
        this.last = now - intervalNanos;
    }

    /** Now may be the time of a coarse clock, and then earlier than that of the call before. */
    @Nullable Trail take(long now) {
        if (interval > 0 && now - last < interval) {
            return null;
        }
        last = now;
        return new Trail();
    }

    /** The same regardless of the interval, for rare calls that the log must be able to name. */
    Trail takeInAnyCase(long now) {
        last = now;
        return new Trail();
    }

    /**
     * A captured stack, searched only when somebody asks for the place. It is a {@code Throwable}, which the JVM itself fills in
     * microseconds; a {@link StackWalker} runs Java code, which takes a fifth of a millisecond until it is compiled, and where calls are
     * rare it never is.
     */
    static final class Trail extends Throwable {
        private static final long serialVersionUID = 1L;

        Trail() {
            super(null, null, false, true);
        }

        @Nullable StackTraceElement place() {
            return innermost(getStackTrace());
        }
    }

    /** The place of the code that threw: the frame of the user that pel called, as far as the trace shows it. */
    static @Nullable StackTraceElement of(Throwable error) {
        StackTraceElement found = null;
        for (StackTraceElement frame : trace(error)) {
            if (isEngine(frame.getClassName())) {
                return found;
            }
            if (isOfUser(frame.getClassName())) {
                found = frame;
            }
        }
        return null;
    }

    /** The trace of an error of any class: one that a test has made up may have none, and one of the user's may throw instead. */
    @SuppressWarnings("ConstantConditions") // a class of the user's may return null
    private static StackTraceElement[] trace(Throwable error) {
        try {
            StackTraceElement[] trace = error.getStackTrace();
            return trace == null ? NO_TRACE : trace;
        } catch (RuntimeException e) {
            return NO_TRACE;
        }
    }

    /** Where the user's code is, in a thread that waits inside of it: the frame next to what it called. */
    static @Nullable StackTraceElement innermost(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!isEngine(frame.getClassName()) && isOfUser(frame.getClassName())) {
                return frame;
            }
        }
        return null;
    }

    /** Classes of this very package, and of the verbs that stand on it, but for their own tests, which play the user. */
    private static boolean isEngine(String name) {
        return name.startsWith(ENGINE)
                && (name.indexOf('.', ENGINE.length()) < 0 || name.startsWith(FLOW))
                && !name.contains("Tests");
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
