package dev.pel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One completion thread. It runs tasks until it has none, or another one has taken over while it was stuck. */
final class CompletionThread implements Runnable {
    private static final long TAKEN_OVER = -1;

    private final CompletionThreads all;

    /** The stuck thread to take over from, if that is still in the same turn; null when there is none. */
    private final @Nullable CompletionThread before;

    private final long turnBefore;
    private final int dismissals;
    private volatile @Nullable Thread thread;

    /** Odd while it is in a task. It is changed once at the end of the task: by this thread, or by the one that takes over before. */
    private final AtomicLong turn = new AtomicLong();

    /** Whether a look at it is armed. */
    private final AtomicBoolean watched = new AtomicBoolean();

    CompletionThread(CompletionThreads all, @Nullable CompletionThread before, long turnBefore) {
        this.all = all;
        this.before = before;
        this.turnBefore = turnBefore;
        this.dismissals = all.dismissals();
    }

    /** Starts the thread. Throws what the machine throws when there is none. */
    void start() {
        Thread fresh = all.machine.thread(all.name + "-completion", ThreadKind.PLATFORM, true, this);
        thread = fresh;
        all.machine.start(fresh);
    }

    void wake() {
        all.machine.unpark(thread);
    }

    @SuppressWarnings("ReferenceEquality") // a thread equals itself alone
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    // ------------------------------------------------------------------ stuck threads

    /**
     * Called when tasks wait: wakes this thread, or arms a check if it is in a task. A thread that has taken over looks for tasks itself.
     */
    void call() {
        long now = turn.get();
        if (now % 2 == 1) {
            lookLater(now);
        } else {
            wake();
        }
    }

    /** Arms a check of this thread, which is in a task while others wait, unless one is armed. */
    private void lookLater(long busy) {
        if (watched.get() || !watched.compareAndSet(false, true)) {
            all.deadlines().keep();
            return;
        }
        try {
            all.deadlines().arm(Duration.ofNanos(all.rules.stuckNanos()), new Look(this, busy), null);
        } catch (Throwable e) { // no memory, or what a thread factory throws where the watchdog has to be started again
            watched.set(false); // the next task tries again
            all.notStarted(e);
        }
    }

    /** The armed check. It is no lambda, because linking one may fail deep in a caller's stack. */
    private record Look(CompletionThread thread, long busy) implements Runnable {
        @Override
        public void run() {
            thread.look(busy);
        }
    }

    /** On the watchdog: has another thread take over, if this one is still in the same task. */
    private void look(long busy) {
        watched.set(
                false); // first: a concurrent caller adds its task before it looks at this mark, so the task is seen
        // below
        if (all.isEmpty()) {
            return;
        }
        if (turn.get() != busy) {
            all.callThread();
        } else if (!all.replace(this, busy)) {
            lookLater(busy);
        }
    }

    // ------------------------------------------------------------------ the thread

    @Override
    public void run() {
        try {
            if (before == null || takesOver(before)) {
                runTasks();
            }
        } finally {
            all.ends(this, turn.getAndSet(TAKEN_OVER) == TAKEN_OVER);
        }
    }

    private boolean takesOver(CompletionThread stuck) {
        if (!stuck.turn.compareAndSet(turnBefore, TAKEN_OVER)) {
            return false;
        }
        all.hasTakenOver(this);
        RepeatedFailureLog beside = all.rules.beside();
        if (beside != null && stuck.thread != null) {
            beside.failed(all.name, new StuckAction(stuck.thread));
        }
        return true;
    }

    private void runTasks() {
        boolean goesOn = true;
        while (goesOn) {
            Runnable task = all.next();
            goesOn = task == null ? waits() : finishes(task);
        }
    }

    /** Runs a task. False when another thread has taken over meanwhile. */
    private boolean finishes(Runnable task) {
        long mine = turn.incrementAndGet();
        if (!all.isEmpty()) {
            lookLater(mine);
        }
        all.runOne(task);
        Thread.interrupted(); // nobody's: a flag that the task has left must not reach the next one
        return turn.compareAndSet(mine, mine + 1);
    }

    /** Waits for a task. False when there is none, and this thread is to end. */
    private boolean waits() {
        long left = all.rules.lingerNanos();
        long until = all.machine.nanoTime() + left;
        while (left > 0 && all.isEmpty() && all.dismissals() == dismissals) {
            all.machine.park(all, left);
            Thread.interrupted();
            left = until - all.machine.nanoTime();
        }
        return !all.isEmpty();
    }

    /** Where a thread is stuck. */
    private static final class StuckAction extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StuckAction(Thread thread) {
            super(thread.getName() + " is in");
            setStackTrace(thread.getStackTrace());
        }
    }
}
