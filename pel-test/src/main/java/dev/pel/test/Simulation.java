package dev.pel.test;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Machine;
import dev.pel.StopReport;
import dev.pel.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A little world for a test: loops on virtual time, whose threads run one at a time, in an order that the seed chooses. The
 * same seed gives the same run.
 *
 * <p>Time stands still while anything can run, and jumps to the next deadline when nothing can: a delay of an hour passes at
 * once, in {@link #runUntilIdle}, in {@link #advance}, and while the test waits for a handle with {@code join} or {@code get}.
 *
 * <pre>{@code
 * EventLoop loop = simulation.loop();
 * loop.delay(Duration.ofHours(1), () -> loop.next(() -> repository.load(id), this::show));
 * simulation.runUntilIdle();
 * }</pre>
 *
 * <p>Only one thread runs at a time, so nothing may block for real: an operation that takes time calls {@link #sleep}, and operations,
 * bodies and the test itself wait for others with {@code join} and {@code get} of a handle, in no other way. Threads change places
 * where the engine touches clock, threads and waiting, and at {@link #step}; races of memory between these places are not found here.
 *
 * <p>A failure with which nobody deals on its handle, such as an assertion in a body, fails the test when the simulation is closed,
 * unless the test takes it: see {@link #expectFailure} and {@link #takeFailures}. The loop's own error handler gets it as well.
 *
 * <p>The methods are called by the test's thread, and by operations and bodies, unless they say otherwise.
 */
public final class Simulation implements AutoCloseable {
    /** So much virtual time has a loop to stop when the simulation is closed. */
    private static final Duration MOST_STOP = Duration.ofMinutes(1);

    /** So much real time has a graceful stop, and then the one that is forced. */
    private static final Duration MOST_REAL_STOP = Duration.ofSeconds(5);

    private final SimulationOptions options;
    private final SimulatedThreads threads;
    private final boolean ownsThreads;
    private final Scheduler scheduler;
    private final UnseenWaits unseenWaits;
    private final SimulatedMachine machine;
    private final UnhandledFailures failures = new UnhandledFailures();
    private final List<EventLoop> loops = new ArrayList<>();
    private @Nullable EventLoop first;
    private boolean closed;

    Simulation(SimulationOptions options, SimulatedThreads threads, boolean ownsThreads) {
        this.options = options;
        this.threads = threads;
        this.ownsThreads = ownsThreads;
        this.scheduler = new Scheduler(options, this::describeLoops);
        this.unseenWaits = new UnseenWaits(scheduler, this::forceStopAll);
        this.machine = new SimulatedMachine(scheduler, threads, options.faults(), options.processors());
        threads.watch().add(unseenWaits);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whether they stop is looked at by those who call this
    private void forceStopAll() {
        loops.forEach(EventLoop::forceStop);
    }

    /**
     * Makes a simulation, for tests that do without {@link PelSimulation}. The current thread is its test's.
     *
     * @param seed chooses the order in which threads run, and the faults
     * @return the simulation, to be closed
     */
    public static Simulation withSeed(long seed) {
        return withSeed(seed, Faults.defaults());
    }

    /**
     * Makes a simulation in which more goes wrong.
     *
     * @param seed chooses the order in which threads run, and the faults
     * @param faults what goes wrong how often
     * @return the simulation, to be closed
     */
    public static Simulation withSeed(long seed, Faults faults) {
        return withOptions(
                SimulationOptions.defaults().withFaults(faults).withProperties().withSeed(seed));
    }

    /**
     * Makes a simulation as the options say, without a look at any system property.
     *
     * @param options how it is; see {@link SimulationOptions#withProperties}
     * @return the simulation, to be closed
     */
    public static Simulation withOptions(SimulationOptions options) {
        return new Simulation(options, new SimulatedThreads(), true);
    }

    // ------------------------------------------------------------------ loops

    /**
     * The loop of this simulation: started, with the default options and four threads per lane. The same one each time.
     *
     * @return the loop
     */
    public EventLoop loop() {
        EventLoop known = first;
        if (known == null) {
            known = loop(defaults -> defaults);
            known.start();
            first = known;
        }
        return known;
    }

    /**
     * Makes another loop, which has not started.
     *
     * @param change what to change in the options of {@link #loop()}
     * @return the loop, on this simulation's time and threads
     */
    public EventLoop loop(UnaryOperator<EventLoopOptions> change) {
        EventLoop loop = EventLoop.create(simulated(change.apply(few())));
        add(loop);
        return loop;
    }

    /** Makes a loop like {@link #loop(UnaryOperator)}, but without a listener of the simulation's: its failures are the test's business. */
    EventLoop loopWithoutListener(UnaryOperator<EventLoopOptions> change) {
        EventLoop loop = EventLoop.create(change.apply(few()).withMachine(machine));
        loops.add(loop);
        return loop;
    }

    private static EventLoopOptions few() {
        return EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(4))
                .withWork(lane -> lane.withThreads(4));
    }

    /**
     * Options for a loop that somebody else makes, to be put on this simulation: on its time and threads, and telling it the failures
     * with which nobody deals. Such a loop is then given to {@link #add}.
     *
     * @param options how the loop is otherwise
     * @return the changed copy
     */
    public EventLoopOptions simulated(EventLoopOptions options) {
        return options.withMachine(machine).withListener(failures).withListener(scheduler.places());
    }

    /**
     * Takes a loop in that somebody else has made, so that it is looked at by {@link #assertQuiescent} and stopped at the end.
     *
     * @param loop made by somebody else, with options of {@link #simulated}
     * @throws IllegalArgumentException when its options are others, so that its failures would be lost
     */
    public void add(EventLoop loop) {
        if (!loop.options().hooks().listeners().contains(failures)) {
            throw new IllegalArgumentException(
                    "'loop' must be made with options of simulation.simulated(options) but '%s' was not"
                            .formatted(loop.options().name()));
        }
        if (!loops.contains(loop)) {
            loops.add(loop);
        }
    }

    /**
     * Stops loops, each within the stop deadline of its options, which passes in virtual time. No virtual time passes while a chain goes
     * on that never waits, so that its deadline does not come: a stop that takes more than five seconds of real time is
     * forced.
     *
     * @param some loops of this simulation
     * @throws SimulationFailure when the stop of one was forced; its message says who went on
     */
    public void stop(Collection<EventLoop> some) {
        try {
            scheduler.limits().within(MOST_REAL_STOP, () -> {
                List<CompletableFuture<StopReport>> stops = some.stream()
                        .map(loop -> loop.stop(loop.options().stopDeadline()))
                        .toList();
                stops.forEach(CompletableFuture::join); // lets virtual time pass
            });
        } catch (SimulationFailure e) {
            try {
                scheduler
                        .limits()
                        .within(
                                MOST_REAL_STOP,
                                () -> some.stream()
                                        .map(EventLoop::forceStop)
                                        .toList()
                                        .forEach(CompletableFuture::join));
            } catch (SimulationFailure also) {
                e.addSuppressed(also);
            }
            throw e;
        } finally {
            unseenWaits.testIsOver();
        }
    }

    /**
     * Time and threads of this simulation, by which its loops are known: see {@link EventLoopOptions.Hooks#machine}. For options
     * of a loop see {@link #simulated}.
     *
     * @return the machine
     */
    public Machine machine() {
        return machine;
    }

    // ------------------------------------------------------------------ for the test

    /**
     * Lets everything run until nothing is left to run, however much virtual time that takes: operations, bodies and timers. Not
     * for something that goes on for ever, such as a timer that sets the next one: see {@link #advance}. It ends with an error that says who
     * goes on, when it takes more decisions or more real time than {@link SimulationOptions#decisions} and
     * {@link SimulationOptions#limit} allow.
     *
     * @throws SimulationFailure when an operation waits for ever, when it never comes to rest, or when a thread has thrown
     *     something that nobody has caught
     */
    public void runUntilIdle() {
        scheduler.drive(Strand.NEVER);
        failOnUncaught();
        List<Strand> waiting = scheduler.living().stream()
                .filter(strand -> strand.origin == Strand.Origin.LOOP && strand.waitsForOthers())
                .toList();
        if (!waiting.isEmpty()) {
            throw failure("%s waits, and nobody is left to end that".formatted(waiting.get(0).name));
        }
    }

    /**
     * Lets everything run that has something to do within the next stretch of virtual time, which has passed then. With
     * {@link Duration#ZERO} the clock stands still: only what is due now runs.
     *
     * @param time how much time passes
     * @throws SimulationFailure when it never comes to rest, or when a thread has thrown something that nobody has caught
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("'time' must not be negative but was " + time);
        }
        scheduler.drive(scheduler.later(Machine.nanos(time)));
        failOnUncaught();
    }

    /**
     * Fails unless everything is over: no entry waits or runs in any lane, no timer is pending, and no operation sleeps or waits.
     *
     * @throws SimulationFailure says what is left
     */
    public void assertQuiescent() {
        List<String> left = new ArrayList<>();
        for (Strand strand : scheduler.living()) {
            if (strand.state != Strand.State.PARKED && strand.state != Strand.State.NEW) {
                left.add(strand.describe(scheduler.now()));
            }
        }
        scheduler.hold(() -> {
            for (EventLoop loop : loops) {
                LoopStats stats = loop.stats();
                if (stats.queued() + stats.running() + stats.timers().pending() > 0) {
                    left.add(describe(stats));
                }
            }
        });
        if (!left.isEmpty()) {
            throw failure("is not quiescent: " + String.join("; ", left));
        }
    }

    /**
     * Takes the failures with which nobody has dealt on a handle until now, such as a body that has thrown: those that it gives back do
     * not fail the test. A failure of a call that the test's thread has submitted is among them half a second of virtual time
     * later ({@link EventLoopOptions#unobservedGrace}), since the test may still join the handle; {@link #runUntilIdle} lets
     * that pass.
     *
     * @return the failures, in the order in which they were told to the error handler; none when there are none
     */
    public List<Failure> takeFailures() {
        return failures.take();
    }

    /**
     * Takes one failure of this type, with which nobody has dealt on a handle until now and which the test expects, as
     * {@link #takeFailures} takes all of them.
     *
     * @param type a type of the throwable
     * @param <X> that type
     * @return what was thrown
     * @throws SimulationFailure when there is no such failure
     */
    public <X extends Throwable> X expectFailure(Class<X> type) {
        X found = failures.take(type);
        if (found == null) {
            List<Failure> others = failures.all();
            throw failure("a failure of type %s was expected, that nobody deals with, but there is %s"
                    .formatted(type.getName(), others.isEmpty() ? "none" : "only" + failures.lines(others)));
        }
        return found;
    }

    /**
     * Fails when nobody has dealt with a failure, and the test has not taken it. First it lets so much virtual time pass as
     * somebody may take to deal with one. At the end of a test this is done anyway, by {@link #close}, or in Spring tests by
     * the test support, so it is rarely called by a test.
     *
     * @throws SimulationFailure whose cause is the first of the failures, and the others are suppressed; they count as taken
     */
    public void assertNoFailures() {
        Duration grace = loops.stream()
                .map(loop -> loop.options().unobservedGrace())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        try {
            advance(grace);
        } catch (SimulationFailure e) {
            addFailures(e);
            throw e;
        } finally {
            unseenWaits.testIsOver();
        }
        failOnUnhandled();
    }

    /**
     * Starts a thread of the test's own, another one that submits or stops for example.
     *
     * @param name names it in reports
     * @param body runs on it; what it throws fails the test
     * @return the thread
     */
    public Thread fork(String name, Task body) {
        Thread thread = machine.thread(name, Strand.Origin.FORK, () -> {
            try {
                body.run();
            } catch (Error | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new SimulationFailure("Thread '%s' has thrown".formatted(name), e);
            }
        });
        machine.go(thread);
        return thread;
    }

    // ------------------------------------------------------------------ for operations

    /**
     * Lets virtual time pass on the current thread, while others run: what an operation does instead of a real wait.
     *
     * @param time how long it takes
     * @throws InterruptedException when the current thread is interrupted, by a cancel for example
     */
    public void sleep(Duration time) throws InterruptedException {
        boolean isInjected = fault();
        try {
            scheduler.sleep(Machine.nanos(time));
        } catch (InterruptedException e) {
            if (isInjected) {
                failures.inject(e);
            }
            throw e;
        }
    }

    /** A place at which another thread may go on, as at each touch of the engine: where the order could matter to the code. */
    public void step() {
        scheduler.step();
    }

    /** Says whether it has interrupted the current thread. */
    private boolean fault() {
        boolean interrupts = scheduler.happens(options.faults().interrupts());
        if (interrupts) {
            Thread.currentThread().interrupt();
        }
        return interrupts;
    }

    /**
     * A place at which an operation may fail, as often as {@link Faults#operationFailures} says.
     *
     * @param failure makes what is thrown
     * @param <X> its type
     * @throws X when the seed says so
     */
    public <X extends Exception> void mayFail(Supplier<X> failure) throws X {
        fault();
        step();
        if (scheduler.happens(options.faults().operationFailures())) {
            X thrown = failure.get();
            failures.inject(thrown);
            throw thrown;
        }
    }

    /**
     * The result of a call that takes virtual time.
     *
     * @param time how long it takes
     * @param result what it returns
     * @param <T> its type
     * @return an operation for {@code next} and {@code work}
     */
    public <T extends @Nullable Object> Callable<T> taking(Duration time, T result) {
        return () -> {
            sleep(time);
            return result;
        };
    }

    // ------------------------------------------------------------------ figures

    /**
     * How much virtual time has passed.
     *
     * @return the time since the simulation began
     */
    public Duration elapsed() {
        return Duration.ofNanos(scheduler.now());
    }

    /**
     * Random numbers for the test, from the seed.
     *
     * @return the generator; not to be kept for after the test
     */
    public SplittableRandom random() {
        return scheduler.random();
    }

    /**
     * What chose everything.
     *
     * @return the seed
     */
    public long seed() {
        return options.seed();
    }

    /**
     * How often the seed has decided which thread runs next.
     *
     * @return the number
     */
    public long decisions() {
        return scheduler.decisions();
    }

    /**
     * A number made of all decisions: two runs with the same one went the same way.
     *
     * @return the number
     */
    public long hash() {
        return scheduler.hash();
    }

    /**
     * What each thread does, and what each loop has left to do, for reports.
     *
     * @return a line for each thread, of those that are idle one for all; then the loops
     */
    public String describe() {
        return scheduler.describe() + describeLoops();
    }

    private String describeLoops() {
        StringBuilder text = new StringBuilder();
        scheduler.hold(() -> {
            for (EventLoop loop : loops) {
                text.append("\n  ").append(describe(loop.stats()));
                loop.leftToDo().forEach(what -> text.append("\n    ").append(what));
            }
        });
        return text.toString();
    }

    private static String describe(LoopStats stats) {
        StringBuilder text = new StringBuilder("loop '%s' is %s".formatted(stats.name(), stats.state()));
        for (Lane lane : Lane.values()) {
            text.append(", %s: %d queued, %d running"
                    .formatted(lane, stats.lane(lane).queued(), stats.lane(lane).running()));
        }
        long timers = stats.timers().pending();
        return text.append(", %d timer%s pending".formatted(timers, timers == 1 ? "" : "s"))
                .toString();
    }

    private SimulationFailure failure(String what) {
        return new SimulationFailure(prefix(), what + "\n" + describe(), null);
    }

    private String prefix() {
        return "Seed %d after %s: ".formatted(seed(), elapsed());
    }

    private void failOnUnhandled() {
        List<Failure> left = failures.take();
        if (!left.isEmpty()) {
            throw SimulationFailure.unhandled(prefix(), failures.describe(left), left);
        }
    }

    /** What else went wrong. */
    private void addFailures(SimulationFailure worse) {
        List<Failure> left = failures.take();
        if (!left.isEmpty()) {
            worse.addSuppressed(SimulationFailure.unhandled(prefix(), failures.describe(left), left));
        }
    }

    private void failOnUncaught() {
        Throwable thrown = scheduler.uncaught();
        if (thrown != null) {
            throw new SimulationFailure("A thread of the simulation has thrown " + thrown, thrown);
        }
    }

    /** How many threads of this name were made until now. */
    long made(String name) {
        return machine.made(name);
    }

    // ------------------------------------------------------------------ the end

    /**
     * Stops all loops, and gives their threads back.
     *
     * @throws SimulationFailure when a loop does not stop, or a thread does not end; or when nobody has dealt with a failure and the test
     *     has not taken it: then its throwable is the cause
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        threads.watch().remove(unseenWaits);
        String unseenWait = unseenWaits.take();
        try {
            forceStopAll();
            advance(MOST_STOP);
            for (EventLoop loop : loops) {
                if (loop.state() != LoopState.STOPPED && loop.state() != LoopState.NEW) {
                    throw failure(
                            "loop '%s' does not stop".formatted(loop.options().name()));
                }
            }
            assertNoThreads();
        } catch (SimulationFailure e) {
            addFailures(e);
            throw e;
        } finally {
            machine.giveBack();
            if (ownsThreads) {
                threads.close();
            }
        }
        if (unseenWait != null) {
            SimulationFailure failure = new SimulationFailure(prefix(), unseenWait, null);
            addFailures(failure);
            throw failure;
        }
        failOnUnhandled();
    }

    /** Fails when a thread of a loop, or one of the test's, has not ended. */
    void assertNoThreads() {
        for (Strand strand : scheduler.living()) {
            if (strand.state != Strand.State.NEW) {
                throw failure("thread '%s' does not end".formatted(strand.name));
            }
        }
    }
}
