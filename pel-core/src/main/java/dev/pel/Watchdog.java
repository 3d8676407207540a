package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The thread that watches deadlines: those of calls, and that of a stop. It belongs to no lane and never runs code of users, so
 * a timeout ends its call and a stop keeps its deadline also while the active thread is stuck. After the stop its thread stays only as long
 * as a deadline is armed, and one that is armed later has it started again.
 */
final class Watchdog implements Runnable {
    private static final Log log = new Log();
    private static final int FEW = 64;
    private static final long NEVER = Long.MAX_VALUE;

    private static final long TICK = 1_000_000;

    /** So many ticks without a flood, and the watch ticks no longer. */
    private static final int QUIET_TICKS = 8;

    /** The end of a call takes microseconds; one that takes longer than this holds up all timeouts. */
    private static final long HELD_UP = 500_000_000;

    private final LoopRun run;
    private final Machine machine;

    /** Armed, and not yet in the heap. */
    private final Arrivals<Deadline> inbox;

    private final TimerHeap<Deadline> heap = new TimerHeap<>();

    /** What the watch has taken from the inbox, and not yet put into the heap. */
    private @Nullable Deadline taken;

    /** About how many deadlines were disarmed and still lie in the heap. */
    private final AtomicInteger dead = new AtomicInteger();

    /** The time at the last tick, while the watch ticks; else 0. */
    private final PaddedLong tick = new PaddedLong();

    private int quietTicks;

    /** Until when the watch sleeps; whoever arms something earlier wakes it. */
    private volatile long wakesAt = NEVER;

    /** How often the watch of a stopped loop looks whether a deadline is left. */
    private static final long PAUSE = 100_000_000;

    /** Whether the stop is over. Confined to the watch. */
    private boolean isAfterStop;

    /** Whether there is no thread any more: the stop was over, and no deadline was armed. */
    private final AtomicBoolean gone = new AtomicBoolean();

    private final RepeatedFailureLog heldUp;
    private volatile @Nullable Thread thread;

    /** Looks at what the threads of the lanes wait for; null when the machine sees all waits itself. */
    private final @Nullable WaitDetector detector;

    /** Whether the watch looks at them from time to time, because they are not all asleep; always true when it never does. */
    private volatile boolean beating;

    Watchdog(LoopRun run) {
        this.run = run;
        this.machine = run.machine;
        this.inbox = new Arrivals<>(machine);
        this.detector = machine.hasUnseenWaits() ? new WaitDetector(run) : null;
        this.beating = detector == null;
        this.heldUp = RepeatedFailureLog.warnings(
                machine,
                "The watch of loop '{}' was held up while it ended a call, and all its timeouts were late. What can do that is a"
                        + " listener (or logger) that blocks when it is told, or the channel that an interrupted operation was in");
    }

    /** At the end of a stop: logs what no line has told yet. */
    void tellRest() {
        heldUp.tellRest();
        if (detector != null) {
            detector.tellRest();
        }
    }

    void start() {
        Thread fresh = machine.thread(run.name() + "-watch", ThreadKind.PLATFORM, true, this);
        thread = fresh;
        run.threads.add(fresh);
        machine.start(fresh);
    }

    /**
     * The time, for telling how long something has waited: while the loop is flooded that of the last tick, about a millisecond
     * old at most, because asking the clock would cost as much as all the rest of a submission.
     */
    long time() {
        long last = tick.get();
        return last == 0 ? machine.nanoTime() : last;
    }

    boolean isTicking() {
        return tick.get() != 0;
    }

    void wake() {
        machine.unpark(thread);
    }

    /** Somebody has raised a mark that the watch looks at while it ticks: it is woken unless it ticks already. */
    void tick() {
        if (!isTicking()) {
            wake();
        }
    }

    /** Called by a thread of a lane that has something to do after a sleep: the watch looks at what it waits for, now and then. */
    void startBeating() {
        if (!beating) {
            beating = true;
            wake();
        }
    }

    // ------------------------------------------------------------------ for others

    /** Does something after a while. From any thread. */
    Deadline arm(Duration time, Runnable action, @Nullable Deadline previous) {
        Deadline deadline = new Deadline(machine.nanoTime() + Machine.nanos(time), action, previous);
        inbox.add(deadline);
        // the rival is the watch falling asleep: it says until when, and then looks into the inbox once more
        long until = wakesAt;
        if (until == NEVER || deadline.dueAt() - until < 0) {
            wake();
        }
        // a concurrent watch that goes says so, and then looks into the inbox once more
        if (gone.get() && gone.compareAndSet(true, false)) {
            startAgain();
        }
        return deadline;
    }

    private void startAgain() {
        try {
            start();
        } catch (OutOfMemoryError | RuntimeException e) { // of the system, or of a thread factory
            gone.set(true); // whoever arms the next deadline tries again
            log.warn("The watch of loop '{}' could not be started again; its timeouts are late", run.name(), e);
        }
    }

    /** Disarms this deadline and those set before it on the same future. From any thread. */
    void disarm(Deadline last) {
        Deadline deadline = last;
        while (deadline != null) {
            if (deadline.disarm()) {
                disarmed(deadline);
            }
            deadline = deadline.previous();
        }
    }

