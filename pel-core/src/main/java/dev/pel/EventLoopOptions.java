package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set on a loop. Immutable: each {@code with…} returns a changed copy. A wrong value is refused where it is set,
 * with its name, the rule and the value.
 *
 * <pre>{@code
 * EventLoopOptions options = EventLoopOptions.defaults()
 *         .withName("orders")
 *         .withPassive(passive -> passive.withThreads(16).withCapacity(1_000));
 * }</pre>
 *
 * <p>Options are equal when all their values are; listeners, propagators and the like are compared with their own {@code equals}.
 */
public final class EventLoopOptions {
    private final OptionValues values;

    private EventLoopOptions(OptionValues values) {
        values.check();
        this.values = values;
    }

    /**
     * The defaults: 64 passive threads (the number that Kotlin's {@code Dispatchers.IO} has), one work thread less than there
     * are cores, 10 000 entries waiting per lane with water marks at 80 and 50 percent, a stop deadline of 20 s, the logging
     * context (MDC) carried, failures logged.
     *
     * @return the defaults for a loop named {@code pel}
     */
    public static EventLoopOptions defaults() {
        return new EventLoopOptions(new OptionValues());
    }

    /** All changes go through here, so that another option is another field and not another argument everywhere. */
    private EventLoopOptions with(Consumer<OptionValues> change) {
        OptionValues copy = new OptionValues(values);
        change.accept(copy);
        return new EventLoopOptions(copy);
    }

    /**
     * The loop's name: part of its threads' names, {@code <name>-passive-3}, and of its messages.
     *
     * @return the name
     */
    public String name() {
        return values.name;
    }

    /**
     * The same with another name.
     *
     * @param value not blank
     * @return the changed copy
     * @throws InvalidOptionException when it is blank
     */
    public EventLoopOptions withName(String value) {
        return with(copy -> copy.name = value);
    }

    /**
     * The active lane.
     *
     * @return its size; exactly one platform thread
     */
    public LaneOptions active() {
        return values.active;
    }

    /**
     * The same with the active lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     * @throws InvalidOptionException when it has other than one platform thread, or another value is wrong
     */
    public EventLoopOptions withActive(UnaryOperator<LaneOptions> change) {
        Objects.requireNonNull(change, "change");
        return with(copy -> copy.active = changed("active", copy.active, change));
    }

    /**
     * The lane for operations that block.
     *
     * @return its size
     */
    public LaneOptions passive() {
        return values.passive;
    }

    /**
     * The same with the passive lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     * @throws InvalidOptionException when it sets a wrong value
     */
    public EventLoopOptions withPassive(UnaryOperator<LaneOptions> change) {
        Objects.requireNonNull(change, "change");
        return with(copy -> copy.passive = changed("passive", copy.passive, change));
    }

    /**
     * The lane for operations that burn CPU.
     *
     * @return its size
     */
    public LaneOptions work() {
        return values.work;
    }

    /**
     * The same with the work lane changed.
     *
     * @param change what to change on it
     * @return the changed copy
     * @throws InvalidOptionException when it sets a wrong value
     */
    public EventLoopOptions withWork(UnaryOperator<LaneOptions> change) {
        Objects.requireNonNull(change, "change");
        return with(copy -> copy.work = changed("work", copy.work, change));
    }

    /** A wrong value names the lane as well. */
    private static LaneOptions changed(String lane, LaneOptions before, UnaryOperator<LaneOptions> change) {
        try {
            return change.apply(before);
        } catch (InvalidOptionException e) {
            throw named(lane, e);
        }
    }

    /** The same error for an option of something that has a name. */
    private static InvalidOptionException named(String owner, InvalidOptionException error) {
        InvalidOptionException named =
                new InvalidOptionException(owner + " " + error.option(), error.rule(), error.value());
        named.initCause(error);
        return named;
    }

    LaneOptions lane(Lane lane) {
        return switch (lane) {
            case ACTIVE -> active();
            case PASSIVE -> passive();
            case WORK -> work();
        };
    }

