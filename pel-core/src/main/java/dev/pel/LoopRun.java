package dev.pel;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a loop, from a start to the end of a stop: builds its parts, starts their threads, and stops them. A new start makes a
 * new one, so nothing of an earlier run can reach a later one.
 */
final class LoopRun extends RunServices {
    final Failures failures;
    final Timers timers;
    final ActiveThread activeThread;
    final Watchdog watchdog;
    final Workers workers;
    final Submissions submissions;
    final StopHooks stopHooks;
    final Admissions admissions;
    final ReportFuture.Guard reportGuard;
    private final EarlyWaits early = new EarlyWaits(this);
    private final PoolLane passive;
    private final PoolLane work;
    private final List<PoolLane> pools;
    private final Executor activeExecutor;
    private final AtomicReference<@Nullable Shutdown> stopping;

    /** Whether the start has started all its threads; nobody else resizes a lane before. */
    private volatile boolean started;

    /** The thread that has begun the start of this run. Written by it before listeners are told. */
    private volatile @Nullable Thread starter;

    /** The first run of a loop. */
    LoopRun(EventLoopOptions options, Machine machine, LoopState state) {
        this(options, machine, state, null, new Nudge());
    }

    /** A run that takes over what belongs to the loop, unless it is the first. */
    private LoopRun(EventLoopOptions options, Machine machine, LoopState first, @Nullable LoopRun before, Nudge nudge) {
        super(options, machine, first, before, nudge);
        this.stopping = nudge.stopping;
        nudge.watchdog = watchdogThread;
        this.failures = new Failures(this);
        this.timers = new Timers(this);
        this.workers = new Workers(threads, nudge);
        this.passive = new PoolLane(this, workers, Lane.PASSIVE, PoolThreads::make);
        this.work = new PoolLane(this, workers, Lane.WORK, PoolThreads::make);
        this.pools = List.of(passive, work);
        workers.lanes(passive, work);
        this.activeThread = new ActiveThread(
                this, timers, failures, this::isShortRunning, this::shortBacklog, workers::threadEnded);
        this.watchdog = new Watchdog(
                watchdogThread,
                defects,
                deadlines,
                clock,
                new Watchdog.Duties(
                        List.of(activeThread, passive, work),
                        machine.hasUnseenWaits() ? new WaitDetector(this, pools) : null,
                        retries::repeat,
                        () -> !retries.isEmpty(),
                        this::isOver,
                        this::stepOfStop));
        this.admissions = new Admissions(options, machine, deadlines);
        this.submissions = new Submissions(this);
        this.stopHooks = new StopHooks(this, submissions::submitPassive);
        this.reportGuard = new ReportFuture.Guard(machine, options.name(), threads::isOneCurrent);
        this.activeExecutor = command -> submissions.execute(Lane.ACTIVE, command);
    }

    /**
     * Wakes the thread that makes the steps of a stop, if there is a stop. The services are given this before they make that thread, so
     * it is told of the thread afterwards, before any other thread has the run.
     */
    private static final class Nudge implements Runnable {
        private final AtomicReference<@Nullable Shutdown> stopping = new AtomicReference<>();
        private @Nullable WatchdogThread watchdog;

        @Override
        public void run() {
            WatchdogThread thread = watchdog;
            if (thread != null && stopping.get() != null) {
                thread.wake();
            }
        }
    }

    // ------------------------------------------------------------------ services

