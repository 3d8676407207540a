package dev.pel;

import org.jspecify.annotations.Nullable;

/** The failure of a call, or of commands of an executor view, that had not ended when their loop stopped. */
public final class CallStoppedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    CallStoppedException(String loop) {
        this(loop, "this call had ended.");
    }

    private CallStoppedException(String loop, String whatDidNotHappen) {
        super("Loop '%s' stopped before %s".formatted(loop, whatDidNotHappen));
    }

    /** Of commands that nobody can be told of, because they are no futures. */
    static CallStoppedException ofCommands(String loop, Lane lane, long count, @Nullable StackTraceElement site) {
        return new CallStoppedException(
                loop,
                ("%d command(s) of its executor(%s) had ended, one submitted at %s. They are no Future that could be"
                                + " cancelled, so whoever waits for what they were to complete (as of supplyAsync) may wait for"
                                + " ever. Use loop.next(...) or loop.work(...), whose handles always end.")
                        .formatted(count, lane, site == null ? "an unknown place" : site));
    }

    /** Made for every call that a stop ends, and thrown by none: a stack trace would only cost time. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
