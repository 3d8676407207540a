package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The engine's only access to clock, threads and waiting. With another machine the same engine runs on virtual time and in interleavings
 * that a test chooses.
 *
 * <p>It is public for test kits like {@code pel-test}, not for applications: its methods follow the needs of the engine, and any
 * release may change them. All methods may be called from any thread, the loop's own and others, at the same time.
 */
public interface Machine {
    /**
     * The monotonic clock.
     *
     * @return nanoseconds since an arbitrary instant; only differences have a meaning, and a single value may be negative
     */
    long nanoTime();

    /**
     * The wall clock. Its times are only shown to people, never compared.
     *
     * @return the date and time
     */
    Instant now();

    /**
     * Makes a thread and does not start it.
     *
     * @param name its name
     * @param kind platform or virtual
     * @param daemon whether the JVM may end without it, see {@link EventLoopOptions#daemon()}
     * @param body what it runs
     * @return the thread
     */
    Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body);

    /**
     * Starts a thread.
     *
     * @param thread made by {@link #thread}
     * @throws OutOfMemoryError when the system gives no more threads
     */
    void start(Thread thread);

    /**
     * Blocks the current thread until it is unparked, interrupted, or the time has passed; or for no reason at all.
     *
     * @param blocker what it waits for, as thread dumps show it
     * @param nanos the most nanoseconds it blocks; 0 for no limit
     */
    void park(Object blocker, long nanos);

    /**
     * Lets a parked thread go on, or its next park return at once.
     *
     * @param thread the thread; with null nothing happens
     */
    void unpark(@Nullable Thread thread);

    /**
     * Called before the current thread waits for a future that is not done, as the JDK does it. A machine that has its own way of waiting
     * waits here, and returns when the future is done, the time has passed, or an interrupt ends the wait; it leaves the interrupt's
     * flag set.
     *
     * @param future what is waited for
     * @param interruptible whether an interrupt ends the wait
     * @param nanos the most nanoseconds of the wait; 0 for no limit
     * @return the nanoseconds that are left to wait; without meaning where there is no limit
     */
    long await(CompletableFuture<?> future, boolean interruptible, long nanos);

    /**
     * Whether threads may wait for each other in ways that this machine does not see, such as a plain future's {@code join}. Only then does
     * the engine inspect its threads, from time to time while a loop is busy.
     *
     * @return whether {@link #blocker} is worth asking; false unless a machine says otherwise
     */
    default boolean hasUnseenWaits() {
        return false;
    }

    /**
     * The blocker that a thread named when it parked.
     *
     * @param thread one that this machine has made, or the application's own that runs a loop
     * @return the blocker; null when the thread is not parked or has named none
     */
    default @Nullable Object blocker(Thread thread) {
        return null;
    }

    /** Tells the processor that the current thread is busy-waiting. */
    void spin();

    /**
     * How many threads can run at once.
     *
     * @return the number, at least 1
     */
    int processors();

    /** Yields the processor while another thread is between two steps, a few instructions apart, that must both be seen. */
    void giveWay();

    /**
     * A duration in nanoseconds, for the monotonic clock. A longer one than some 146 years is cut to that, so that differences never overflow.
     *
     * @param duration the duration
     * @return nanoseconds, at least 0
     */
    static long nanos(Duration duration) {
        long most = Long.MAX_VALUE / 2;
        if (duration.toSeconds() >= most / 1_000_000_000L) {
            return most;
        }
        return duration.isNegative() ? 0 : duration.toNanos();
    }
}
