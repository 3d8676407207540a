package dev.pel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The failure of a call, or of commands of an executor view, that had not ended when their loop stopped. */
public final class CallStoppedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * For tests and stand-ins, which return {@code LoopFuture.failed(new CallStoppedException(…))}. The loop makes those of its calls itself.
     *
     * @param loop the name of the loop
     */
    public CallStoppedException(String loop) {
        this(Objects.requireNonNull(loop, "loop"), "this call");
    }

    CallStoppedException(String loop, String unended) {
        this(loop, unended, ".");
    }

    private CallStoppedException(String loop, String unended, String rest) {
        super("Loop '%s' stopped before %s had ended%s".formatted(loop, unended, rest));
    }

    /** For commands that have no handle to be ended, and are no futures that could be cancelled. */
    static CallStoppedException ofCommands(String loop, Lane lane, long count, @Nullable StackTraceElement site) {
        return new CallStoppedException(
                loop,
                "%d command(s) of its executor(%s)".formatted(count, lane),
                (", one submitted at %s. They are no Futures that could be cancelled, so a thread that waits for their results"
                                + " (as of supplyAsync) may wait for ever. Use loop.next(...) or loop.work(...), whose handles always end.")
                        .formatted(site == null ? "an unknown place" : site));
    }

    /** Made for every call that a stop ends, and thrown by none: a stack trace would only cost time. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