    /**
     * How many timers may be pending.
     *
     * @return the number
     */
    public int timerCapacity() {
        return values.timerCapacity;
    }

    /**
     * The same with another number of timers.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public EventLoopOptions withTimerCapacity(int value) {
        return with(copy -> copy.timerCapacity = value);
    }

    /**
     * How long the active thread pauses after it has submitted a call, as the original of this idea did.
     *
     * @return the pause; zero, the default, for none
     */
    public Duration settle() {
        return values.settle;
    }

    /**
     * The same with another pause of the active thread after it has submitted a call.
     *
     * @param value not negative; zero for no pause
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withSettle(Duration value) {
        return with(copy -> copy.settle = value);
    }

    /**
     * How long {@link EventLoop#loopWhile} repeats its step before it lets others have their turn.
     *
     * @return the time; 1 ms by default
     */
    public Duration turnBudget() {
        return values.turnBudget;
    }

    /**
     * The same with another time for which {@link EventLoop#loopWhile} repeats its step in one turn.
     *
     * @param value not negative; zero for one step a turn
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withTurnBudget(Duration value) {
        return with(copy -> copy.turnBudget = value);
    }

    /**
     * The limits that calls may name.
     *
     * @return by their names, in the order in which they were set
     */
    public Map<String, LimitOptions> limits() {
        return values.limits;
    }

