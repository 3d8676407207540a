package dev.pel;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The active lane of one run: a queue that many fill and one thread empties, the timers, and the failures to report.
 *
 * <p>A <em>turn</em> of the loop runs the timers that are due, then what is queued, both up to a batch, so that neither starves
 * the other, and at its end hands on the failures nobody deals with.
 */
final class ActiveLane implements Runnable {
    private static final Log log = new Log();
    private static final int BATCH = 256;
    private static final int CHUNK = 1_024;

    private final LoopRun run;
    private final LaneOptions options;
    private final LaneCounters counters;
    private final Pressure pressure;
    private final MpscUnboundedVarHandleArrayQueue<ActiveEntry> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    private final Timers timers;

    private final Spin spin;

    /** 1 from before the active thread looks at the queue for the last time and parks, until somebody wakes it; else 0. */
    private final PaddedLong parked = new PaddedLong();

    /** When the loop is over: who may take from the queue, the active thread or, when that is lost, the watch. */
    private final AtomicBoolean taking = new AtomicBoolean();

    /** What was found in the queue, or came to it, when nobody takes from it any more. */
    private final Queue<ActiveEntry> leftOver = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean abandoning = new AtomicBoolean();

    /** What the active thread carried when it came; null where nothing is carried. Confined to it, as the next one. */
    private ContextPropagator.@Nullable Snapshot own;

    private boolean blank;

    private final CurrentEntry present = new CurrentEntry();

    /** Whether a listener needs exact times. */
    private final boolean isTimed;

    /** Nothing is taken from the queue any more. */
    private volatile boolean closed;

    private volatile boolean flooded;

    private volatile @Nullable Thread thread;

    /** Whether a stop has interrupted the active thread: from then on its interrupts and others' cannot be told apart. */
    private volatile boolean interruptedByStop;

    /** Whether somebody else has. Confined to the active thread. */
    private boolean wasInterrupted;

    ActiveLane(LoopRun run) {
        this.run = run;
        this.options = run.options.active();
        this.counters = new LaneCounters(options);
        this.pressure = new Pressure(Lane.ACTIVE, options, counters, run.listeners);
        this.isTimed = run.listeners.needExactTimes();
        this.timers = new Timers(run, this);
        // the first place of the queue is enough: to ask whether it is empty would read what submitters write
        this.spin = new Spin(run.machine, () -> queue.relaxedPeek() != null || timers.hasNews() || run.isOver());
    }

    // ------------------------------------------------------------------ submitting

    /** Accepts a call that has no operation, or says why not. */
    @Nullable CallRejectedException submit(Call<?> call) {
        return submit(call, call);
    }

    /** Accepts a command, or says why not. */
    @Nullable CallRejectedException submit(PostedTask command) {
        CallRejectedException why = submit(command, command);
        if (why != null) {
            run.listeners.rejected(command, why);
        }
        return why;
    }

    private @Nullable CallRejectedException submit(CallInfo call, ActiveEntry entry) {
        if (!run.accepts()) {
            counters.refused();
            return run.notRunning(Lane.ACTIVE);
        }
        if (!counters.accept()) {
            return refuse();
        }
        // the rival is a stop: either it sees the place that was just taken and waits for the call, or we see the stop
        // here
        if (!run.accepts()) {
            counters.withdraw();
            run.wentIdle(); // a drain may have seen the place
            return run.notRunning(Lane.ACTIVE);
        }
        run.listeners.queued(call, Lane.ACTIVE);
        pressure.rose();
        post(entry);
        return null;
    }

    /** Queues a dependent whose source is done; its place is certain. False when the active thread has ended. */
    boolean submit(Dependent<?, ?> dependent) {
        if (closed) {
            return false;
        }
        counters.acceptReserved();
        // the concurrent thread makes the end of the stop: either it sees the place just taken and waits for the
        // dependent, or
        // its mark is seen here
        if (closed) {
            counters.withdraw();
            return false;
        }
        dependent.queuedAt(submissionTime());
        run.listeners.queued(dependent, Lane.ACTIVE);
        pressure.rose();
        post(dependent);
        return true;
    }

    /** Books that this lane has refused something because it is full. */
    CallRejectedException refuse() {
        counters.refused();
        return CallRejectedException.full(run.name(), Lane.ACTIVE, options.capacity());
    }

    /** Books the body of a call whose operation has returned; it was promised a place when the call was accepted. */
    void reserve(Call<?> call) {
        counters.acceptReserved();
        run.listeners.queued(call, Lane.ACTIVE);
        pressure.rose();
    }

    /** Lets the active thread hand the end of one future on to another. */
    <T extends @Nullable Object> void relay(LoopFuture<T> to, @Nullable T value, @Nullable Throwable error) {
        run.stack.ensureSomeRoom();
        post(new Relay<>(to, value, error));
    }

