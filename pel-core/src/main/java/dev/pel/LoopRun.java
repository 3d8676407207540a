package dev.pel;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run of a loop, from a start to the end of a stop: its lanes, threads, timers and counters. A new start makes a new one,
 * so nothing of an earlier run can reach a later one.
 */
final class LoopRun {
    final EventLoopOptions options;
    final Machine machine;
    final Listeners listeners;
    final Propagators propagators;
    final CallSites callSites;
    final StackRoom stack = new StackRoom();
    final Failures failures;
    final Refusals refusals;
    final EarlyWaits early = new EarlyWaits(this);
    final CutOffCommands commands;
    final OwnThreads threads;
    final RunState state;
    final CoarseClock clock;
    final CurrentEntry current = new CurrentEntry();
    final ActiveQueue queue;
    final LaneBooks activeBooks;
    final ActiveLane active;
    final Timers timers;
    final ActiveThread activeThread;
    final WatchdogThread watchdogThread;
    final Deadlines deadlines;
    final Watchdog watchdog;
    final CompletionThreads completionThreads;
    final Completions completions;
    final StopTally tally = new StopTally();
    final ReportFuture.Guard reportGuard;
    final LateActions late;

    /** The active lane as an executor; dependents that are given another one are told apart by it. */
    final Executor activeExecutor;

    private final PoolLane passive;
    private final PoolLane work;
    private final List<PoolLane> pools;
    private final long settle;

    private final AtomicReference<@Nullable Shutdown> stopping = new AtomicReference<>();
    private final Map<Thread, Worker> byThread = new ConcurrentHashMap<>();
    private final Map<Integer, Worker> byId = new ConcurrentHashMap<>();
    private final AtomicInteger workerIds = new AtomicInteger();
    private final Queue<Integer> freeWorkerIds = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();

    /** Tells whether the current thread is in the body of a timer. */
    final TimerBodies timerBodies;

    /** Futures that wait for a future or an executor that is not the loop's. */
    final ForeignFutures<LoopFuture<?>> foreign = new ForeignFutures<>(LoopFuture::stop);

    /** How many threads of the lanes have not ended. */
    private final AtomicInteger living = new AtomicInteger();

    /** Whether the start has started all its threads; nobody else resizes a lane before. */
    private volatile boolean started;

    /** The first run of a loop. */
    LoopRun(EventLoopOptions options, Machine machine, LoopState state) {
        this(options, machine, state, null);
    }

    /** A run that takes over what belongs to the loop, unless it is the first. */
    private LoopRun(EventLoopOptions options, Machine machine, LoopState state, @Nullable LoopRun before) {
        this.options = options;
        this.machine = machine;
        this.watchdogThread = new WatchdogThread(machine, options.name());
        this.deadlines = new Deadlines(machine, watchdogThread);
        this.completionThreads = before == null
                ? new CompletionThreads(options.name(), machine, deadlines, CompletionThreads.Rules.COMPLETIONS)
                : before.completionThreads;
        this.late = before == null ? new LateActions(options.name(), machine, deadlines) : before.late;
        this.reportGuard = new ReportFuture.Guard(machine, options.name(), this::isOwnThread);
        this.completions = new Completions(completionThreads, stack, this::wentIdle);
        this.listeners = new Listeners(options.hooks().listeners(), machine);
        this.propagators = new Propagators(options.hooks().propagators(), machine);
        this.callSites = new CallSites(Machine.nanos(options.callSiteInterval()), machine.nanoTime());
        this.settle = Machine.nanos(options.settle());
        this.threads = new OwnThreads(watchdogThread, completionThreads, late.threads());
        this.state = new RunState(options, machine, listeners, threads, state, this::nudgeStop);
        this.clock = new CoarseClock(machine, watchdogThread);
        this.failures = new Failures(this);
        this.refusals = new Refusals(this);
        this.commands = new CutOffCommands(machine, options.name(), completions);
        this.queue = new ActiveQueue(options.name(), machine, threads, current);
        this.activeBooks = new LaneBooks(Lane.ACTIVE, options, machine, this.state, tally, listeners);
        this.active = new ActiveLane(machine, threads, queue, activeBooks, current, propagators, clock);
        this.timers = new Timers(this);
        this.timerBodies = new TimerBodies(threads, current);
        this.passive = new PoolLane(this, Lane.PASSIVE);
        this.work = new PoolLane(this, Lane.WORK);
        this.pools = List.of(passive, work);
        this.activeThread = new ActiveThread(this);
        this.watchdog = new Watchdog(
                watchdogThread,
                deadlines,
                clock,
                new Watchdog.Duties(
                        List.of(activeThread, passive, work),
                        machine.hasUnseenWaits() ? new WaitDetector(this) : null,
                        this::isOver,
                        this::stepOfStop));
        this.activeExecutor = command -> execute(Lane.ACTIVE, command);
    }

