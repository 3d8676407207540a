package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The thread that watches deadlines: those of calls, and that of a stop. It belongs to no lane and never runs code of users, so
 * a timeout ends its call and a stop keeps its deadline also while the active thread is stuck.
 */
final class Watch implements Runnable {
    private static final int FEW = 64;
    private static final int CHUNK = 64;
    private static final long NEVER = Long.MAX_VALUE;

    private final Generation generation;
    private final Machine machine;
    private final MpscUnboundedVarHandleArrayQueue<Deadline> inbox = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    private final TimerHeap<Deadline> heap = new TimerHeap<>();

    /** Deadlines that were disarmed and still lie here. */
    private final AtomicInteger dead = new AtomicInteger();

    /** Until when the watch sleeps; whoever arms something earlier wakes it. */
    private volatile long wakesAt = NEVER;

    private volatile @Nullable Thread thread;

    Watch(Generation generation) {
        this.generation = generation;
        this.machine = generation.machine;
    }

    void start() {
        Thread fresh = machine.thread(generation.name() + "-watch", ThreadKind.PLATFORM, true, this);
        thread = fresh;
        machine.start(fresh);
    }

    void wake() {
        machine.unpark(thread);
    }

    // ------------------------------------------------------------------ for others

    /** Does something after a while. From any thread. */
    Deadline arm(Duration time, Runnable action, @Nullable Deadline previous) {
        Deadline deadline = new Deadline(machine.nanoTime() + Machine.nanos(time), action, previous);
        inbox.offer(deadline);
        // the rival is the watch falling asleep: it says until when, and then looks into the inbox once more
        long until = wakesAt;
        if (until == NEVER || deadline.dueAt() - until < 0) {
            wake();
        }
        return deadline;
    }

    /** Disarms this deadline and those set before it on the same future. From any thread. */
    void disarm(Deadline last) {
        Deadline deadline = last;
        while (deadline != null) {
            if (deadline.disarm() && dead.incrementAndGet() == FEW) {
                wake();
            }
            deadline = deadline.previous();
        }
    }

    // ------------------------------------------------------------------ the watch

    @Override
    public void run() {
        while (true) {
            takeIn();
            fireDue();
            Stopping stopping = generation.stopping();
            long stopWaits = stopping == null ? 0 : stopping.step();
            if (stopWaits < 0) {
                return;
            }
            sleep(stopWaits);
        }
    }

    private void takeIn() {
        Deadline next = inbox.poll();
        while (next != null) {
            if (next.isArmed()) {
                heap.add(next, next.dueAt());
            } else {
                dead.decrementAndGet();
            }
            next = inbox.poll();
        }
        if (dead.get() > Math.max(FEW - 1, heap.size() / 2)) {
            purge();
        }
    }

    private void purge() {
        List<Deadline> living = new ArrayList<>();
        heap.clear(deadline -> {
            if (deadline.isArmed()) {
                living.add(deadline);
            } else {
                dead.decrementAndGet();
            }
        });
        living.forEach(deadline -> heap.add(deadline, deadline.dueAt()));
    }

    private void fireDue() {
        Deadline due = heap.pollDue(machine.nanoTime());
        while (due != null) {
            if (due.isArmed()) {
                due.fire();
            } else {
                dead.decrementAndGet();
            }
            due = heap.pollDue(machine.nanoTime());
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
}