    /** Queues an element, from any thread. */
    void post(ActiveEntry entry) {
        queue.offer(entry);
        rouse();
        // the rival closes and then looks through the queue: either it finds the entry there, or we see the mark here
        if (closed) {
            abandon(entry);
        }
    }

    /** Wakes the active thread if it is parked, or about to park. */
    void rouse() {
        if (isParked() && parked.compareAndSet(1, 0)) {
            run.machine.unpark(thread);
        }
    }

    boolean isParked() {
        return parked.get() == 1;
    }

    /** Abandoning an entry may post others; one thread after the other takes them, so that they do not nest. */
    private void abandon(ActiveEntry entry) {
        leftOver.add(entry);
        while (!leftOver.isEmpty() && abandoning.compareAndSet(false, true)) {
            try {
                ActiveEntry next = leftOver.poll();
                while (next != null) {
                    abandonOne(next);
                    next = leftOver.poll();
                }
            } finally {
                abandoning.set(false);
            }
        }
    }

    private void abandonOne(ActiveEntry entry) {
        boolean active = isCurrent();
        if (active) {
            enter(new HandOver());
        }
        try {
            entry.abandon();
        } catch (Throwable e) {
            log.error("An entry of the active lane of loop '{}' could not be ended", run.name(), e);
        } finally {
            if (active) {
                notRun();
            }
        }
    }

    // ------------------------------------------------------------------ the loop

    /** Before the thread starts. */
    void runsOn(Thread activeThread) {
        thread = activeThread;
    }

    @Override
    public void run() {
        try {
            run.watch.startBeating();
            own = run.propagators.capture();
            blank = run.propagators.isBlank(own);
            run.late.giveWayTo(this, Machine.nanos(run.options.interruptGrace()));
            while (!run.isOver()) {
                turn();
            }
            blank = false; // what others attached past pel may run outside any scope now
            runLast();
        } finally {
            thread = null; // it may be somebody's own, and live on
            run.activeEnded();
        }
    }

    private void turn() {
        try {
            present.clock = run.watch.time();
            timers.takeIn();
            int count = timers.fireDue(BATCH) + runQueued();
            if (count >= BATCH) {
                flood();
            }
            present.nextStartsAt = 0;
            failures().endOfTurn();
            if (count == 0) {
                sleep();
            }
        } catch (Throwable e) {
            // user code is caught where it is called: this is a defect of pel, or no memory is left; the loop must live
            log.defect(run.name(), e);
        }
    }

    private void flood() {
        if (!flooded) {
            flooded = true;
            run.watch.tick();
        }
    }

    boolean isFlooded() {
        return flooded;
    }

    /** Whether a turn has been full since the watch asked last. */
    boolean wasFlooded() {
        boolean was = flooded;
        if (was) {
            flooded = false;
        }
        return was;
    }

    private Failures failures() {
        return run.failures;
    }

    private int runQueued() {
        int count = 0;
        while (count < BATCH && !run.isOver()) { // then the right to take is needed
            ActiveEntry entry = queue.poll();
            if (entry == null) {
                break;
            }
            count++;
            entry.run(this);
        }
        return count;
    }

    private void sleep() {
        if (spin.isWorthwhile() && run.isSwift() && spin.found()) {
            return;
        }
        long since = run.machine.nanoTime();
        timers.sleeps();
        parked.set(1);
        // a producer queues first and looks at the flag then: one of the two sees the other
        if (queue.isEmpty() && !timers.hasNews() && !run.isOver()) {
            long wait = untilNext();
            if (wait >= 0) {
                run.wentIdle();
                run.machine.park(this, wait);
            }
        }
        parked.set(0);
        run.watch.startBeating();
        spin.slept(run.machine.nanoTime() - since);
        clearInterrupt(); // bodies are not interrupted before the loop is over
    }

    /** Nanoseconds until something falls due, 0 for never, negative for at once. */
    private long untilNext() {
        if (!timers.hasNext() && failures().isEmpty()) {
            return 0;
        }
        long now = run.machine.nanoTime();
        long wait = Long.MAX_VALUE;
        if (timers.hasNext()) {
            wait = timers.firstDue() - now;
        }
        if (!failures().isEmpty()) {
            wait = Math.min(wait, failures().next() - now);
        }
        return wait <= 0 ? -1 : wait;
    }

