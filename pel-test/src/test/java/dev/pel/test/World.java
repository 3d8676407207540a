package dev.pel.test;

import dev.pel.CallInfo;
import dev.pel.ContextPropagator;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A loop that is attacked, its clients, and the books about it: what was submitted, what ran, and everything that should not have
 * happened.
 */
final class World {
    static final Duration LONG = Duration.ofHours(1);
    private static final Duration GRACE = Duration.ofMillis(100);

    /** What a stop may take beyond deadline and grace. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private static final int DEEPEST = 3;

    final Simulation simulation;
    final SplittableRandom random;
    final List<Entry> entries = new ArrayList<>();
    final List<Failure> handled = new ArrayList<>();
    final List<StopReport> reports = new ArrayList<>();
    private final List<String> alarms = new ArrayList<>();
    private final List<CompletableFuture<StopReport>> stops = new ArrayList<>();

    /** How likely an operation or body throws. */
    double failures;

    /** Whether operations take time. */
    boolean sleeps = true;

    /** Whether operations and bodies submit more. */
    boolean nests = true;

    /** How many milliseconds bodies, and what is attached, take at most. */
    int bodyMillis;

    /** Whether some of them stay for longer than any stop waits, and do not care about interrupts. */
    boolean bodiesStick;

    /** Whether there may be no more threads, so that what completion threads run may run anywhere. */
    boolean poor;

    final Attached attached = new Attached(this);
    final Foreign foreign = new Foreign(this);

    EventLoop loop;
    private Object inBody;

    /** The threads in code that has outlasted a stop: the stop gives them up, and others run beside them. */
    private final Set<Thread> sticking = new HashSet<>();

    private int starts;

    /** How many periodic timers were set. */
    int periodic;

    World(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
    }

    // ------------------------------------------------------------------ the loop

    void makeLoop(UnaryOperator<EventLoopOptions> change) {
        loop = simulation.loopWithoutListener(defaults -> {
            EventLoopOptions few = defaults.withPassive(lane -> lane.withThreads(1 + random.nextInt(3)))
                    .withWork(lane -> lane.withThreads(1 + random.nextInt(2)))
                    .withInterruptGrace(GRACE)
                    .withErrorHandler(handled::add);
            if (random.nextInt(4) == 0) {
                few = few.withListener(new SteppingListener());
            }
            if (random.nextInt(4) == 0) {
                few = few.withPropagator(new SteppingPropagator());
            }
            if (random.nextInt(8) == 0) {
                few = few.withSettle(Duration.ofMillis(1));
            }
            return change.apply(few);
        });
    }