    @Override
    Executor activeExecutor() {
        return activeExecutor;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same executor is meant
    boolean isActiveLane(Executor executor) {
        return executor == activeExecutor || (executor instanceof LaneExecutor view && view.isActiveLaneOf(this));
    }

    @Override
    void failed(LoopFuture<?> future) {
        failures.watch(future);
    }

    @Override
    void report(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        failures.tell(failure, context);
    }

    @Override
    @Nullable OngoingWait beforeWait(LoopFuture<?> future, String method, boolean isLimited) {
        if (threads.isActiveCurrent() || late.isOnActiveThread()) {
            throw WaitRefusals.onActiveThread(method, name(), submissions.scripts.isOneCurrent());
        }
        Worker worker = workers.current();
        if (worker == null) {
            refuseInStart(method);
            return null;
        }
        stack.ensureRoom(); // it may lock a queue
        return HelpingWait.begin(future, worker, method, isLimited);
    }

    /** A listener, or a thread factory, that runs inside the start would wait for threads that are started when it has returned. */
    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    private void refuseInStart(String method) {
        if (!started && state.isRunning() && Thread.currentThread() == starter) {
            throw WaitRefusals.insideStart(method, name());
        }
    }

    @Override
    long await(LoopFuture<?> future, boolean interruptible, long nanos) {
        return state() == LoopState.NEW
                ? early.await(future, interruptible, nanos)
                : machine.await(future, interruptible, nanos);
    }

    @Override
    TimeoutException timedOut(LoopFuture<?> future, TimeoutException error) {
        return early.timedOut(future, error);
    }

    @Override
    LaneBooks books(Lane lane) {
        return lane == Lane.ACTIVE ? activeBooks : pool(lane).books();
    }

    @Override
    void endedInPool(Lane lane, CallInfo call, Outcome outcome, long queuedAt) {
        pool(lane).dropped((Call<?>) call, outcome, queuedAt); // only calls have operations
    }

    @Override
    void admit(Lane lane, ActiveEntry call) {
        pool(lane).admit((Call<?>) call); // only calls have operations
    }

    @Override
    void timerEnded(CallInfo timer, Outcome outcome) {
        timers.ended((LoopTimer) timer, outcome); // nothing else is a timer
    }

    @Override
    void interrupt(int workerId, CallInfo call) {
        workers.interrupt(workerId, (Call<?>) call); // only calls have operations
    }

    // ------------------------------------------------------------------ starting

    /** Makes a transition of a loop that has never started; its listeners are told on a thread that counts as one of the loop's. */
    boolean leaveNew(LoopState to) {
        if (state() != LoopState.NEW) {
            return false;
        }
        AtomicBoolean left = new AtomicBoolean();
        threads.runForChain(() -> {
            if (state.changeUntold(LoopState.NEW, to)) {
                left.set(true);
                starter = Thread.currentThread();
                state.tell();
            }
        });
        return left.get();
    }

    /** Becomes the current run of a loop that has stopped, if that succeeds; the listeners are told likewise. */
    boolean takeOver(BooleanSupplier replacement) {
        AtomicBoolean replaced = new AtomicBoolean();
        threads.runForChain(() -> {
            replaced.set(
                    stateChanges.make(replacement, () -> listeners.stateChanged(LoopState.STOPPED, LoopState.RUNNING)));
            if (replaced.get()) {
                starter = Thread.currentThread();
            }
            stateChanges.tell();
        });
        return replaced.get();
    }

    /** Starts all threads; the active one is made unless one is given. When one cannot be started, all are stopped again. */
    void start(@Nullable Thread own) {
        threads.runForChain(() -> startThreads(own)); // a thread factory is others' code, too
    }

    private void startThreads(@Nullable Thread own) {
        boolean watched = false;
        try {
            completionThreads.timedBy(deadlines);
            late.threads().timedBy(deadlines);
            watchdog.start();
            watched = true;
            startActive(own);
            pools.forEach(PoolLane::grow);
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
        if (ownThread && threads.isActiveCurrent()) {
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
            retries.repeat();
            wait = steps.step();
        }
        if (interrupted) {
            Thread.currentThread().interrupt(); // it is the caller's
        }
        watchdog.goesOnAfterStop();
    }

    /** The run that comes after this one: with new lanes, and what belongs to the loop. */
    LoopRun next() {
        return new LoopRun(options, machine, LoopState.RUNNING, this, new Nudge());
    }

    private void startActive(@Nullable Thread own) {
        if (own != null) {
            threads.active(own);
            workers.threadStarts();
            return;
        }
        Thread thread = machine.thread(name() + "-active", ThreadKind.PLATFORM, options.daemon(), activeThread);
        threads.active(thread);
        workers.threadStarts();
        boolean started = false;
        try {
            if (!isOver()) { // a stop may have ended while a slow thread factory made the thread
                machine.start(thread);
                started = true;
            }
        } finally {
            if (!started) {
                workers.threadEnded();
            }
        }
    }

    /** Whether things go so fast that it is better to look again than to sleep. */
    boolean isShortRunning() {
        return clock.isTicking() || passive.isShortRunning() || work.isShortRunning();
    }

    /** How many calls wait in pool lanes whose operations are short. */
    private int shortBacklog() {
        return passive.shortBacklog() + work.shortBacklog();
    }

    void resize(Lane lane, int count) {
        if (lane == Lane.ACTIVE) {
            throw new IllegalArgumentException(
                    "'lane' must be PASSIVE or WORK but was ACTIVE: the active lane has one thread");
        }
        if (!state.isRunning() || !started) {
            throw new IllegalStateException("Loop '%s' is %s; only a running loop can be resized"
                    .formatted(name(), state.isRunning() ? "starting" : state()));
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
            threads.runForChain(() -> makeSteps(now));
        }
        try {
            if (forced) {
                state.overFromNowOn();
            } else if (state.drains()) {
                queue.post(now.drainOfTimers());
            }
        } finally { // also when no memory is left
            watchdogThread.wake();
            state.tell(); // last: a listener that blocks holds up its own thread, not the stop
        }
        return now.report();
    }

    private long stepOfStop() {
        Shutdown now = stopping.get();
        return now == null ? 0 : now.step();
    }

    @Nullable Shutdown stopping() {
        return stopping.get();
    }

    /** The stop is done. What is logged as a count now and then is logged for the last time. */
    void hasStopped() {
        admissions.close();
        completionThreads.dismiss();
        late.threads().dismiss();
        state.change(LoopState.STOPPING, LoopState.STOPPED);
        tellRest();
    }

    private void tellRest() {
        defects.tellRest();
        listeners.tellRest();
        propagators.tellRest();
        failures.reports().tellRest();
        refusals.tellRest();
        commands.tellRest();
        watchdog.tellRest();
        pools.forEach(PoolLane::tellRest);
    }

    // ------------------------------------------------------------------ figures

    PoolLane pool(Lane lane) {
        return lane == Lane.PASSIVE ? passive : work;
    }

    List<PoolLane> pools() {
        return pools;
    }

    /** Whether nothing waits in the active lane, or on the way into it, and no timer is pending. */
    boolean isActiveEmpty() {
        return activeBooks.isEmpty() && timers.isEmpty();
    }

    DrainCheck drainCheck() {
        return new DrainCheck(queue, activeBooks, timers, pools, foreign, completions, retries);
    }

    LoopStats stats() {
        stack.ensureRoom(); // it may lock a queue
        long now = machine.nanoTime();
        Map<Lane, LaneStats> lanes = new EnumMap<>(Lane.class);
        lanes.put(Lane.ACTIVE, active.stats(admissions.oldest(Lane.ACTIVE), now));
        for (PoolLane pool : pools) {
            lanes.put(pool.lane(), pool.stats(admissions.oldest(pool.lane()), now));
        }
        RunState.Moment at = state.moment();
        return new LoopStats(
                name(),
                at.state(),
                at.since(),
                lanes,
                timers.counters().stats(),
                admissions.keys().stats(),
                admissions.limitStats(now),
                failures.reports().unhandled());
    }
}