    // ------------------------------------------------------------------ submitting

    /** Submits a call; body may be null, and for the active lane the operation is the body. */
    <T extends @Nullable Object> LoopFuture<T> submit(
            Lane lane, Object operation, @Nullable Object body, @Nullable String label, @Nullable Duration timeout) {
        stack.ensureRoom();
        return submitWithRoom(lane, operation, body, label, timeout);
    }

    private <T extends @Nullable Object> LoopFuture<T> submitWithRoom(
            Lane lane, Object operation, @Nullable Object body, @Nullable String label, @Nullable Duration timeout) {
        Objects.requireNonNull(operation, "operation");
        if (lane == Lane.ACTIVE) {
            Call<T> call = new Call<>(this, Lane.ACTIVE, null, operation, label);
            return submitted(call, active.submit(call), timeout);
        }
        PoolLane pool = pool(lane);
        Call<T> call = new Call<>(this, lane, operation, body, label);
        return submitted(call, submitTo(pool, call), timeout);
    }

    /** The same for a call that is cancelled when all that was attached to its handle has been ended. */
    <T extends @Nullable Object> LoopFuture<T> submitCancelling(
            Lane lane, Object operation, @Nullable Object body, @Nullable String label, @Nullable Duration timeout) {
        Objects.requireNonNull(operation, "operation");
        stack.ensureRoom();
        if (lane == Lane.ACTIVE) {
            Call<T> call = new CancellingCall<>(this, Lane.ACTIVE, null, operation, label);
            return submitted(call, active.submit(call), timeout);
        }
        Call<T> call = new CancellingCall<>(this, lane, operation, body, label);
        return submitted(call, submitTo(pool(lane), call), timeout);
    }

    private @Nullable CallRejectedException submitTo(PoolLane pool, Call<?> call) {
        CallRejectedException why = pool.submit(call);
        if (settle > 0 && active.isCurrent()) {
            settle();
        }
        return why;
    }

    private static <T extends @Nullable Object> Call<T> submitted(
            Call<T> call, @Nullable CallRejectedException why, @Nullable Duration timeout) {
        if (why != null) {
            call.reject(why);
        } else {
            endAfter(call, timeout);
        }
        return call;
    }

