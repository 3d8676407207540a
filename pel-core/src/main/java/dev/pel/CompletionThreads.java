package dev.pel;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Completes futures, and runs what is attached to them, where neither the thread that ended them nor an active thread can do so:
 * the watch must not run code of users, and a stopped loop has no active thread.
 *
 * <p>Tasks run one at a time, in the order in which they came, those for futures that threads wait for before the others. Another
 * thread takes over only when the one that runs them has been in the same task for {@link #STUCK_NANOS}, or for
 * {@link #STUCK_ACTION_NANOS} in an action, while others wait, which means that a user's code blocks there. When as many threads as
 * there may be are stuck, some more run only what threads wait for. No thread exists until there is a task; a thread without a task ends after a while.
 */
@SuppressWarnings("ReferenceEquality") // the very same runner is meant
final class CompletionThreads {
    /** How long a task may hold up others, in nanoseconds. */
    static final long STUCK_NANOS = 100_000_000;

    /** The same for an action that is to run alone, and beside which another one is the lesser evil only after so long. */
    static final long STUCK_ACTION_NANOS = 1_000_000_000;

    /** How long a thread without a task stays, in nanoseconds, so that tasks which come one by one share it. */
    private static final long LINGER_NANOS = 1_000_000_000;

    /** How many threads there are at most; all but two of them are stuck. */
    private static final int MOST_THREADS = 64;

    private static final Log log = new Log();

    private final String name;
    private final Machine machine;
    private final long stuckNanos;
    private final int mostThreads;

    /** How many more there may be for what threads wait for. */
    private final int reserve;

    /** Tells that a task runs beside a stuck one; null where that breaks no promise. */
    private final @Nullable RepeatedFailureLog beside;

    /** Taken before the others. */
    private final Queue<Runnable> urgent = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Runs the tasks. */
    private final AtomicReference<@Nullable Runner> leader = new AtomicReference<>();

    /** Watches the leader while tasks wait, and takes its place when it is stuck. */
    private final AtomicReference<@Nullable Runner> deputy = new AtomicReference<>();

    private volatile boolean lingering;

    /** How often the threads that were idle have been told to end. */
    private final AtomicInteger dismissals = new AtomicInteger();

    CompletionThreads(String name, Machine machine) {
        this(name, machine, MOST_THREADS);
    }

    CompletionThreads(String name, Machine machine, int mostThreads) {
        this(name, machine, STUCK_NANOS, mostThreads, null);
    }

    private CompletionThreads(
            String name, Machine machine, long stuckNanos, int mostThreads, @Nullable RepeatedFailureLog beside) {
        this.name = name;
        this.machine = machine;
        this.stuckNanos = stuckNanos;
        this.mostThreads = mostThreads;
        this.reserve = Math.max(1, mostThreads / 4);
        this.beside = beside;
    }

    /** For actions that are to run alone. They may come at any time, so a thread without a task always stays for a while. */
    static CompletionThreads forActions(String name, Machine machine) {
        CompletionThreads threads = new CompletionThreads(
                name,
                machine,
                STUCK_ACTION_NANOS,
                MOST_THREADS,
                RepeatedFailureLog.warnings(
                        machine,
                        "An action that is attached to a handle of loop '{}', which has no active thread, has not returned for a"
                                + " second; the next action runs beside it"));
        threads.lingering = true;
        return threads;
    }

    /** Says whether more tasks are likely, so that a thread without a task stays for a while. */
    void linger(boolean likely) {
        lingering = likely;
        if (!likely) {
            wake(leader.get());
            wake(deputy.get());
        }
    }

    /** Ends the threads that have no task just now. */
    void endIdle() {
        dismissals.incrementAndGet();
        wake(leader.get());
        wake(deputy.get());
    }

    /** Runs a task later; on the current thread only when no thread can be started. */
    void execute(Runnable task) {
        waiting.add(task);
        callThread();
    }

    /** Puts the completion of a future, if it still waits, before the others. */
    void moveUp(Object future) {
        Completion completion = completionOf(future);
        if (completion != null) {
            urgent.add(completion); // first: with no memory left it must not be lost
            waiting.remove(completion);
            callThread();
        }
    }

    private @Nullable Completion completionOf(Object future) {
        for (Runnable task : waiting) {
            if (task instanceof Completion completion && completion.isOf(future)) {
                return completion;
            }
        }
        return null;
    }

    private @Nullable Runnable next() {
        Runnable task = urgent.poll();
        return task == null && !isExhausted() ? waiting.poll() : task;
    }

    /** Whether there is nothing to run, or nothing that the threads which are not stuck may run. */
    private boolean isEmpty() {
        return urgent.isEmpty() && (waiting.isEmpty() || isExhausted());
    }

    /** Whether there are more threads than there may be for what no thread waits for. */
    private boolean isExhausted() {
        return threads.size() > mostThreads;
    }

    /** Makes sure that somebody runs what waits. */
    private void callThread() {
        // a concurrent leader or deputy that is about to end looks at the queue once more after it has given up its
        // role
        Runner busy = leader.get();
        if (busy == null) {
            appoint(leader);
        } else {
            wake(busy);
            if (busy.running) {
                appoint(deputy);
            }
        }
    }

    boolean isCurrent() {
        return threads.contains(Thread.currentThread());
    }

    boolean isAlive() {
        return !threads.isEmpty();
    }

    private void wake(@Nullable Runner runner) {
        if (runner != null) {
            machine.unpark(runner.thread);
        }
    }

    private void appoint(AtomicReference<@Nullable Runner> role) {
        if (role.get() != null || threads.size() >= mostThreads + (urgent.isEmpty() ? 0 : reserve)) {
            return;
        }
        Runner runner = new Runner();
        if (role.compareAndSet(null, runner)) {
            try {
                runner.start();
            } catch (OutOfMemoryError | RuntimeException e) { // of the system, or of a thread factory
                role.compareAndSet(runner, null);
                log.warn("Loop '{}' could not start a completion thread", name, e);
                if (leader.get() == null) {
                    runAll();
                }
            }
        }
    }

    /** Runs what waits on the current thread: better there than never. */
    private void runAll() {
        Runnable task = next();
        while (task != null) {
            runOne(task);
            task = next();
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("A future of loop '{}' could not be completed", name, e);
        }
    }

    /** One thread. It is born into one of the two roles. */
    private final class Runner implements Runnable {
        private @Nullable Thread thread;

        /** How many tasks it has begun. */
        private volatile long begun;

        private volatile boolean running;

        void start() {
            Thread fresh = machine.thread(name + "-completion", ThreadKind.PLATFORM, true, this);
            thread = fresh;
            threads.add(fresh);
            boolean started = false;
            try {
                machine.start(fresh);
                started = true;
            } finally {
                if (!started) {
                    threads.remove(fresh);
                }
            }
        }

        @Override
        public void run() {
            try {
                if (leader.get() == this || succeeds()) {
                    lead();
                }
            } finally {
                threads.remove(Thread.currentThread());
                // a concurrent thread that found as many threads as there may be has left its task to this look
                if (!isEmpty()) {
                    callThread();
                }
            }
        }

        private void lead() {
            while (leader.get() == this) {
                Runnable task = next();
                if (task != null) {
                    runTask(task);
                } else if (!stays()) {
                    return;
                }
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes it
        private void runTask(Runnable task) {
            begun++;
            running = true;
            if (!isEmpty()) {
                appoint(deputy);
            }
            runOne(task);
            running = false;
            Thread.interrupted(); // nobody's: a flag that the task has left must not reach the next one
        }

        /** Waits for a task. False when this thread is to end. */
        private boolean stays() {
            int before = dismissals.get();
            long until = machine.nanoTime() + LINGER_NANOS;
            long left = LINGER_NANOS;
            while (left > 0 && lingers(before) && isEmpty() && leader.get() == this) {
                machine.park(CompletionThreads.this, left);
                Thread.interrupted();
                left = until - machine.nanoTime();
            }
            if (!isEmpty()) {
                return true;
            }
            leader.compareAndSet(this, null);
            // a task that came after the look, from a thread that still saw a leader
            return !isEmpty() && leader.compareAndSet(null, this);
        }

        private boolean lingers(int before) {
            return lingering && dismissals.get() == before;
        }

        /** Stands by until the leader is stuck. False when there is nothing to stand by for. */
        private boolean succeeds() {
            int dismissed = dismissals.get();
            long quietSince = machine.nanoTime();
            while (true) {
                Runner before = leader.get();
                long tasks = before == null ? 0 : before.begun;
                standBy(dismissed);
                boolean vacant = before == null || (before.running && before.begun == tasks);
                if (vacant && !isEmpty() && leader.compareAndSet(before, this)) {
                    deputy.compareAndSet(this, null);
                    tellOf(before);
                    if (threads.size() == mostThreads) {
                        log.warn(
                                "All {} are stuck in code that is attached to handles; what no thread waits for is not completed"
                                        + " until one of them comes back",
                                name());
                    }
                    return true;
                }
                if (!isEmpty()) {
                    dismissed = dismissals.get();
                    quietSince = machine.nanoTime();
                } else if (!lingers(dismissed) || machine.nanoTime() - quietSince > LINGER_NANOS) {
                    deputy.compareAndSet(this, null);
                    // a task that came after the look, from a thread that still saw a deputy
                    if (isEmpty() || !deputy.compareAndSet(null, this)) {
                        return false;
                    }
                }
            }
        }

        private void tellOf(@Nullable Runner stuck) {
            if (beside != null && stuck != null && stuck.thread != null) {
                beside.failed(name, new StuckAction(stuck.thread));
            }
        }

        private String name() {
            return mostThreads + " completion threads of loop '" + name + "'";
        }

        /** Waits as long as a task may take, or until no more tasks are likely. */
        private void standBy(int dismissed) {
            long until = machine.nanoTime() + stuckNanos;
            long left = stuckNanos;
            while (left > 0 && (lingers(dismissed) || !isEmpty())) {
                machine.park(CompletionThreads.this, left);
                Thread.interrupted();
                left = until - machine.nanoTime();
            }
        }
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
