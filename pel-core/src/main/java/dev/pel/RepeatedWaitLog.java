package dev.pel;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Logs one kind of wait that comes again and again: the first of a run in full, those after it as a count with the place of the latest, in
 * at most one line in ten seconds. Confined to the watchdog, as the {@link WaitDetector} that owns it asserts.
 */
final class RepeatedWaitLog {
    private static final Log log = new Log();

    /** At most one line in this time, in nanoseconds. */
    static final long INTERVAL = RepeatedFailureLog.INTERVAL;

    private final boolean isError;
    private boolean told;
    private long toldAt;

    /** How many no line has told yet, and what to say of them when their number is known. */
    private long untold;

    private @Nullable LongFunction<String> again;

    private RepeatedWaitLog(boolean isError) {
        this.isError = isError;
    }

    static RepeatedWaitLog warnings() {
        return new RepeatedWaitLog(false);
    }

    static RepeatedWaitLog errors() {
        return new RepeatedWaitLog(true);
    }

    /** Threads wait: says so in full the first time, and later with the number of times. */
    void found(String inFull, LongFunction<String> later, long now) {
        if (!told) {
            told = true;
            toldAt = now;
            write(inFull);
        } else {
            untold++;
            again = later;
            tellDue(now);
        }
    }

    /** Writes the count when it is time. */
    void tellDue(long now) {
        if (untold > 0 && now - toldAt >= INTERVAL) {
            toldAt = now;
            tellRest();
        }
    }

    /** Writes what no line has told yet; for the end of a stop. */
    void tellRest() {
        LongFunction<String> text = again;
        if (untold > 0 && text != null) {
            write(text.apply(untold));
            untold = 0;
            again = null;
        }
    }

    private void write(String text) {
        if (isError) {
            log.error("{}", text);
        } else {
            log.warn("{}", text);
        }
    }
}
