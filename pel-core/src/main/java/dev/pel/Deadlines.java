package dev.pel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Actions that run at some instant unless they are disarmed before: timeouts, above all. Any thread arms and disarms; the watchdog keeps
 * those that are armed in a heap, and runs what is due.
 */
final class Deadlines {
    private static final int FEW = 64;
    private static final long NEVER = Long.MAX_VALUE;

    /** The end of a call takes microseconds; one that takes longer than this holds up all timeouts. */
    private static final long HELD_UP = 500_000_000;

    private final Machine machine;
    private final WatchdogThread watchdog;
    private final Defects defects;

    /** Armed, and not yet in the heap. */
    private final Arrivals<Deadline> inbox;

    /** Confined to the watchdog, as the next one. */
    private final TimerHeap<Deadline> heap = new TimerHeap<>();

    /** What was taken from the inbox, and not yet put into the heap. */
    private @Nullable Deadline taken;

    /** About how many deadlines were disarmed and still lie in the heap. */
    private final AtomicInteger dead = new AtomicInteger();

    /** Until when the watchdog sleeps; a thread that arms an earlier deadline wakes it. */
    private volatile long wakesAt = NEVER;

    private final RepeatedFailureLog heldUp;

    Deadlines(Machine machine, WatchdogThread watchdog, Defects defects) {
        this.defects = defects;
        this.machine = machine;
        this.watchdog = watchdog;
        this.inbox = new Arrivals<>(machine);
        this.heldUp = RepeatedFailureLog.warnings(
                machine,
                "The watchdog of loop '{}' was held up while it ended a call, and all its timeouts were late. It can be caused by a"
                        + " listener (or logger) that blocks when it is told, or the channel that an interrupted operation was in");
    }

    /** Does something after a while, on the watchdog. From any thread. */
    Deadline arm(Duration time, Runnable action, @Nullable Deadline previous) {
        Deadline deadline = new Deadline(machine.nanoTime() + Machine.nanos(time), action, previous);
        inbox.add(deadline);
        // the concurrent thread is the watchdog falling asleep: it says until when, and then looks into the inbox once
        // more
        long until = wakesAt;
        if (until == NEVER || deadline.dueAt() - until < 0) {
            watchdog.wake();
        }
        // a concurrent watchdog that ends says so, and then looks into the inbox once more
        watchdog.startAgainIfEnded();
        return deadline;
    }

    /** Tries again to start a watchdog that has ended, if there was no memory or thread for it before. */
    void keep() {
        watchdog.startAgainIfEnded();
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

    /** The concurrent thread is the watchdog, which puts it into the heap and then looks whether it is armed: one sees the other. */
    private void disarmed(Deadline deadline) {
        if (deadline.heapSlot() < 0) {
            inbox.unwanted();
        } else if (dead.incrementAndGet() % FEW == 0) {
            watchdog.wake();
        }
    }

    // ------------------------------------------------------------------ on the watchdog

    /** Does what is due. */
    void fireDue() {
        takeIn();
        long begun = machine.nanoTime();
        long now = begun;
        Deadline due = heap.pollDue(begun);
        while (due != null) {
            fire(due, now);
            long before = now;
            now = machine.nanoTime();
            if (now - before > HELD_UP) {
                heldUp.failed(watchdog.loop(), new HeldUp(now - before));
            }
            due = heap.pollDue(begun); // what falls due meanwhile comes after the other duties of the watchdog
        }
    }

    /** Does what is due at one deadline. When no memory is left for that, it is due again after a pause. */
    private void fire(Deadline due, long now) {
        try {
            if (!due.fire()) {
                leftHeap();
            }
        } catch (VirtualMachineError | LinkageError e) {
            heap.add(due, now + WatchdogThread.PAUSE); // it has just left the heap, which has room for it
            defects.tell(e);
        }
    }

    private void takeIn() {
        assert watchdog.isCurrentOrNone();
        if (taken == null) {
            taken = inbox.take();
        }
        while (taken != null) {
            Deadline next = taken;
            if (next.isArmed()) {
                heap.add(next, next.dueAt()); // before it is taken out here: no memory may be left for the heap
            }
            taken = next.linked();
            next.link(null);
            if (next.heapSlot() >= 0) {
                if (!next.isArmed()) {
                    heap.remove(next);
                    leftHeap();
                }
            }
        }
        if (dead.get() > Math.max(FEW - 1, heap.size() / 2)) {
            forgetDisarmed();
        }
    }

    /**
     * A disarmed one has left the heap. The count stays at 0 or above, because it may have been disarmed just now and not be counted yet.
     */
    private void leftHeap() {
        dead.updateAndGet(count -> Math.max(0, count - 1));
    }

    /** Takes out of the heap what has been disarmed. */
    void forgetDisarmed() {
        assert watchdog.isCurrentOrNone();
        dead.set(0); // those that are disarmed meanwhile are counted anew, whether they are found below or not
        heap.removeIf(deadline -> !deadline.isArmed(), deadline -> {});
    }

    boolean isEmpty() {
        return heap.isEmpty() && inbox.isEmpty();
    }

    /** Sleeps until something falls due, at most the given time unless that is 0, or until another thread wakes the watchdog. */
    void sleep(long most) {
        assert watchdog.isCurrentOrNone();
        long now = machine.nanoTime();
        long wait = most == 0 ? NEVER : most;
        if (!heap.isEmpty()) {
            wait = Math.min(wait, heap.firstDue() - now);
        }
        wakesAt = wait == NEVER ? NEVER : now + wait;
        if (inbox.isEmpty() && wait > 0 && !watchdog.isWoken()) {
            machine.park(this, wait == NEVER ? 0 : wait);
        }
        Thread.interrupted(); // nobody's
    }

    /** At the end of a stop: logs what no line has told yet. */
    void tellRest() {
        heldUp.tellRest();
    }

    /** How many lie here in memory, disarmed ones included; on the watchdog, or while it does nothing. */
    int held() {
        return heap.size() + inbox.count();
    }

    /** How long the watchdog was held up; without a stack trace, which would show only the watchdog. */
    private static final class HeldUp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HeldUp(long nanos) {
            super("It took " + DurationText.about(nanos), null, false, false);
        }
    }
}