    /**
     * The loop is over: bodies end as STOPPED, but dependents still run for a while, because they tell others how their calls
     * ended. The rival is the watch, which takes the queue over when this thread is lost in somebody's code.
     */
    private void runLast() {
        timers.stopAll();
        while (taking.compareAndSet(false, true)) {
            boolean swept = run.isSwept(); // before the look: what was posted until then is still run
            ActiveEntry entry = run.isImpatient() ? null : queue.poll();
            if (entry == null && (swept || run.isImpatient())) {
                if (run.isImpatient() || failures().isEmpty()) {
                    close(); // and keep the right to take
                    break;
                }
                taking.set(false); // the handler may get stuck, too
                failures().endOfTurn();
                continue;
            }
            taking.set(false);
            if (entry == null) {
                failures().endOfTurn();
                waitForSweep();
            } else {
                runOne(entry);
            }
        }
        timers.stopAll();
        failures().endOfTurn();
        run.commands.tellHandler();
        clearInterrupt(); // the thread may be somebody's own
    }

    private void runOne(ActiveEntry entry) {
        try {
            entry.run(this);
        } catch (Throwable e) {
            log.defect(run.name(), e);
        }
    }

    /** From here on whoever posts an entry abandons it; what is in the queue is abandoned here. */
    private void close() {
        closed = true;
        ActiveEntry entry = queue.poll();
        while (entry != null) {
            abandon(entry);
            entry = queue.poll();
        }
    }

    private void waitForSweep() {
        parked.set(1);
        if (queue.isEmpty() && !run.isSwept() && !run.isImpatient()) {
            run.machine.park(this, 0);
        }
        parked.set(0);
        clearInterrupt();
    }

    void wake() {
        run.machine.unpark(thread);
    }

    // ------------------------------------------------------------------ what entries tell

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** An entry has been taken from the queue, and is about to run. Says when it begins. */
    long taken(CallInfo call, long queuedAt) {
        counters.leftHere();
        present.enter(call);
        if (pressure.isHigh()) {
            ContextPropagator.Scope scope = openNested(null); // a listener is others' code, too
            try {
                pressure.fell();
            } finally {
                close(scope);
            }
        }
        if (isTimed) {
            // right after the one before, unless it came later
            long before = present.nextStartsAt;
            present.clock = before == 0 ? run.machine.nanoTime() : before - queuedAt < 0 ? queuedAt : before;
            present.nextStartsAt = 0;
        } else {
            present.clock = run.watch.time();
        }
        present.waited(Math.max(0, present.clock - queuedAt)); // the watch's clock may lag behind the machine's
        return present.clock;
    }

    void started(CallInfo call) {
        run.listeners.started(call, Lane.ACTIVE, present.waited());
    }

    /** An entry has run. */
    void ended(CallInfo call, Outcome outcome, long startedAt) {
        counters.endedHere(outcome);
        if (isTimed) {
            present.nextStartsAt = run.machine.nanoTime();
            run.listeners.ended(call, Lane.ACTIVE, outcome, present.waited(), ran(present.nextStartsAt - startedAt));
        } else if (!run.listeners.isEmpty()) {
            long ran = ran(run.watch.time() - startedAt);
            run.listeners.ended(call, Lane.ACTIVE, outcome, present.waited(), ran);
        }
    }

    /** What has run has run for some time, however coarse the clock: 0 means that it never began. */
    private static long ran(long nanos) {
        return Math.max(1, nanos);
    }

    /**
     * The time of a submission by the current thread. For a body that is when the body began, unless a listener needs exact
     * times: a clock that is asked once for each entry, as event loops do, not for each submission.
     */
    long submissionTime() {
        if (isTimed) {
            return run.machine.nanoTime();
        }
        return isCurrent() ? present.clock : run.watch.time();
    }

    /** Opens the context of an entry, which comes as the first thing of an entry and goes as the last: others' code runs inside. */
    ContextPropagator.Scope open(ContextPropagator.@Nullable Snapshot context) {
        return run.propagators.open(context, blank);
    }

    /** The same inside an entry, or for others' code that belongs to none; what has no context gets what the thread came with. */
    ContextPropagator.Scope openNested(ContextPropagator.@Nullable Snapshot context) {
        return run.propagators.open(context == null ? own : context);
    }

    void close(ContextPropagator.Scope scope) {
        run.propagators.close(scope);
    }

    /** The active thread is in somebody's code that is no entry: the error handler. */
    void enter(CallInfo call) {
        present.enter(call);
    }

    /** The active thread has come back from somebody's code, or did not go there. */
    void notRun() {
        present.enter(null);
        clearInterrupt(); // the stop interrupts this thread only inside such code
    }

    /**
     * Clears the flag of the active thread. When the thread is somebody's own, an interrupt that does not come from the stop is meant
     * for what that thread does after the loop. The concurrent thread is a stop, which raises its mark before it interrupts.
     */
    void clearInterrupt() {
        if (Thread.interrupted() && !interruptedByStop) {
            wasInterrupted = true;
        }
    }

    /** On the active thread, after the loop: whether its flag was set meanwhile, by others than the stop, and cleared. */
    boolean wasInterrupted() {
        return wasInterrupted;
    }

