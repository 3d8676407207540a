package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A stop under way: first the drain, until nothing is left or the deadline has passed; then the end of all that is left, and
 * the wait for the threads. Its steps are made by the watch.
 */
@SuppressWarnings("ReferenceEquality") // the very same call is meant
final class Shutdown {
    private static final Log log = new Log();

    /** How often the watch looks again for a submitter between its place and the queue; nobody tells when it gets there. */
    private static final long SOON = 1_000_000;

    /** After the grace period, how long the active thread may stay in one callback before it is declared stuck, in nanoseconds. */
    private static final long SUSPICION = 200_000_000;

    /** How many looks must find it there: a pause of the whole JVM or machine stops the looks, too. */
    private static final int SUSPICIOUS_LOOKS = 30;

    /** So long after the grace the stop ends whatever holds it. */
    private static final long LAST_RESORT = 5_000_000_000L;

    private final LoopRun run;
    private final long requestedAt;

    /** The time that whoever asked first has given to the drain, and when that is over. */
    private final Duration asked;

    private final long askedUntil;
    private final long drainedBefore;
    private final AtomicLong deadline;
    private final CompletableFuture<StopReport> report;

    /** One for each who asked: what one of them does when it is there must not keep it from the others. */
    private final Queue<CompletableFuture<StopReport>> copies = new ConcurrentLinkedQueue<>();

    /** Tells them, apart from the threads that complete handles: a waiting close() has no part in what is attached to those. */
    private final CompletionThreads telling;

    private volatile boolean forced;

    private final SlowDrain slow;

    /** Whether the drain is over. Confined to the thread that makes the steps, as all that follows. */
    private boolean cut;

    /** When threads that still run operations are interrupted again, and how long after the time before that is. */
    private long interruptsAgainAt;

    private long interruptsIn = SOON;

    /** When the wait for interrupted threads is over. */
    private long patience;

    /** What the active thread was in when the grace was over, and since when it has been seen in the very same. */
    private @Nullable CallInfo suspect;

    private long suspectSince;
    private int looks;
    private List<StopReport.StuckThread> stuck = List.of();

    /** How many of the stuck threads are in the operation or body of a call that this stop has ended. */
    private long stuckCalls;

    Shutdown(LoopRun run, Duration deadline) {
        this.run = run;
        this.requestedAt = run.machine.nanoTime();
        this.drainedBefore = run.drained();
        this.asked = deadline;
        this.askedUntil = requestedAt + Machine.nanos(deadline);
        this.deadline = new AtomicLong(askedUntil);
        this.report = new GuardedFuture<>(run);
        this.slow = new SlowDrain(run, requestedAt);
        this.telling = new CompletionThreads(run.name(), run.machine);
    }

    /** Somebody else wants the stop too: the earliest deadline counts. */
    void hurry(Duration other, boolean force) {
        long wanted = run.machine.nanoTime() + (force ? 0 : Machine.nanos(other));
        deadline.getAndUpdate(known -> wanted - known < 0 ? wanted : known);
        if (force) {
            forced = true;
        }
    }

    long deadline() {
        return deadline.get();
    }

    CompletableFuture<StopReport> report() {
        CompletableFuture<StopReport> copy = new GuardedFuture<>(run);
        copies.add(copy);
        if (report.isDone()) {
            copy.complete(report.join()); // the concurrent stop may have handed out before it saw this one
        }
        return copy;
    }

    private void handOut(StopReport done) {
        CompletableFuture<StopReport> copy = copies.poll();
        while (copy != null) {
            CompletableFuture<StopReport> next = copy;
            if (next.getNumberOfDependents() > 0) {
                telling.execute(() -> next.complete(done));
            } else {
                next.complete(done);
            }
            copy = copies.poll();
        }
    }

    /** One step; says how long the next may wait, or less than 0 when the stop is done. */
    long step() {
        if (!cut) {
            long now = run.machine.nanoTime();
            long left = deadline.get() - now;
            if (left > 0 && !run.isOver() && !isDrained()) {
                return Math.min(left, slow.tell(now, left));
            }
            cutOff();
            cut = true;
        }
        return await();
    }

    /**
     * Whether nothing is left to do. Only a busy thread can make new work, and it books that before it becomes idle: so if
     * nothing was booked between the first look and the last, nothing was anywhere.
     */
    private boolean isDrained() {
        long before = run.accepted();
        for (PoolLane pool : run.pools()) {
            if (!pool.isEmpty()) {
                return false;
            }
        }
        for (PoolLane pool : run.pools()) {
            if (!pool.allIdle()) {
                return false;
            }
        }
        ActiveLane active = run.active;
        return active.isIdle()
                && run.timers.isEmpty()
                && run.nothingOutside()
                && !run.isCompletingAside()
                && run.allEnded()
                && run.accepted() == before;
    }

    private void cutOff() {
        run.overFromNowOn();
        patience = run.machine.nanoTime() + Machine.nanos(run.options.interruptGrace());
        // before the operations: what depends on those may begin at once, and is to tell how they ended
        run.active.stopAnything();
        for (PoolLane pool : run.pools()) {
            pool.stopRunning(true);
        }
        interruptsAgainAt = run.machine.nanoTime() + interruptsIn;
        run.stopOutside();
    }

