package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set on a loop. Immutable; a wrong value is refused here, with its name, the rule and the value.
 *
 * <pre>{@code
 * EventLoopOptions options = EventLoopOptions.defaults()
 *         .withName("orders")
 *         .withPassive(passive -> passive.withThreads(16).withCapacity(1_000));
 * }</pre>
 *
 * @param name the loop's name: part of its threads' names, {@code <name>-passive-3}, and of its messages
 * @param active the active lane; exactly one platform thread
 * @param passive the lane for operations that block
 * @param work the lane for operations that burn CPU
 * @param timerCapacity how many timers may be pending
 * @param settle how long the active thread pauses after it has submitted a call, as the original of this idea did; zero, the
 *     default, for no pause
 * @param stopDeadline the deadline of {@link EventLoop#close()}
 * @param interruptGrace how long a stop waits, past its deadline, for threads it has interrupted
 * @param callSiteInterval a submission's place in the source is taken at most once in this time, because taking it costs
 *     some microseconds, more than the submission itself; zero for every submission
 * @param unobservedGrace how long a failure waits for somebody to deal with it when its call was submitted by a thread that
 *     is not the active one, and so may not have got to it yet
 * @param daemon whether the active thread is a daemon, so that the JVM may end without it; false by default, so that a program
 *     whose {@code main} has returned lives on until its loop is stopped. All other threads of a loop are daemons in any case
 * @param hooks the error handler, the listeners, what is carried from thread to thread, and who makes the threads
 */
public record EventLoopOptions(
        String name,
        LaneOptions active,
        LaneOptions passive,
        LaneOptions work,
        int timerCapacity,
        Duration settle,
        Duration stopDeadline,
        Duration interruptGrace,
        Duration callSiteInterval,
        Duration unobservedGrace,
        boolean daemon,
        Hooks hooks) {

    /** Checks every value. */
    public EventLoopOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(active, "active");
        Objects.requireNonNull(passive, "passive");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(hooks, "hooks");
        if (name.isBlank()) {
            throw new IllegalArgumentException("'name' must not be blank but was '%s'".formatted(name));
        }
        if (active.threads() != 1 || active.kind() != ThreadKind.PLATFORM) {
            throw new IllegalArgumentException("'active threads' must be 1 platform thread but was %d of kind %s"
                    .formatted(active.threads(), active.kind()));
        }
        if (timerCapacity < 1) {
            throw new IllegalArgumentException("'timer capacity' must be at least 1 but was " + timerCapacity);
        }
        notNegative("settle", settle);
        notNegative("stop deadline", stopDeadline);
        notNegative("interrupt grace", interruptGrace);
        notNegative("call site interval", callSiteInterval);
        notNegative("unobserved grace", unobservedGrace);
    }

    private static void notNegative(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    "'%s' must not be negative but was %s".formatted(name, DurationText.of(value)));
        }
    }

    /**
     * The defaults: 64 passive threads (the number that Kotlin's {@code Dispatchers.IO} has), one work thread less than there
     * are cores, 10 000 entries waiting per lane with water marks at 80 and 50 percent, a stop deadline of 20 s, the logging
     * context (MDC) carried, failures logged.
     *
     * @return the defaults for a loop named {@code pel}
     */
    public static EventLoopOptions defaults() {
        int work = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        return new EventLoopOptions(
                "pel",
                lane(1),
                lane(64),
                lane(work),
                1_000_000,
                Duration.ZERO,
                Duration.ofSeconds(20),
                Duration.ofMillis(500),
                Duration.ofMillis(10),
                Duration.ofMillis(500),
                false,
                Hooks.defaults());
    }

    private static LaneOptions lane(int threads) {
        return new LaneOptions(threads, 10_000, 80, 50, ThreadKind.PLATFORM);
    }

    LaneOptions lane(Lane lane) {
        return switch (lane) {
            case ACTIVE -> active;
            case PASSIVE -> passive;
            case WORK -> work;
        };
    }

    /**
     * The same with another name.
     *
     * @param value not blank
     * @return the changed copy
     */
    public EventLoopOptions withName(String value) {
        return new EventLoopOptions(
                value,
                active,
                passive,
                work,
                timerCapacity,
                settle,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                daemon,
                hooks);
    }

    /**
     * The same with the active lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     */
    public EventLoopOptions withActive(UnaryOperator<LaneOptions> change) {
        return withLanes(Objects.requireNonNull(change, "change").apply(active), passive, work);
    }

    /**
     * The same with the passive lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     */
    public EventLoopOptions withPassive(UnaryOperator<LaneOptions> change) {
        return withLanes(active, Objects.requireNonNull(change, "change").apply(passive), work);
    }

    /**
     * The same with the work lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     */
    public EventLoopOptions withWork(UnaryOperator<LaneOptions> change) {
        return withLanes(
                active, passive, Objects.requireNonNull(change, "change").apply(work));
    }

    private EventLoopOptions withLanes(LaneOptions newActive, LaneOptions newPassive, LaneOptions newWork) {
        return new EventLoopOptions(
                name,
                newActive,
                newPassive,
                newWork,
                timerCapacity,
                settle,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                daemon,
                hooks);
    }

    /**
     * The same with another number of timers.
     *
     * @param value at least 1
     * @return the changed copy
     */
    public EventLoopOptions withTimerCapacity(int value) {
        return new EventLoopOptions(
                name,
                active,
                passive,
                work,
                value,
                settle,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                daemon,
                hooks);
    }

    /**
     * The same with another pause of the active thread after it has submitted a call.
     *
     * @param value not negative; zero for no pause
     * @return the changed copy
     */
    public EventLoopOptions withSettle(Duration value) {
        return withTimes(value, stopDeadline, interruptGrace, callSiteInterval, unobservedGrace);
    }

    /**
     * The same with another deadline of {@link EventLoop#close()}.
     *
     * @param value not negative
     * @return the changed copy
     */
    public EventLoopOptions withStopDeadline(Duration value) {
        return withTimes(settle, value, interruptGrace, callSiteInterval, unobservedGrace);
    }

    /**
     * The same with another wait for threads that a stop has interrupted.
     *
     * @param value not negative
     * @return the changed copy
     */
    public EventLoopOptions withInterruptGrace(Duration value) {
        return withTimes(settle, stopDeadline, value, callSiteInterval, unobservedGrace);
    }

    /**
     * The same with another distance between two submissions whose place is taken.
     *
     * @param value not negative; zero for every submission
     * @return the changed copy
     */
    public EventLoopOptions withCallSiteInterval(Duration value) {
        return withTimes(settle, stopDeadline, interruptGrace, value, unobservedGrace);
    }

    /**
     * The same with another wait for somebody to deal with a failure.
     *
     * @param value not negative
     * @return the changed copy
     */
    public EventLoopOptions withUnobservedGrace(Duration value) {
        return withTimes(settle, stopDeadline, interruptGrace, callSiteInterval, value);
    }

    private EventLoopOptions withTimes(
            Duration newSettle, Duration newDeadline, Duration newGrace, Duration newInterval, Duration newUnobserved) {
        return new EventLoopOptions(
                name,
                active,
                passive,
                work,
                timerCapacity,
                newSettle,
                newDeadline,
                newGrace,
                newInterval,
                newUnobserved,
                daemon,
                hooks);
    }

    /**
     * The same with an active thread that does, or does not, keep the JVM alive. It counts for the thread that {@code start()} makes; one
     * that a thread factory makes, and the caller's own one of {@code runOnCurrentThread()}, are what they are.
     *
     * @param value true for a daemon: when all threads that are none have ended, the JVM ends, and its shutdown hooks are the last
     *     who can stop the loop and let it drain
     * @return the changed copy
     */
    public EventLoopOptions withDaemon(boolean value) {
        return new EventLoopOptions(
                name,
                active,
                passive,
                work,
                timerCapacity,
                settle,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                value,
                hooks);
    }

    /**
     * The same with another error handler.
     *
     * @param value gets every failure that nobody deals with
     * @return the changed copy
     */
    public EventLoopOptions withErrorHandler(ErrorHandler value) {
        return withHooks(new Hooks(value, hooks.listeners(), hooks.propagators(), hooks.machine()));
    }

    /**
     * The same with one more listener.
     *
     * @param value is told after those that are there already
     * @return the changed copy
     */
    public EventLoopOptions withListener(EventLoopListener value) {
        return withHooks(new Hooks(
                hooks.errorHandler(), append(hooks.listeners(), value), hooks.propagators(), hooks.machine()));
    }

    /**
     * The same with one more propagator of context.
     *
     * @param value is opened after those that are there already, and closed before them
     * @return the changed copy
     */
    public EventLoopOptions withPropagator(ContextPropagator value) {
        return withHooks(new Hooks(
                hooks.errorHandler(), hooks.listeners(), append(hooks.propagators(), value), hooks.machine()));
    }

    /**
     * The same with threads made by somebody else, such as an application server. Every thread of the loop comes from there, but
     * for virtual ones. Each is used as the factory makes it: its name, whether it is a daemon, its priority and its class loader
     * are the factory's. Takes the place of {@link #withMachine}.
     *
     * @param value is called when the loop starts, and when it needs another thread; when it throws, or returns null, the thread
     *     counts as one that cannot be started
     * @return the changed copy
     */
    public EventLoopOptions withThreadFactory(ThreadFactory value) {
        return withMachine(new JdkMachine(Objects.requireNonNull(value, "value")));
    }

    /**
     * The same on another machine: for test kits, see {@code pel-test}. Takes the place of {@link #withThreadFactory}.
     *
     * @param value gives clock, threads and waiting
     * @return the changed copy
     */
    public EventLoopOptions withMachine(Machine value) {
        return withHooks(new Hooks(
                hooks.errorHandler(), hooks.listeners(), hooks.propagators(), Objects.requireNonNull(value, "value")));
    }

    /**
     * The same with other hooks.
     *
     * @param value the hooks
     * @return the changed copy
     */
    public EventLoopOptions withHooks(Hooks value) {
        return new EventLoopOptions(
                name,
                active,
                passive,
                work,
                timerCapacity,
                settle,
                stopDeadline,
                interruptGrace,
                callSiteInterval,
                unobservedGrace,
                daemon,
                value);
    }

    private static <T> List<T> append(List<T> list, T value) {
        List<T> longer = new ArrayList<>(list);
        longer.add(Objects.requireNonNull(value, "value"));
        return longer;
    }

    /**
     * The code of others that a loop calls.
     *
     * @param errorHandler gets every failure that nobody deals with
     * @param listeners are told what happens, in this order
     * @param propagators carry context from thread to thread, opened in this order and closed in the opposite one
     * @param machine gives clock, threads and waiting; null for the real ones
     */
    public record Hooks(
            ErrorHandler errorHandler,
            List<EventLoopListener> listeners,
            List<ContextPropagator> propagators,
            @Nullable Machine machine) {
        /** Copies the lists. */
        public Hooks {
            Objects.requireNonNull(errorHandler, "errorHandler");
            listeners = copy("listeners", listeners);
            propagators = copy("propagators", propagators);
        }

        private static <T> List<T> copy(String name, List<T> list) {
            Objects.requireNonNull(list, name);
            list.forEach(each -> Objects.requireNonNull(each, () -> "an element of " + name));
            return List.copyOf(list);
        }

        /**
         * Hooks on the real machine.
         *
         * @param errorHandler gets every failure that nobody deals with
         * @param listeners are told what happens, in this order
         * @param propagators carry context from thread to thread, opened in this order and closed in the opposite one
         */
        public Hooks(
                ErrorHandler errorHandler, List<EventLoopListener> listeners, List<ContextPropagator> propagators) {
            this(errorHandler, listeners, propagators, null);
        }

        /**
         * Failures are logged, nobody listens, the logging context is carried.
         *
         * @return the defaults
         */
        public static Hooks defaults() {
            return new Hooks(new LoggingErrorHandler(), List.of(), List.of(new MdcPropagator()), null);
        }
    }
}