    /** An entry has been taken from the queue that nobody takes from any more. */
    void leftBehind() {
        counters.left();
        pressure.fell();
    }

    /** An entry that has left the queue will never run. */
    void dropped(CallInfo call, Outcome outcome, long queuedAt) {
        counters.ended(outcome);
        run.listeners.ended(call, Lane.ACTIVE, outcome, run.machine.nanoTime() - queuedAt, 0);
    }

    /** A call has ended while its body runs on. */
    void cutOff(CallInfo call, Outcome outcome, long startedAt) {
        counters.abandoned(1);
        run.countStopped(outcome, true);
        counters.ended(outcome);
        run.listeners.ended(call, Lane.ACTIVE, outcome, present.waited(), run.machine.nanoTime() - startedAt);
        run.wentIdle(); // a drain may have looked before this was booked
    }

    /** A body whose call had ended has come back. */
    void cameBack(boolean late) {
        counters.abandoned(-1);
        if (late) {
            counters.late();
        }
    }

    /** The function of a dependent has failed after its handle had ended. */
    void failedLate() {
        counters.late();
    }

    void runTimer(LoopTimer timer) {
        timer.startsAt(taken(timer, timer.dueAt()));
        timer.runBody(this);
    }

    // ------------------------------------------------------------------ stopping

    /** Whether nothing waits, in the queue or on the way into it, and no timer is pending. */
    boolean isEmpty() {
        return counters.size() == 0 && timers.isEmpty();
    }

    boolean isIdle() {
        return parked.get() == 1 && queue.isEmpty() && parked.get() == 1;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the body that runs, because the loop stops, and interrupts the thread in case it blocks there. */
    void stopRunning() {
        CallInfo running = present.call();
        if (running instanceof Call<?> call && call.stop()) {
            interrupt();
        }
    }

    /** The same for whatever the active thread is in; for dependents and handlers, which may run on for a while. */
    void stopAnything() {
        CallInfo running = present.call();
        if (running instanceof Dependent<?, ?> dependent) {
            dependent.stop();
        }
        stopRunning();
        if (running != null) {
            interrupt();
        }
    }

    private void interrupt() {
        Thread active = thread;
        if (active != null) {
            interruptedByStop = true;
            active.interrupt();
        }
    }

    /**
     * Takes the queue over from an active thread that does not come back from somebody's code; should it do so, it takes
     * nothing any more.
     *
     * @return whether the queue is closed now
     */
    boolean takeOver() {
        if (!taking.compareAndSet(false, true)) {
            return closed;
        }
        closed = true;
        for (ActiveEntry entry : queue) {
            abandon(entry);
        }
        timers.abandonAll();
        failures().handOver();
        if (present.call() instanceof PostedTask command) {
            command.cutOff(); // the active thread is lost in it
        }
        return true;
    }

    // ------------------------------------------------------------------ figures

    @Nullable CallInfo current() {
        return present.call();
    }

    /** When the active thread began with an entry, as far as that is known to a thread that looks on; else 0. */
    long currentSince(CallInfo entry) {
        if (entry instanceof Call<?> call) {
            return call.startedAt();
        } else if (entry instanceof Dependent<?, ?> dependent) {
            return dependent.queuedAt() + present.waited();
        }
        return entry instanceof PostedTask command ? command.queuedAt() + present.waited() : 0;
    }

    @Nullable Thread thread() {
        return thread;
    }

    /** The loop's name. */
    String name() {
        return run.name();
    }

    Timers timers() {
        return timers;
    }

    LaneCounters counters() {
        return counters;
    }

    /** The same for every submission: mostly it is enough to look at one mark that hardly ever changes. */
    boolean hasNoRoom() {
        return pressure.isHigh() && isFull();
    }

    boolean isFull() {
        return counters.size() >= options.capacity();
    }

    LaneStats stats(long now) {
        LaneCounters.Snapshot books = counters.snapshot();
        return new LaneStats(
                Lane.ACTIVE,
                1,
                options.capacity(),
                books.queued(),
                books.running(),
                oldestWait(now),
                books.submitted(),
                books.outcomes(),
                books.abandoned(),
                books.late());
    }

    private Duration oldestWait(long now) {
        for (ActiveEntry entry : queue) {
            if (entry instanceof Call<?> call) {
                return Duration.ofNanos(Math.max(0, now - call.queuedAt()));
            } else if (entry instanceof Dependent<?, ?> dependent) {
                return Duration.ofNanos(Math.max(0, now - dependent.queuedAt()));
            } else if (entry instanceof PostedTask command) {
                return Duration.ofNanos(Math.max(0, now - command.queuedAt()));
            }
        }
        return Duration.ZERO;
    }
}
