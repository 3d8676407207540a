package dev.pel;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The engine's only door to clock, threads and parking. Whoever gives another one runs the very same engine under his hand:
 * with virtual time, and with interleavings that he chooses.
 */
interface Machine {
    /** The monotonic clock. Only differences mean something. */
    long nanoTime();

    /** The wall clock, for showing to people only. */
    Instant now();

    /** A thread that has not started; pool threads are daemons. */
    Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body);

    /** Starts a thread that {@link #thread} made. */
    void start(Thread thread);

    /** Blocks the current thread until it is unparked, interrupted, or, when nanos is not 0, that much time has passed. */
    void park(Object blocker, long nanos);

    /** Lets a parked thread go on, or its next park return at once. */
    void unpark(@Nullable Thread thread);

    /** Tells the processor that the current thread waits by looking again and again. */
    void spin();

    /** How many threads can run at once. */
    int processors();

    /** Lets others run, in the few instructions in which a rival is between two steps. */
    void giveWay();

    /** A duration for the monotonic clock: what does not fit is cut to some 146 years, so that differences never overflow. */
    static long nanos(Duration duration) {
        long most = Long.MAX_VALUE / 2;
        if (duration.toSeconds() >= most / 1_000_000_000L) {
            return most;
        }
        return duration.isNegative() ? 0 : duration.toNanos();
    }
}