    /** Starts the loop, as often as it takes when the system gives no threads. */
    void start() {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                loop.start();
                return;
            } catch (OutOfMemoryError e) {
                simulation.advance(Duration.ofSeconds(10)); // the undoing of that start
            }
        }
        throw new SimulationFailure("The loop could not be started in a hundred attempts");
    }

    /** One of several that race with each other; whether it started anything is not said. */
    void tryToStart() {
        try {
            loop.start();
            starts++;
        } catch (IllegalStateException | OutOfMemoryError e) {
            // it drains or stops, or there is no thread
        }
    }

    void stop(Duration deadline, boolean forced) {
        CompletableFuture<StopReport> report = forced ? loop.forceStop() : loop.stop(deadline);
        Duration since = simulation.elapsed();
        stops.add(report);
        // the copy was registered on whoever completes it: nothing is said about its thread
        report.whenComplete((done, error) -> {
            if (error != null) {
                alarm("the report failed: " + error);
            } else {
                reported(done, since, forced ? Duration.ZERO : deadline);
            }
        });
    }

    private void reported(StopReport report, Duration since, Duration deadline) {
        reports.add(report);
        if (report.took().compareTo(report.deadline().plus(GRACE).plus(SLACK)) > 0
                || (!bodiesStick && !report.stuck().isEmpty())) {
            alarm("the report says " + report);
        }
        Duration most = deadline.plus(GRACE).plus(Duration.ofSeconds(2));
        if (simulation.elapsed().minus(since).compareTo(most) > 0) {
            alarm("the stop took %s, its deadline was %s"
                    .formatted(simulation.elapsed().minus(since), deadline));
        }
    }

    // ------------------------------------------------------------------ what clients do

    void fork(String name, int actions, Runnable action) {
        simulation.fork(name, () -> {
            for (int i = 0; i < actions; i++) {
                action.run();
                simulation.step();
            }
        });
    }

    int random(int bound) {
        return random.nextInt(bound);
    }

    boolean happens(double probability) {
        return random.nextDouble() < probability;
    }

    Duration millis(int bound) {
        return Duration.ofMillis(random(bound));
    }

    /** One call, of any kind. */
    Entry submitAny() {
        return submitAny(0);
    }

    private Entry submitAny(int depth) {
        return switch (random(8)) {
            case 0 -> next(depth, false);
            case 1 -> next(depth, true);
            case 2 -> work(depth);
            case 3 -> both(depth);
            case 4 -> enqueue(Lane.values()[random(3)], depth);
            case 5 -> delay(millis(4), depth);
            case 6 -> timed(depth);
            default -> labelled(depth);
        };
    }

    Entry entry(String what, int operations, boolean hasBody) {
        Entry entry = new Entry(entries.size(), what, operations, hasBody);
        entries.add(entry);
        return entry;
    }

    Entry next(int depth, boolean withBody) {
        Entry entry = entry("next", 1, withBody);
        entry.handle = withBody
                ? loop.next(() -> operation(entry, depth), body(entry, depth))
                : loop.next(() -> operation(entry, depth));
        return entry;
    }

    private Entry work(int depth) {
        Entry entry = entry("work", 1, true);
        entry.handle = loop.work(() -> operation(entry, depth), body(entry, depth));
        return entry;
    }

    private Entry both(int depth) {
        Entry entry = entry("both", 2, true);
        entry.handle = loop.next(
                () -> {
                    operation(entry, depth);
                    return 1;
                },
                () -> {
                    operation(entry, depth);
                    return 2;
                },
                (a, b) -> body(entry, depth).run());
        return entry;
    }

    Entry enqueue(Lane lane, int depth) {
        if (lane == Lane.ACTIVE) {
            Entry entry = entry("enqueue", 0, true);
            entry.handle = loop.enqueue(lane, body(entry, depth));
            return entry;
        }
        Entry entry = entry("enqueue", 1, false);
        entry.handle = loop.enqueue(lane, () -> operation(entry, depth));
        return entry;
    }

    Entry delay(Duration delay, int depth) {
        Entry entry = entry("delay", 0, true);
        entry.due = simulation.elapsed().plus(delay);
        boolean inTimer = loop.onActiveThread() && inBody instanceof Entry outer && outer.what.equals(entry.what);
        LoopState before = loop.state();
        entry.handle = loop.delay(delay, body(entry, depth));
        LoopState after = loop.state();
        // a concurrent thread may change the state while the timer is set, before or after the engine looks at it
        entry.endsAtOnce = inTimer && after != LoopState.RUNNING && entry.outcome() == Outcome.STOPPED;
        boolean drains = before == LoopState.DRAINING && after == LoopState.DRAINING;
        if (inTimer && drains && !entry.endsAtOnce) {
            alarm("was not ended by the drain: " + entry);
        }
        return entry;
    }

    Entry timed(int depth) {
        Entry entry = entry("timed", 1, true);
        entry.mayBeCut = true;
        Duration timeout = Duration.ofMillis(1 + random(3));
        entry.handle = loop.call("timed").timeout(timeout).next(() -> operation(entry, depth), body(entry, depth));
        return entry;
    }

    private Entry labelled(int depth) {
        Entry entry = entry("labelled", 1, true);
        entry.isChain = true;
        LoopFuture<Void> first = loop.call("labelled").next(() -> operation(entry, depth));
        entry.handle = first.thenAccept(nothing -> {
            try {
                body(entry, depth).run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return entry;
    }

    /** A call that was submitted before, or null. */
    private Entry anyEntry() {
        Entry entry = entries.isEmpty() ? null : entries.get(random(entries.size()));
        return entry == null || entry.handle == null ? null : entry;
    }

    /** The handle of a call that was submitted before, or null. */
    LoopFuture<?> anyHandle() {
        Entry entry = anyEntry();
        return entry == null ? null : entry.handle;
    }

    /** Does something to a call that was submitted before. */
    void meddle() {
        Entry entry = anyEntry();
        if (entry == null) {
            return;
        }
        switch (random(7)) {
            case 0 -> attached.toAny();
            case 1 -> foreign.aroundAny();
            default -> end(entry);
        }
    }

    private void end(Entry entry) {
        entry.mayBeCut = true;
        switch (random(5)) {
            case 0 -> entry.handle.cancel(true);
            case 1 -> entry.handle.cancel(false);
            case 2 -> entry.handle.complete(null);
            case 3 -> entry.handle.completeExceptionally(new IllegalStateException("on purpose"));
            default -> entry.handle.orTimeout(1 + random(3), TimeUnit.MILLISECONDS);
        }
    }

    /** Waits for a call, however it ends. */
    void awaitAny() {
        LoopFuture<?> handle = anyHandle();
        if (handle != null) {
            await(handle);
        }
    }

    static void await(CompletableFuture<?> handle) {
        try {
            handle.join();
        } catch (CompletionException | CancellationException e) {
            // how it ended is looked at in the end
        }
    }

    void resize() {
        try {
            loop.resize(random.nextBoolean() ? Lane.PASSIVE : Lane.WORK, 1 + random(4));
        } catch (IllegalStateException | OutOfMemoryError e) {
            // it does not run, or there is no thread
        }
    }

    // ------------------------------------------------------------------ operations and bodies

    void operation(Entry entry, int depth) throws Exception {
        entry.foundInterrupt |= Thread.currentThread().isInterrupted() && loop.state() == LoopState.RUNNING;
        if (loop.onActiveThread()) {
            alarm("operation on the active thread: " + entry);
        }
        entry.operationsRun++;
        simulation.step();
        if (sleeps && random(3) == 0) {
            rest();
        }
        if (nests && depth < DEEPEST && random(4) == 0) {
            Entry inner = submitAny(depth + 1);
            if (random.nextBoolean()) {
                await(inner.handle);
            }
        }
        if (random(16) == 0) {
            Thread.currentThread().interrupt();
        }
        if (happens(failures)) {
            throw new IllegalStateException("operation " + entry.number);
        }
        entry.operationsReturned++;
    }

    private void rest() throws InterruptedException {
        try {
            simulation.sleep(millis(3));
        } catch (InterruptedException e) {
            if (random.nextBoolean()) {
                throw e;
            }
            simulation.step(); // it does not care
        }
    }

    Task body(Entry entry, int depth) {
        return () -> alone(entry, () -> insideBody(entry, depth));
    }

    /** Runs code that must not run beside any other such code: bodies, and what is attached to handles. */
    void alone(Object who, Task code) throws Exception {
        Object other = inBody;
        if (other != null && !poor && sticking.isEmpty()) {
            alarm("%s while this runs: %s".formatted(who, other));
        }
        inBody = who;
        try {
            code.run();
        } finally {
            inBody = null;
            sticking.remove(Thread.currentThread());
        }
    }

    /** Bodies run on the active thread; what is attached does so too, or else on a completion thread. */
    void checkPlace(Object who, boolean mayBeAside) {
        String thread = Thread.currentThread().getName();
        boolean active = thread.equals(loop.options().name() + "-active");
        if (active != loop.onActiveThread()) {
            alarm("on %s the loop says onActiveThread() is %s: %s".formatted(thread, loop.onActiveThread(), who));
        }
        if (!active && !(mayBeAside && (poor || thread.equals(completionThreads())))) {
            alarm("body on %s: %s".formatted(thread, who));
        }
    }

    void restInBody() throws InterruptedException {
        if (bodyMillis > 0 && random(3) == 0) {
            simulation.sleep(millis(bodyMillis));
        }
        if (bodiesStick && random(8) == 0) {
            stick();
        }
    }

    private void stick() {
        Duration until = simulation.elapsed().plus(GRACE).plus(millis(1_000));
        sticking.add(Thread.currentThread());
        while (simulation.elapsed().compareTo(until) < 0) {
            try {
                simulation.sleep(until.minus(simulation.elapsed()));
            } catch (InterruptedException e) {
                simulation.step(); // it does not care
            }
        }
    }

    private void insideBody(Entry entry, int depth) throws Exception {
        checkPlace(entry, entry.isChain);
        if (simulation.elapsed().compareTo(entry.due) < 0) {
            alarm("too early: " + entry);
        }
        entry.bodiesRun++;
        if (entry.cancelled) {
            alarm("was cancelled, and runs: " + entry);
        }
        simulation.step();
        restInBody();
        if (nests && depth < DEEPEST && random(4) == 0) {
            submitAny(depth + 1);
        }
        if (happens(failures)) {
            entry.bodyFailed = true;
            throw new IllegalStateException("body " + entry.number);
        }
    }

    /** Where what is attached runs when the loop has no active thread. */
    String completionThreads() {
        return loop.options().name() + "-completion";
    }

    // ------------------------------------------------------------------ the books

    void alarm(String what) {
        alarms.add(what + " at " + simulation.elapsed());
    }

    /** The identity of counters, in a snapshot taken at any time. */
    void checkBooks() {
        LoopStats stats = loop.stats();
        for (LaneStats lane : stats.lanes().values()) {
            long ended =
                    lane.outcomes().values().stream().mapToLong(count -> count).sum();
            if (lane.queued() < 0 || lane.running() < 0 || lane.submitted() != lane.queued() + lane.running() + ended) {
                alarm("the books do not add up: " + lane);
            }
        }
    }

    /** Stops the loop for the last time, and looks at everything. */
    void finish() {
        if (loop.state() == LoopState.RUNNING) {
            stop(Duration.ofMillis(random(3)), random.nextBoolean());
        }
        simulation.runUntilIdle();
        checkAfterwards();
    }

    void checkAfterwards() {
        for (CompletableFuture<StopReport> stop : stops) {
            if (!stop.isDone()) {
                alarm("a report has not come");
            }
        }
        for (Entry entry : entries) {
            String defect = entry.defect();
            if (defect != null) {
                alarm(defect + ": " + entry);
            }
        }
        attached.check();
        foreign.check();
        checkStopped();
        if (!alarms.isEmpty()) {
            throw new SimulationFailure(String.join("\n", alarms) + "\n" + simulation.describe());
        }
    }

    private void checkStopped() {
        if (loop.state() != LoopState.STOPPED) {
            alarm("the loop is " + loop.state());
        }
        simulation.assertNoThreads();
        checkBooks();
        LoopStats stats = loop.stats();
        if (stats.queued() != 0 || stats.running() != 0 || stats.timers().pending() != 0) {
            alarm("something is left: " + stats);
        }
        LoopStats.TimerStats timers = stats.timers();
        if (timers.created() != timers.fired() + timers.cancelled() + timers.stopped() + timers.rejected()) {
            alarm("the timers do not add up: " + timers);
        }
        if (!reports.isEmpty()) {
            checkReport(reports.get(reports.size() - 1), stats);
        }
    }

    private void checkReport(StopReport report, LoopStats stats) {
        long told = report.entries().neverStarted() + report.entries().interrupted();
        if (report.stuck().isEmpty() && stats.ended(Outcome.STOPPED) != told) {
            alarm("%d ended as STOPPED, the report says %s".formatted(stats.ended(Outcome.STOPPED), report));
        }
        // those that were set by a timer while the loop drained, and periodic ones, are no news; they may be of an
        // earlier run
        long untold = stats.timers().stopped() - report.timersStopped();
        if (untold < 0
                || untold
                        > periodic
                                + entries.stream()
                                        .filter(entry -> entry.endsAtOnce)
                                        .count()) {
            alarm("%d timers ended as STOPPED, the report says %s"
                    .formatted(stats.timers().stopped(), report));
        }
    }

    /** Where it hurts: between two steps of the engine. */
    private final class SteppingListener implements EventLoopListener {
        @Override
        public void queued(CallInfo call, Lane lane) {
            simulation.step();
        }

        @Override
        public void started(CallInfo call, Lane lane, long waitingNanos) {
            simulation.step();
        }

        @Override
        public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
            simulation.step();
        }

        @Override
        public void stateChanged(LoopState from, LoopState to) {
            simulation.step();
        }
    }

    /** The same while context is taken, set and cleared. */
    private final class SteppingPropagator implements ContextPropagator {
        @Override
        public Snapshot capture() {
            simulation.step();
            return () -> {
                simulation.step();
                return simulation::step;
            };
        }
    }
}