    /** The concurrent thread is the watch, which puts it into the heap and then looks whether it is armed: one sees the other. */
    private void disarmed(Deadline deadline) {
        if (deadline.heapSlot() < 0) {
            inbox.unwanted();
        } else if (dead.incrementAndGet() % FEW == 0) {
            wake();
        }
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    // ------------------------------------------------------------------ the watch

    @Override
    public void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = turn();
            } catch (Throwable e) {
                // a defect of pel, or no memory is left; without this thread no timeout and no stop would ever come
                log.defect(run.name(), e);
            }
        }
    }

    private boolean turn() {
        if (isAfterStop) {
            sleep(PAUSE);
            return keepRest();
        }
        takeIn();
        fireDue();
        Shutdown stopping = run.stopping();
        long stopWaits = stopping == null ? 0 : stopping.step();
        if (stopWaits < 0) {
            isAfterStop = true;
            return keepRest();
        }
        sleep(sooner(ticks() ? sooner(TICK, stopWaits) : stopWaits, beat()));
        return true;
    }

    /** A stop was made without the watch: whoever arms a deadline from here on starts it. */
    void goesOnAfterStop() {
        isAfterStop = true;
        if (keepRest()) {
            startAgain();
        }
    }

    /** After the stop: keeps the deadlines that are armed, and says whether there are any. */
    private boolean keepRest() {
        takeIn();
        purge();
        fireDue();
        if (heap.isEmpty() && inbox.isEmpty()) {
            gone.set(true);
            // a concurrent thread arms a deadline and then looks at the mark: one of the two goes on with it
            return !inbox.isEmpty() && gone.compareAndSet(true, false);
        }
        return true;
    }

    /** The shorter of two times, of which 0 means for ever. */
    private static long sooner(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }

    /** Looks at what the threads of the lanes wait for, when it is time. Says when it will be time again; 0 for not at all. */
    private long beat() {
        if (detector == null || !beating || run.isOver()) {
            return 0;
        }
        long next = detector.step(machine.nanoTime());
        while (next == 0) {
            beating = false;
            // the concurrent one is a thread that wakes up: it is no longer counted as asleep when it looks at the
            // mark. Either it
            // sees that the mark has fallen, and raises it, or it is seen here
            if (detector.isAllAsleep()) {
                return 0;
            }
            beating = true;
            next = detector.step(machine.nanoTime());
        }
        return next;
    }

    /** While the loop is flooded the watch ticks: it looks at workers that run short operations, and tells the time. */
    private boolean ticks() {
        boolean busy = run.activeThread.wasFlooded();
        for (PoolLane pool : run.pools()) {
            busy |= pool.relieve();
        }
        quietTicks = busy ? 0 : quietTicks + 1;
        boolean goesOn = quietTicks < QUIET_TICKS && !run.isOver();
        tick.set(goesOn ? machine.nanoTime() : 0);
        // the rival raises a mark and then looks whether the watch ticks: one of the two sees the other
        return goesOn || isAsked();
    }

    private boolean isAsked() {
        boolean asked = run.activeThread.isFlooded();
        for (PoolLane pool : run.pools()) {
            asked |= pool.isKept();
        }
        return asked && !run.isOver();
    }

    private void takeIn() {
        if (taken == null) {
            taken = inbox.take();
        }
        while (taken != null) {
            Deadline next = taken;
            taken = next.linked();
            next.link(null);
            if (next.isArmed()) {
                heap.add(next, next.dueAt());
                if (!next.isArmed()) {
                    heap.remove(next);
                    leftHeap();
                }
            }
        }
        if (dead.get() > Math.max(FEW - 1, heap.size() / 2)) {
            purge();
        }
    }

    /** One that was disarmed; whether it was counted as dead is not known when it was disarmed at this very moment. */
    private void leftHeap() {
        dead.updateAndGet(count -> Math.max(0, count - 1));
    }

    private void purge() {
        dead.set(0); // those that are disarmed meanwhile are counted anew, whether they are found below or not
        List<Deadline> living = new ArrayList<>();
        heap.clear(deadline -> {
            if (deadline.isArmed()) {
                living.add(deadline);
            }
        });
        living.forEach(deadline -> heap.add(deadline, deadline.dueAt()));
    }

    private void fireDue() {
        long now = machine.nanoTime();
        Deadline due = heap.pollDue(now);
        while (due != null) {
            if (!due.fire()) {
                leftHeap();
            }
            long before = now;
            now = machine.nanoTime();
            if (now - before > HELD_UP) {
                heldUp.failed(run.name(), new HeldUp(now - before));
            }
            due = heap.pollDue(now);
        }
    }

    /** How long the watch was held up; without a stack trace, which would show only the watch. */
    private static final class HeldUp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HeldUp(long nanos) {
            super("It took " + DurationText.about(nanos), null, false, false);
        }
    }

    /** Sleeps until something falls due, at most the given time unless that is 0, or until somebody wakes it. */
    private void sleep(long most) {
        long now = machine.nanoTime();
        long wait = most == 0 ? NEVER : most;
        if (!heap.isEmpty()) {
            wait = Math.min(wait, heap.firstDue() - now);
        }
        wakesAt = wait == NEVER ? NEVER : now + wait;
        if (inbox.isEmpty() && wait > 0) {
            machine.park(this, wait == NEVER ? 0 : wait);
        }
        Thread.interrupted(); // nobody's
    }

    /** How many deadlines lie here in memory, disarmed ones included; on the watch, or while it does nothing. */
    int held() {
        return heap.size() + inbox.count();
    }
}
