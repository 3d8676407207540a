package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Logs what fails again and again, such as one listener: the first failure in full with its stack trace, those after it as a
 * count with the latest of them, in at most one line in ten seconds. Does nothing, and asks no clock, as long as nothing fails.
 */
final class RepeatedFailureLog {
    private static final Log log = new Log();

    /** At most one line in this time, in nanoseconds. */
    static final long INTERVAL = 10_000_000_000L;

    private final Machine machine;
    private final String message;
    private final boolean isError;
    private final AtomicBoolean told = new AtomicBoolean();

    /** Failures that no line has told yet. */
    private final AtomicLong untold = new AtomicLong();

    private final AtomicLong toldAt = new AtomicLong();
    private volatile @Nullable Object latestSubject;
    private volatile @Nullable Throwable latest;

    private RepeatedFailureLog(Machine machine, String message, boolean isError) {
        this.machine = machine;
        this.message = message;
        this.isError = isError;
    }

    /** Logs warnings with this message, which has one place for what has failed. */
    static RepeatedFailureLog warnings(Machine machine, String message) {
        return new RepeatedFailureLog(machine, message, false);
    }

    /** Logs errors with this message, which has one place for what has failed. */
    static RepeatedFailureLog errors(Machine machine, String message) {
        return new RepeatedFailureLog(machine, message, true);
    }

    /** From any thread, several at once; one of them writes the line. */
    void failed(Object subject, Throwable error) {
        long now = machine.nanoTime();
        if (!told.get()) {
            toldAt.set(now);
            if (told.compareAndSet(false, true)) {
                tell(subject, error);
                return;
            }
        }
        latestSubject = subject;
        latest = error;
        untold.incrementAndGet(); // last: a count that is not 0 says that there is a latest one
        long last = toldAt.get();
        // a concurrent thread that has found the interval over as well loses here; its failure is in this line or the
        // next
        if (now - last >= INTERVAL && toldAt.compareAndSet(last, now)) {
            tellRest();
        }
    }

    /** Logs what no line has told yet; for the end of a stop. */
    void tellRest() {
        long count = untold.get() == 0 ? 0 : untold.getAndSet(0);
        Object subject = latestSubject;
        Throwable error = latest;
        if (count > 0 && subject != null && error != null) {
            log.again(isError, message, subject, error, count);
        }
    }

    private void tell(Object subject, Throwable error) {
        if (isError) {
            log.error(message, subject, error);
        } else {
            log.warn(message, subject, error);
        }
    }
}
