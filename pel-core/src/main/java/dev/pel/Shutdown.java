package dev.pel;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stop under way: first the drain, until nothing is left or the deadline has passed; then the end of all that is left, and
 * the wait for the threads. Its steps are made by the watchdog, or by the thread that stops a loop which has none.
 */
final class Shutdown {
    private static final Log log = new Log();

    /** How often the watchdog looks again for a submitter between its place and the queue; nobody tells when it gets there. */
    private static final long SOON = 1_000_000;

    /** How long after the grace the stop ends in any case, in nanoseconds. */
    private static final long LAST_RESORT = 5_000_000_000L;

    private final LoopRun run;
    private final Machine machine;
    private final DrainCheck check;
    private final long requestedAt;

    /** The time that the first request has given to the drain, and when that is over. */
    private final Duration asked;

    private final long askedUntil;
    private final AtomicLong deadline;
    private final long drainedBefore;
    private final ReportCopies copies;
    private volatile boolean forced;

    /** Confined to the thread that makes the steps, as all that follows. */
    private final SlowDrain slow;

    private final StuckThreads stuck;

    private final InterruptTimes interrupts = new InterruptTimes();

    /** When the wait for interrupted threads is over. */
    private long patience;

    Shutdown(LoopRun run, Duration deadline) {
        this.run = run;
        this.machine = run.machine;
        this.check = run.drainCheck();
        this.requestedAt = machine.nanoTime();
        this.drainedBefore = check.drained();
        this.asked = deadline;
        this.askedUntil = requestedAt + Machine.nanos(deadline);
        this.deadline = new AtomicLong(askedUntil);
        this.slow = new SlowDrain(run.name(), requestedAt, new LeftToDo(run));
        this.stuck = new StuckThreads(run.active, run.current, run.threads, run.activeThread, run.workers.all());
        this.copies = new ReportCopies(
                run.reportGuard, new CompletionThreads(run.name(), machine, run.deadlines, TakeOverRules.ONCE));
    }

    /** Another request wants the stop too: the earliest deadline counts. */
    void hurry(Duration other, boolean force) {
        if (force) {
            forced = true; // first: a concurrent step that sees the new deadline may make the report
        }
        long wanted = machine.nanoTime() + (force ? 0 : Machine.nanos(other));
        deadline.getAndUpdate(known -> wanted - known < 0 ? wanted : known);
    }

    /** The message to the active thread that the drain has begun. */
    Signal drainOfTimers() {
        return new DrainOfTimers(run.timers, deadline);
    }

    long deadline() {
        return deadline.get();
    }

    CompletableFuture<StopReport> report() {
        return copies.copy();
    }

    /** One step; says how long the next may wait, or less than 0 when the stop is done. */
    long step() {
        assert run.watchdogThread.isCurrentOrNone();
        if (!run.state.hasReached(StopPhase.CUT_OFF)) {
            long now = machine.nanoTime();
            long left = deadline.get() - now;
            if (left > 0 && run.state.isRunning()) {
                return Math.min(left, SOON); // the thread that stops the loop is about to say that it drains
            }
            if (left > 0 && !run.isOver() && (!check.isDone() || run.stopHooks.drain())) {
                return Math.min(left, slow.tell(now, left));
            }
            cutOff();
        }
        return await();
    }

    private void cutOff() {
        run.state.overFromNowOn();
        patience = machine.nanoTime() + Machine.nanos(run.options.interruptGrace());
        // before the operations: what depends on those may begin at once, and is to tell how they ended
        run.active.stopAnything();
        run.pools().forEach(pool -> pool.stopRunning(true));
        interrupts.begin(machine.nanoTime());
        run.foreign.stopAll();
        run.stopHooks.runLate();
        run.state.reach(StopPhase.CUT_OFF);
        run.state.tell(); // last: a listener may block
    }

    private long await() {
        boolean swept = sweep();
        long left = patience - machine.nanoTime();
        // the active thread waits for handles that are being completed: their dependents are to tell how the calls
        // ended
        if (swept && (left <= 0 || run.completions.isEmpty())) {
            run.state.reach(StopPhase.SWEPT);
        }
        run.queue.wake();
        if (swept && run.workers.living() == 0) {
            run.activeThread.takeOver(); // when its thread could not even be started
            if (run.isActiveEmpty() && check.allEnded()) {
                return finish();
            }
        }
        return left > 0 ? Math.min(left, SOON) : giveUp(swept);
    }

    /** Ends what waits and runs. True when also no submitter is between taking its place and queueing. */
    private boolean sweep() {
        boolean swept = true;
        boolean again = interrupts.areDue(machine.nanoTime());
        run.submissions.stopWaiting(); // first: it may let other calls go on into the queues
        for (PoolLane pool : run.pools()) {
            swept &= pool.stopWaiting();
        }
        for (PoolLane pool : run.pools()) {
            // at every step: an operation may have been between its look at the state and its first instruction
            pool.stopRunning(again);
            pool.wakeAll();
        }
        run.active.stopRunning();
        return swept;
    }

    /** The grace is over. Threads inside somebody's code are given up; the others are on their way out and are waited for. */
    private long giveUp(boolean swept) {
        run.state.reach(StopPhase.IMPATIENT);
        long now = machine.nanoTime();
        // nothing that went wrong inside pel may hold a stop for ever
        boolean isOverdue = now - patience > LAST_RESORT;
        int inside = stuck.look(now, isOverdue);
        boolean isOut = swept && run.isActiveEmpty() && run.workers.living() <= inside;
        if (!isOverdue && !isOut) {
            return SOON;
        }
        stuck.describe();
        return finish();
    }

    private long finish() {
        run.foreign.stopAll();
        // once, because others may have some completed later
        int completing = run.completions.size() + run.retries.size();
        if (completing > 0 && patience - machine.nanoTime() > 0) {
            return SOON;
        }
        StopReport done = makeReport(completing);
        run.hasStopped();
        if (done.hasDrained()) {
            log.info("{}", done);
        } else {
            log.warn("{}", done);
        }
        copies.handOut(done);
        return -1;
    }

    private StopReport makeReport(int completing) {
        return new StopReport(
                run.name(),
                forced,
                given(),
                Duration.ofNanos(machine.nanoTime() - requestedAt),
                run.tally.calls(stuck.calls()),
                run.tally.entries(check.drained() - drainedBefore, stuck.calls()),
                run.timers.counters().cutOff(),
                run.foreign.stopped() + run.submissions.scripts.cutOff(),
                completing,
                stuck.found());
    }

    /**
     * The time given to the drain. It is the requested one unless that was cut short, since the requested one may be too long for a
     * deadline.
     */
    private Duration given() {
        long until = deadline.get();
        return until == askedUntil ? asked : Duration.ofNanos(Math.max(0, until - requestedAt));
    }
}
