package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The engine's only door to clock, threads and waiting. Whoever gives another one runs the very same engine under his hand:
 * with virtual time, and with interleavings that he chooses.
 *
 * <p>It is public for test kits like {@code pel-test}, not for applications: its methods follow the needs of the engine, and any
 * release may change them. All methods are called from any thread, the loop's own and others.
 */
public interface Machine {
    /**
     * The monotonic clock.
     *
     * @return nanoseconds since some instant; only differences mean something, and they may overflow
     */
    long nanoTime();

    /**
     * The wall clock, for showing to people only.
     *
     * @return the time of day
     */
    Instant now();

    /**
     * Makes a thread that has not started.
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
     * @param blocker what it waits for, for those who look at it
     * @param nanos at most that long; 0 for as long as it takes
     */
    void park(Object blocker, long nanos);

    /**
     * Lets a parked thread go on, or its next park return at once.
     *
     * @param thread the thread; null for none
     */
    void unpark(@Nullable Thread thread);

    /**
     * Called before the current thread waits, the way the JDK does, for a future that is not done. A machine with a way of its
     * own waits here; it may come back early only when the future is done, the time has passed, or an interrupt, whose flag it
     * leaves set, is to end the wait.
     *
     * @param future what is waited for
     * @param interruptible whether an interrupt ends the wait
     * @param nanos at most that long; 0 for as long as it takes
     * @return how long the JDK is still to wait, for a wait that has a limit
     */
    long await(CompletableFuture<?> future, boolean interruptible, long nanos);

    /**
     * Whether threads may wait for each other in ways that this machine knows nothing of, such as a plain future's {@code join}. Only then
     * the engine looks at its threads, from time to time while a loop is busy.
     *
     * @return whether {@link #blocker} is worth asking; false unless a machine says otherwise
     */
    default boolean hasUnseenWaits() {
        return false;
    }

    /**
     * What a thread waits for, as it said when it parked.
     *
     * @param thread one that this machine has made, or somebody's own that runs a loop
     * @return the blocker; null when the thread is not parked or has named none
     */
    default @Nullable Object blocker(Thread thread) {
        return null;
    }

    /** Tells the processor that the current thread waits by looking again and again. */
    void spin();

    /**
     * How many threads can run at once.
     *
     * @return the number, at least 1
     */
    int processors();

    /** Lets others run, in the few instructions in which a rival is between two steps. */
    void giveWay();

    /**
     * A duration for the monotonic clock: what does not fit is cut to some 146 years, so that differences never overflow.
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
