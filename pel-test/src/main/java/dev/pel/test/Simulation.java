package dev.pel.test;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Machine;
import dev.pel.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
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
 * <p>Only one thread runs at a time, so nothing may block for real: an operation that takes time calls {@link #sleep}, and nobody
 * waits for others but with {@code join} and {@code get} of a handle. Threads change places where the engine touches clock,
 * threads and waiting, and at {@link #step}; races of memory between these places are not found here.
 *
 * <p>The methods are called by the test's thread, and by operations and bodies, unless they say otherwise.
 */
public final class Simulation implements AutoCloseable {
    /** So much virtual time has a loop to stop when the simulation is closed. */
    private static final Duration MOST_STOP = Duration.ofMinutes(1);

    private final long seed;
    private final SimulationOptions options;
    private final SimulatedThreads threads;
    private final boolean ownsThreads;
    private final Scheduler scheduler;
    private final SimulatedMachine machine;
    private final List<EventLoop> loops = new ArrayList<>();
    private @Nullable EventLoop first;
    private boolean closed;

    Simulation(long seed, SimulationOptions options, SimulatedThreads threads, boolean ownsThreads) {
        this.seed = seed;
        this.options = options;
        this.threads = threads;
        this.ownsThreads = ownsThreads;
        this.scheduler = new Scheduler(seed, options.faults());
        this.machine = new SimulatedMachine(scheduler, threads, options.faults(), options.processors());
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
        return new Simulation(seed, SimulationOptions.defaults().withFaults(faults), new SimulatedThreads(), true);
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
        EventLoopOptions few = EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(4))
                .withWork(lane -> lane.withThreads(4));
        EventLoop loop = EventLoop.create(change.apply(few).withMachine(machine));
        add(loop);
        return loop;
    }

    /**
     * Takes a loop in that somebody else has made on this simulation's {@link #machine}, so that it is looked at by
     * {@link #assertQuiescent} and stopped at the end.
     *
     * @param loop made by somebody else
     */
    public void add(EventLoop loop) {
        if (!loops.contains(loop)) {
            loops.add(loop);
        }
    }

    /**
     * Time and threads of this simulation, for loops that others make, with {@link EventLoopOptions#withMachine}.
     *
     * @return the machine
     */
    public Machine machine() {
        return machine;
    }

    // ------------------------------------------------------------------ for the test

    /**
     * Lets everything run until nothing is left to run, however much virtual time that takes: operations, bodies and timers. Not
     * for something that goes on for ever, such as a timer that sets the next one: see {@link #advance}.
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
        fault();
        scheduler.sleep(Machine.nanos(time));
    }

    /** A place at which another thread may go on, as at each touch of the engine: where the order could matter to the code. */
    public void step() {
        scheduler.step();
    }

    private void fault() {
        if (scheduler.happens(options.faults().interrupts())) {
            Thread.currentThread().interrupt();
        }
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
            throw failure.get();
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
        return seed;
    }

    /**
     * How often it was decided who goes on.
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
     * What each thread does, for reports.
     *
     * @return a line for each
     */
    public String describe() {
        StringBuilder text = new StringBuilder(scheduler.describe());
        scheduler.hold(() -> {
            for (EventLoop loop : loops) {
                text.append("\n  ").append(describe(loop.stats()));
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
        return text.append(", %d timers pending".formatted(stats.timers().pending()))
                .toString();
    }

    private SimulationFailure failure(String what) {
        return new SimulationFailure("Seed %d after %s: %s\n%s".formatted(seed, elapsed(), what, describe()));
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
     * @throws SimulationFailure when a loop does not stop, or a thread does not end
     */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // whether they stop is looked at below
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            loops.forEach(EventLoop::forceStop);
            advance(MOST_STOP);
            for (EventLoop loop : loops) {
                if (loop.state() != LoopState.STOPPED && loop.state() != LoopState.NEW) {
                    throw failure(
                            "loop '%s' does not stop".formatted(loop.options().name()));
                }
            }
            assertNoThreads();
        } finally {
            machine.giveBack();
            if (ownsThreads) {
                threads.close();
            }
        }
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