    private long await() {
        boolean swept = true;
        boolean interrupts = interruptsAgain();
        for (PoolLane pool : run.pools()) {
            swept &= pool.stopWaiting();
        }
        for (PoolLane pool : run.pools()) {
            // at every step: an operation may have been between its look at the state and its first instruction
            pool.stopRunning(interrupts);
            pool.wakeAll();
        }
        run.active.stopRunning();
        long left = patience - run.machine.nanoTime();
        // the active thread waits for handles that are being completed: their dependents are to tell how the calls
        // ended
        if (swept && (left <= 0 || !run.isCompletingAside())) {
            run.state.advance(RunState.StopPhase.SWEPT);
        }
        run.queue.wake();
        if (swept && run.threads() == 0) {
            run.activeThread.takeOver(); // when its thread could not even be started
            if (isActiveEmpty() && run.allEnded()) {
                return finish();
            }
        }
        return left > 0 ? Math.min(left, SOON) : giveUp(swept);
    }

    /**
     * Whether threads that run operations are interrupted once more. Code that has met the flag may need to block while it cleans up, so
     * the intervals double; not at all would let one block for ever that has cleared the flag between two of its steps.
     */
    private boolean interruptsAgain() {
        long now = run.machine.nanoTime();
        if (now - interruptsAgainAt < 0) {
            return false;
        }
        interruptsIn *= 2;
        interruptsAgainAt = now + interruptsIn;
        return true;
    }

    /** The grace is over. Threads inside somebody's code are given up; the others are on their way out and are waited for. */
    private long giveUp(boolean swept) {
        run.state.advance(RunState.StopPhase.GIVING_UP);
        long now = run.machine.nanoTime();
        ActiveLane active = run.active;
        CallInfo inside = active.current();
        if (inside == null || inside != suspect) {
            suspect = inside;
            suspectSince = now;
            looks = 0;
        }
        looks++;
        // one that goes from one short dependent to the next is not stuck
        boolean lost = inside != null && looks > SUSPICIOUS_LOOKS && now - suspectSince > SUSPICION;
        // nothing that went wrong inside pel may hold a stop for ever
        boolean overdue = now - patience > LAST_RESORT;
        Thread thread = active.thread();
        stuckCalls = 0;
        List<StopReport.StuckThread> found = new ArrayList<>();
        // before the queue is taken over, which may end what the thread waits for
        List<StackTraceElement> stack = thread == null || !(lost || overdue) ? List.of() : stackOf(thread);
        if (thread != null && ((lost && run.activeThread.takeOver()) || overdue)) {
            run.activeThread.takeOver();
            active.stopAnything();
            found.add(stuck(thread, Lane.ACTIVE, inside == null ? new HandOver() : inside, stack));
        }
        List<Worker> workers = run.busyWorkers();
        boolean isOut = swept && isActiveEmpty() && run.threads() <= workers.size() + found.size();
        if (!overdue && !isOut) {
            return SOON;
        }
        for (Worker worker : workers) {
            CallInfo call = worker.current();
            if (call != null && worker.thread().getState() != Thread.State.TERMINATED) {
                found.add(stuck(worker.thread(), worker.lane().lane(), call, stackOf(worker.thread())));
            }
        }
        stuck = found;
        return finish();
    }

    private static List<StackTraceElement> stackOf(Thread thread) {
        return List.of(thread.getStackTrace());
    }

    private StopReport.StuckThread stuck(Thread thread, Lane lane, CallInfo call, List<StackTraceElement> stack) {
        if (call instanceof Call<?> ended && ended.outcome() == Outcome.STOPPED) {
            stuckCalls++;
        }
        return new StopReport.StuckThread(thread.getName(), lane, call.id(), call.label(), stack);
    }

    /** Whether nothing waits in the active lane, or on the way into it, and no timer is pending. */
    private boolean isActiveEmpty() {
        return run.activeBooks.isEmpty() && run.timers.isEmpty();
    }

    private long finish() {
        run.stopOutside();
        if (run.isCompletingAside() && patience - run.machine.nanoTime() > 0) {
            return SOON; // handles are being completed
        }
        StopReport done = new StopReport(
                run.name(),
                forced,
                given(),
                Duration.ofNanos(run.machine.nanoTime() - requestedAt),
                run.stop.calls(stuckCalls),
                run.stop.entries(run.drained() - drainedBefore, stuckCalls),
                run.timers.cutOff(),
                run.completingAside(),
                stuck);
        run.completions.linger(false);
        run.late.threads().endIdle();
        run.changeState(LoopState.STOPPING, LoopState.STOPPED);
        run.tellRest();
        if (done.isClean()) {
            log.info("{}", done);
        } else {
            log.warn("{}", done);
        }
        report.complete(done);
        handOut(done);
        return -1;
    }

    /** What was asked for may be more than fits into a deadline, which then is as good as never. */
    private Duration given() {
        long until = deadline.get();
        return until == askedUntil ? asked : Duration.ofNanos(Math.max(0, until - requestedAt));
    }

    /** The report to come. Waiting for it on a thread that must end first is refused. */
    private static final class GuardedFuture<T> extends CompletableFuture<T> {
        private final LoopRun run;

        GuardedFuture(LoopRun run) {
            this.run = run;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new GuardedFuture<>(run);
        }

        @Override
        public T join() {
            if (mustWait()) {
                run.machine.await(this, false, 0);
            }
            return super.join();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            if (mustWait()) {
                run.machine.await(this, true, 0);
            }
            return super.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout);
            long left = mustWait() && nanos > 0 ? run.machine.await(this, true, nanos) : nanos;
            return super.get(left, TimeUnit.NANOSECONDS);
        }

        private boolean mustWait() {
            boolean done = isDone();
            if (!done && run.isOwnThread()) {
                throw new WaitOnLoopThreadException(
                        ("The stop of loop '%s' waits for this very thread, so this thread cannot wait for the stop. Attach what"
                                        + " comes next: loop.stop(deadline).thenAccept(report -> …).")
                                .formatted(run.name()));
            }
            return !done;
        }
    }
}