    /** Submits two operations and a body that gets both results. */
    <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> submitBoth(
            Lane lane,
            Callable<? extends A> first,
            Callable<? extends B> second,
            BiBody<? super A, ? super B> body,
            @Nullable String label,
            @Nullable Duration timeout,
            boolean cancelsUpstream) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Objects.requireNonNull(body, "body");
        stack.ensureRoom();
        LoopFuture<A> a = submitWithRoom(lane, first, null, label, null);
        LoopFuture<B> b = submitWithRoom(lane, second, null, label, null);
        LoopFuture<@Nullable Void> pair =
                cancelsUpstream ? new CancellingPair<>(this, a, b, body) : new BothCalls<>(this, a, b, body);
        endAfter(pair, timeout);
        return pair;
    }

    /** Whether an executor runs what it is given on the active thread of this run. */
    @SuppressWarnings("ReferenceEquality") // the very same executor is meant
    boolean isActiveLane(Executor executor) {
        return executor == activeExecutor
                || (executor instanceof LaneExecutor view
                        && view.lane() == Lane.ACTIVE
                        && view.loop().loopRun() == this);
    }

    void execute(Lane lane, Runnable command) {
        Objects.requireNonNull(command, "command");
        stack.ensureRoom();
        if (lane == Lane.ACTIVE) {
            PostedTask task = new PostedTask(this, command);
            CallRejectedException why = active.submit(task);
            if (why != null) {
                listeners.rejected(task, why);
                throw why;
            }
            return;
        }
        CommandCall call = new CommandCall(this, lane, command);
        CallRejectedException why = submitTo(pool(lane), call);
        if (why != null) {
            call.rejectToCaller(why);
            throw why;
        }
    }

    LoopTimer delay(Duration delay, Task body) {
        return delay(delay, body, null, null);
    }

    LoopTimer delay(Duration delay, Task body, @Nullable String label, @Nullable Duration timeout) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(body, "body");
        stack.ensureRoom();
        LoopTimer timer = new LoopTimer(this, delay, body, label);
        timers.submit(timer);
        endAfter(timer, timeout);
        return timer;
    }

    /** The timeout is armed last: a call that no lane has accepted must not be ended as if one had. */
    private static void endAfter(LoopFuture<?> handle, @Nullable Duration timeout) {
        if (timeout != null) {
            handle.endAfter(
                    timeout,
                    () -> handle.end(
                            Outcome.TIMED_OUT, null, new CallTimeoutException(timeout, handle.description()), true));
        }
    }

    /** What the original of this idea did after each submission, when asked for: let the operation get to where it blocks. */
    private void settle() {
        long until = machine.nanoTime() + settle;
        long left = settle;
        boolean interrupted = false; // with the flag set a park returns at once
        while (left > 0 && !isOver()) {
            machine.park(this, left);
            interrupted |= Thread.interrupted();
            left = until - machine.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt(); // it is the body's
        }
    }

    CallRejectedException notRunning(Lane lane) {
        return state.notRunning(lane);
    }

    // ------------------------------------------------------------------ waiting

    /**
     * Called by a thread that is about to wait for a future of this run. A thread of a pool first runs what the future waits
     * for, if that has not started; when it has to wait all the same, its lane gets a spare thread meanwhile.
     *
     * @param isLimited whether the wait ends after some time in any case
     * @return the wait, which is to be closed; null when the thread is none of a pool's, or the future has ended
     */
    @Nullable OngoingWait beforeWait(LoopFuture<?> future, String method, boolean isLimited) {
        if (active.isCurrent()) {
            throw new WaitOnLoopThreadException(
                    ("%s on an unfinished call would stop the active thread of loop '%s', which is what would finish it."
                                    + " Continue in a body instead: loop.next(operation, body), or handle.thenAccept(body).")
                            .formatted(method, name()));
        }
        Worker worker = byThread.get(Thread.currentThread());
        if (worker == null) {
            return null;
        }
        stack.ensureRoom(); // it may lock a queue
        return HelpingWait.begin(future, worker, method, isLimited);
    }

    /** As {@link Machine#await}; before the start nobody else would see that a thread waits. */
    long await(LoopFuture<?> future, boolean interruptible, long nanos) {
        return state() == LoopState.NEW
                ? early.await(future, interruptible, nanos)
                : machine.await(future, interruptible, nanos);
    }

    void runForChain(Runnable code) {
        threads.runForChain(code);
    }

    boolean isOwnThread() {
        return threads.isOneCurrent();
    }

    /**
     * Runs something that others are to be told by, where this run has no active thread any more. A stop that has not ended waits for it,
     * as long as it waits for anything.
     */
    void runLate(Runnable action) {
        late.run(completions.counted(action));
    }

    // ------------------------------------------------------------------ state

    String name() {
        return options.name();
    }

    LoopState state() {
        return state.now();
    }

    boolean isRunning() {
        return state.isRunning();
    }

    boolean isOver() {
        return state.isOver();
    }

    boolean accepts() {
        return state.accepts();
    }

    boolean overFromNowOn() {
        return state.overFromNowOn();
    }

    /** Makes a transition of a loop that has never started; its listeners are told on a thread that counts as one of the loop's. */
    boolean leaveNew(LoopState to) {
        if (state() != LoopState.NEW) {
            return false;
        }
        AtomicBoolean left = new AtomicBoolean();
        runForChain(() -> left.set(changeState(LoopState.NEW, to)));
        return left.get();
    }

    boolean changeState(LoopState from, LoopState to) {
        return state.change(from, to);
    }

    // ------------------------------------------------------------------ threads

    String threadName(Lane lane, int index) {
        return name() + (lane == Lane.PASSIVE ? "-passive-" : "-work-") + index;
    }

    /** A number for a call or dependent that somebody wants to tell from others. */
    long nextId() {
        return ids.incrementAndGet();
    }

    /** A number that no living worker has. The state of a call has 28 bits for it, so those of ended workers are given again. */
    int nextWorkerId() {
        Integer free = freeWorkerIds.poll();
        return free == null ? workerIds.incrementAndGet() : free;
    }

    void freeWorkerId(int id) {
        freeWorkerIds.add(id);
    }

    /** Starts all threads; the active one is made unless one is given. When one cannot be started, all are stopped again. */
    void start(@Nullable Thread own) {
        runForChain(() -> startThreads(own)); // a thread factory is others' code, too
    }

    private void startThreads(@Nullable Thread own) {
        boolean watched = false;
        try {
            completionThreads.timedBy(deadlines);
            late.threads().timedBy(deadlines);
            watchdog.start();
            watched = true;
            startActive(own);
            passive.grow();
            work.grow();
            started = true;
        } finally {
            if (!started) {
                undoStart(own != null, watched);
            }
        }
    }

    /** Ends what a start that failed has begun, and all that was submitted to it meanwhile. */
    @SuppressWarnings("FutureReturnValueIgnored") // the start throws, and that is the report
    private void undoStart(boolean ownThread, boolean watched) {
        stop(Duration.ZERO, true);
        if (ownThread && active.isCurrent()) {
            activeThread.run(); // the loop is over: it only clears up
        }
        Shutdown steps = stopping.get();
        if (!watched && steps != null) {
            makeSteps(steps);
        }
    }

    /** Makes the steps of a stop on the current thread: there is no watchdog that could. */
    private void makeSteps(Shutdown steps) {
        long wait = steps.step();
        boolean interrupted = false; // with the flag set a park returns at once
        while (wait >= 0) {
            machine.park(steps, wait);
            interrupted |= Thread.interrupted();
            deadlines.fireDue();
            wait = steps.step();
        }
        if (interrupted) {
            Thread.currentThread().interrupt(); // it is the caller's
        }
        watchdog.goesOnAfterStop();
    }

    /** The run that comes after this one: with new lanes, and what belongs to the loop. */
    LoopRun next() {
        return new LoopRun(options, machine, LoopState.RUNNING, this);
    }

    private void startActive(@Nullable Thread own) {
        if (own != null) {
            threads.active(own);
            living.incrementAndGet();
            return;
        }
        Thread thread = machine.thread(name() + "-active", ThreadKind.PLATFORM, options.daemon(), activeThread);
        threads.active(thread);
        living.incrementAndGet();
        boolean started = false;
        try {
            machine.start(thread);
            started = true;
        } finally {
            if (!started) {
                living.decrementAndGet();
            }
        }
    }

    /** Whether things go so fast that it is better to look again than to sleep. */
    boolean isShortRunning() {
        return clock.isTicking() || passive.isShortRunning() || work.isShortRunning();
    }

    void workerStarts(Worker worker) {
        living.incrementAndGet();
        byId.put(worker.id(), worker);
        byThread.put(worker.thread(), worker);
        threads.add(worker.thread());
    }

    void workerEnded(Worker worker) {
        if (byId.remove(worker.id(), worker)) {
            freeWorkerId(worker.id());
        }
        byThread.remove(worker.thread());
        threads.remove(worker.thread());
        living.decrementAndGet();
        nudgeStop();
    }

    void activeEnded() {
        living.decrementAndGet();
        nudgeStop();
    }

    int threads() {
        return living.get();
    }

    void wentIdle() {
        state.wentIdle();
    }

    private void nudgeStop() {
        if (stopping.get() != null) {
            watchdogThread.wake();
        }
    }

    /** The search of the worker with this number, if it runs an operation and keeps the right to search meanwhile. */
    @Nullable Searcher keeper(int workerId) {
        Worker worker = byId.get(workerId);
        return worker != null && worker.searcher().isKeeping() ? worker.searcher() : null;
    }

    @Nullable Worker worker(int id) {
        return byId.get(id);
    }

    void interrupt(int workerId, Call<?> call) {
        Worker worker = byId.get(workerId);
        if (worker != null) {
            worker.interrupt(call);
        }
    }

    void resize(Lane lane, int count) {
        if (lane == Lane.ACTIVE) {
            throw new IllegalArgumentException(
                    "'lane' must be PASSIVE or WORK but was ACTIVE: the active lane has one thread");
        }
        if (!isRunning() || !started) {
            throw new IllegalStateException("Loop '%s' is %s; only a running loop can be resized"
                    .formatted(name(), isRunning() ? "starting" : state()));
        }
        stack.ensureRoom();
        pool(lane).resize(count);
    }

    // ------------------------------------------------------------------ stopping

    /** When this returns, threads that are not the loop's own are refused. */
    CompletableFuture<StopReport> stop(Duration deadline, boolean forced) {
        stack.ensureRoom();
        Shutdown fresh = new Shutdown(this, deadline);
        tally.begin(); // first: the concurrent watchdog makes the first step as soon as it sees the stop
        Shutdown known = stopping.compareAndExchange(null, fresh);
        Shutdown now = known == null ? fresh : known;
        now.hurry(deadline, forced);
        if (leaveNew(LoopState.STOPPING)) {
            runForChain(() -> makeSteps(now));
        }
        if (forced) {
            overFromNowOn();
        } else if (changeState(LoopState.RUNNING, LoopState.DRAINING)) {
            queue.post(new Signal() {
                @Override
                public void run() {
                    timers.drain(now.deadline());
                }

                @Override
                public void abandon() {
                    // every timer is ended by the stop
                }
            });
        }
        watchdogThread.wake();
        return now.report();
    }

    private long stepOfStop() {
        Shutdown now = stopping.get();
        return now == null ? 0 : now.step();
    }

    @Nullable Shutdown stopping() {
        return stopping.get();
    }

    /** The stop is done: what is logged now and then is logged for the last time. */
    void hasStopped() {
        completionThreads.dismiss();
        late.threads().dismiss();
        changeState(LoopState.STOPPING, LoopState.STOPPED);
        tellRest();
    }

    private void tellRest() {
        listeners.tellRest();
        propagators.tellRest();
        failures.tellRest();
        refusals.tellRest();
        commands.tellRest();
        watchdog.tellRest();
        pools.forEach(PoolLane::tellRest);
    }

    void countCall(Outcome outcome, boolean wasRunning) {
        tally.callEnded(outcome, wasRunning);
    }

    void countStopped(Outcome outcome, boolean wasRunning) {
        tally.entryEnded(outcome, wasRunning);
    }

    // ------------------------------------------------------------------ figures

    PoolLane pool(Lane lane) {
        return lane == Lane.PASSIVE ? passive : work;
    }

    List<PoolLane> pools() {
        return pools;
    }

    LaneCounters counters(Lane lane) {
        return lane == Lane.ACTIVE ? activeBooks.counters() : pool(lane).counters();
    }

    boolean isFull(Lane lane) {
        return lane == Lane.ACTIVE ? activeBooks.isFull() : pool(lane).isFull();
    }

    /** Whether nothing waits in the active lane, or on the way into it, and no timer is pending. */
    boolean isActiveEmpty() {
        return activeBooks.isEmpty() && timers.isEmpty();
    }

    DrainCheck drainCheck() {
        return new DrainCheck(queue, activeBooks, timers, pools, foreign, completions);
    }

    /** Whether every entry that a lane has accepted has ended. */
    boolean allEnded() {
        return drainCheck().allEnded();
    }

    LoopStats stats() {
        stack.ensureRoom(); // it may lock a queue
        long now = machine.nanoTime();
        Map<Lane, LaneStats> lanes = new EnumMap<>(Lane.class);
        lanes.put(Lane.ACTIVE, active.stats(now));
        lanes.put(Lane.PASSIVE, passive.stats(now));
        lanes.put(Lane.WORK, work.stats(now));
        RunState.Moment at = state.moment();
        return new LoopStats(name(), at.state(), at.since(), lanes, timers.stats(), failures.unhandled());
    }

    /** The workers of all lanes whose threads have not ended; it changes. */
    Collection<Worker> workers() {
        return byId.values();
    }

    /** Registers a future that waits for something outside the loop; the drain waits for it, and the stop ends it. */
    void waitsOutside(LoopFuture<?> future) {
        foreign.add(future);
        if (future.isDone() || active.isClosed()) {
            // the rival has ended it, or looked for the last time, before it was registered
            cameFromOutside(future);
            future.stop();
        }
    }

    void cameFromOutside(LoopFuture<?> future) {
        if (foreign.remove(future)) {
            wentIdle();
        }
    }

    /** Registers one of them of which nobody wants anything now: the drain does not wait for it, the stop ends it. */
    void idlesOutside(LoopFuture<?> future, ForeignFutures.Faint<LoopFuture<?>> faint) {
        foreign.addIdle(faint);
        cameFromOutside(future);
        if (active.isClosed()) {
            future.stop(); // the stop has looked for the last time before it was registered
        }
    }

    boolean nothingOutside() {
        return foreign.isEmpty();
    }
}