    /**
     * The same with a limit changed, or with one more.
     *
     * <pre>{@code
     * EventLoopOptions.defaults()
     *         .withLimit("ldap", limit -> limit.withConcurrency(8))
     *         .withLimit("sms", limit -> limit.withRate(100, Duration.ofSeconds(1)).withBurst(10));
     * }</pre>
     *
     * @param name its name, not blank
     * @param change what to change on it; a new one limits nothing before that
     * @return the changed copy
     * @throws InvalidOptionException when the name is blank, a value is wrong, the limit has neither a concurrency nor a rate, or
     *     it has a burst without a rate
     */
    public EventLoopOptions withLimit(String name, UnaryOperator<LimitOptions> change) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(change, "change");
        return with(copy -> {
            Map<String, LimitOptions> limits = new LinkedHashMap<>(copy.limits);
            limits.put(name, changed(name, limits.getOrDefault(name, LimitOptions.none()), change));
            copy.limits = Collections.unmodifiableMap(limits);
        });
    }

    static LimitOptions changed(String name, LimitOptions before, UnaryOperator<LimitOptions> change) {
        try {
            LimitOptions after = Objects.requireNonNull(change.apply(before), "what 'change' returns");
            if (!after.isLimit()) {
                throw new InvalidOptionException("concurrency", "must be set, or 'rate'", "neither");
            }
            if (after.burst() > 1 && after.rate() == 0) {
                throw new InvalidOptionException("burst", "must come with a rate", after.burst() + " without it");
            }
            return after;
        } catch (InvalidOptionException e) {
            throw named("limit " + name, e);
        }
    }

    /**
     * How many scripts may be under way, each of which has a thread: a virtual one where this Java has them.
     *
     * @return the number; by default 10,000 on Java 21 and later, and 256 before
     */
    public int scriptCapacity() {
        return values.scriptCapacity;
    }

    /**
     * The same with another number of scripts that may be under way.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public EventLoopOptions withScriptCapacity(int value) {
        return with(copy -> copy.scriptCapacity = value);
    }

    /**
     * How many calls may wait for the turn of one key.
     *
     * @return the number
     */
    public int keyCapacity() {
        return values.keyCapacity;
    }

    /**
     * The same with another number of calls that may wait for the turn of one key.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public EventLoopOptions withKeyCapacity(int value) {
        return with(copy -> copy.keyCapacity = value);
    }

    /**
     * The deadline of {@link EventLoop#close()}.
     *
     * @return the deadline
     */
    public Duration stopDeadline() {
        return values.stopDeadline;
    }

    /**
     * The same with another deadline of {@link EventLoop#close()}.
     *
     * @param value not negative
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withStopDeadline(Duration value) {
        return with(copy -> copy.stopDeadline = value);
    }

    /**
     * How long a stop waits, past its deadline, for threads it has interrupted.
     *
     * @return the time
     */
    public Duration interruptGrace() {
        return values.interruptGrace;
    }

    /**
     * The same with another wait for threads that a stop has interrupted.
     *
     * @param value not negative
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withInterruptGrace(Duration value) {
        return with(copy -> copy.interruptGrace = value);
    }

    /**
     * The shortest time between two submissions whose place in the source is taken. Taking it costs some microseconds, more than the
     * submission itself.
     *
     * @return the interval; zero for every submission
     */
    public Duration callSiteInterval() {
        return values.callSiteInterval;
    }

    /**
     * The same with another shortest time between two submissions whose place is taken.
     *
     * @param value not negative; zero for every submission
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withCallSiteInterval(Duration value) {
        return with(copy -> copy.callSiteInterval = value);
    }

    /**
     * How long the report of a failure to the error handler is put off when its call was submitted by a thread other than the active one:
     * that thread may not have attached yet what deals with the failure.
     *
     * @return the time
     */
    public Duration unobservedGrace() {
        return values.unobservedGrace;
    }

    /**
     * The same with another time before a failure is reported.
     *
     * @param value not negative
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public EventLoopOptions withUnobservedGrace(Duration value) {
        return with(copy -> copy.unobservedGrace = value);
    }

    /**
     * Whether the active thread is a daemon, so that the JVM may end without it. All other threads of a loop are daemons in any case.
     *
     * @return false by default, so that a program whose {@code main} has returned lives on until its loop is stopped
     */
    public boolean daemon() {
        return values.daemon;
    }

    /**
     * The same with an active thread that does, or does not, keep the JVM alive. It applies to the thread that {@code start()} makes; one
     * of a thread factory, and the caller's own one of {@code runOnCurrentThread()}, stay as they are.
     *
     * @param value true for a daemon: when the last other thread has ended, the JVM ends, and only its shutdown hooks can still stop the
     *     loop and let it drain
     * @return the changed copy
     */
    public EventLoopOptions withDaemon(boolean value) {
        return with(copy -> copy.daemon = value);
    }

    /**
     * The error handler, the listeners, the propagators of context, and what makes the threads.
     *
     * @return the hooks
     */
    public Hooks hooks() {
        return values.hooks;
    }

    /**
     * The same with other hooks.
     *
     * @param value the hooks
     * @return the changed copy
     */
    public EventLoopOptions withHooks(Hooks value) {
        return with(copy -> copy.hooks = value);
    }

    /**
     * The same with another error handler.
     *
     * @param value gets every failure that nobody deals with
     * @return the changed copy
     */
    public EventLoopOptions withErrorHandler(ErrorHandler value) {
        return withHooks(hooks().withErrorHandler(value));
    }

    /**
     * The same with one more listener.
     *
     * @param value is told after those that are there already
     * @return the changed copy
     */
    public EventLoopOptions withListener(EventLoopListener value) {
        return withHooks(hooks().withListeners(append(hooks().listeners(), value)));
    }

    /**
     * The same with one more propagator of context.
     *
     * @param value is opened after those that are there already, and closed before them
     * @return the changed copy
     */
    public EventLoopOptions withPropagator(ContextPropagator value) {
        return withHooks(hooks().withPropagators(append(hooks().propagators(), value)));
    }

    private static <T> List<T> append(List<T> list, T value) {
        List<T> longer = new ArrayList<>(list);
        longer.add(Objects.requireNonNull(value, "value"));
        return longer;
    }

    /**
     * The same with threads of a thread factory, such as an application server's. Every thread of the loop comes from there, but
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
        return withHooks(hooks().withMachine(Objects.requireNonNull(value, "value")));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventLoopOptions that && values.all().equals(that.values.all());
    }

    @Override
    public int hashCode() {
        return values.all().hashCode();
    }

    /**
     * All values with their names.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return ("EventLoopOptions[name=%s, active=%s, passive=%s, work=%s, timerCapacity=%s, settle=%s, turnBudget=%s, stopDeadline=%s,"
                        + " interruptGrace=%s, callSiteInterval=%s, unobservedGrace=%s, keyCapacity=%s, scriptCapacity=%s, limits=%s, daemon=%s, hooks=%s]")
                .formatted(values.all().toArray());
    }

    /** The code of others that a loop calls. Immutable: each {@code with…} returns a changed copy. */
    public static final class Hooks {
        private final ErrorHandler errorHandler;
        private final List<EventLoopListener> listeners;
        private final List<ContextPropagator> propagators;
        private final @Nullable Machine machine;

        private Hooks(
                ErrorHandler errorHandler,
                List<EventLoopListener> listeners,
                List<ContextPropagator> propagators,
                @Nullable Machine machine) {
            this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
            this.listeners = copy("listeners", listeners);
            this.propagators = copy("propagators", propagators);
            this.machine = machine;
        }

        private static <T> List<T> copy(String name, List<T> list) {
            Objects.requireNonNull(list, name);
            list.forEach(each -> Objects.requireNonNull(each, () -> "an element of " + name));
            return List.copyOf(list);
        }

        /**
         * Failures are logged, nobody listens, the logging context is carried.
         *
         * @return the defaults
         */
        public static Hooks defaults() {
            return new Hooks(new LoggingErrorHandler(), List.of(), List.of(new MdcPropagator()), null);
        }

        /**
         * Gets every failure that nobody deals with.
         *
         * @return the error handler
         */
        public ErrorHandler errorHandler() {
            return errorHandler;
        }

        /**
         * The same with another error handler.
         *
         * @param value gets every failure that nobody deals with
         * @return the changed copy
         */
        public Hooks withErrorHandler(ErrorHandler value) {
            return new Hooks(value, listeners, propagators, machine);
        }

        /**
         * The listeners, which are told what happens.
         *
         * @return the listeners in the order in which they are told; unmodifiable
         */
        public List<EventLoopListener> listeners() {
            return listeners;
        }

        /**
         * The same with these listeners and no others.
         *
         * @param value are told in this order
         * @return the changed copy
         */
        public Hooks withListeners(List<EventLoopListener> value) {
            return new Hooks(errorHandler, value, propagators, machine);
        }

        /**
         * What carries context from thread to thread.
         *
         * @return the propagators in the order in which they are opened; closed in the opposite one; unmodifiable
         */
        public List<ContextPropagator> propagators() {
            return propagators;
        }

        /**
         * The same with these propagators and no others: also without that of the logging context, unless it is among them.
         *
         * @param value are opened in this order and closed in the opposite one
         * @return the changed copy
         */
        public Hooks withPropagators(List<ContextPropagator> value) {
            return new Hooks(errorHandler, listeners, value, machine);
        }

        /**
         * What gives clock, threads and waiting.
         *
         * @return the machine; null for the real one
         */
        public @Nullable Machine machine() {
            return machine;
        }

        /**
         * The same on another machine.
         *
         * @param value gives clock, threads and waiting; null for the real one
         * @return the changed copy
         */
        public Hooks withMachine(@Nullable Machine value) {
            return new Hooks(errorHandler, listeners, propagators, value);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Hooks that && all().equals(that.all());
        }

        @Override
        public int hashCode() {
            return all().hashCode();
        }

        /**
         * All of them with their names.
         *
         * @return one line
         */
        @Override
        public String toString() {
            return "Hooks[errorHandler=%s, listeners=%s, propagators=%s, machine=%s]".formatted(all().toArray());
        }

        private List<@Nullable Object> all() {
            return Arrays.asList(errorHandler, listeners, propagators, machine);
        }
    }
}
