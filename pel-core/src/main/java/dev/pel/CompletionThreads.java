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
 * the watchdog must not run code of users, and a stopped loop has no active thread.
 *
 * <p>Tasks run one at a time, in the order in which they came, those for futures that threads wait for before the others. Another
 * thread takes over only when the one that runs them has been in the same task for {@link TakeOverRules#STUCK_NANOS}, or for
 * {@link TakeOverRules#STUCK_ACTION_NANOS} in an action, while others wait, which means that a user's code blocks there. When the maximum
 * of threads is stuck, a few more run only futures that threads wait for. No thread exists until there is a task; a thread without a task
 * ends after a while.
 */
final class CompletionThreads {
    private static final Log log = new Log();

    final String name;
    final Machine machine;
    final TakeOverRules rules;

    /** Keeps the time after which a thread counts as stuck. */
    private volatile Deadlines deadlines;

    private final RepeatedFailureLog notStarted;

    /** Taken before the others. */
    private final Queue<Runnable> urgent = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Set<CompletionThread> threads = ConcurrentHashMap.newKeySet();

    /** Runs the tasks; the others are stuck, or about to end. */
    final AtomicReference<@Nullable CompletionThread> current = new AtomicReference<>();

    /** How often the threads were told to end as soon as they have no task. */
    private final AtomicInteger dismissals = new AtomicInteger();

    CompletionThreads(String name, Machine machine, Deadlines deadlines, TakeOverRules rules) {
        this.name = name;
        this.machine = machine;
        this.deadlines = deadlines;
        this.rules = rules;
        this.notStarted = RepeatedFailureLog.warnings(machine, "Loop '{}' could not start a completion thread");
    }

    /** From here on these deadlines keep the time: those of the loop's new run. */
    void timedBy(Deadlines newDeadlines) {
        deadlines = newDeadlines;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** Lets the threads of now end as soon as they have no task. */
    void dismiss() {
        dismissals.incrementAndGet();
        CompletionThread now = current.get();
        if (now != null) {
            now.wake();
        }
        notStarted.tellRest();
    }

    int dismissals() {
        return dismissals.get();
    }

    boolean isCurrent() {
        for (CompletionThread thread : threads) {
            if (thread.isCurrent()) {
                return true;
            }
        }
        return false;
    }

    boolean isAlive() {
        return !threads.isEmpty();
    }

    // ------------------------------------------------------------------ tasks

    /** Runs a task later; on the current thread only when no thread can be started. */
    void execute(Runnable task) {
        waiting.add(task);
        try {
            callThread();
        } catch (VirtualMachineError | LinkageError e) { // no other caller knows that the task waits
            notStarted(e);
            if (current.get() == null) {
                runHere();
            }
        }
    }

    /** Puts the completion of a future, if it still waits, before the others. */
    void moveUp(Object future) {
        for (Runnable task : waiting) {
            if (task instanceof Completion completion && completion.isOf(future)) {
                urgent.add(task); // first: with no memory left it must not be lost
                waiting.remove(task);
                callThread();
                return;
            }
        }
    }

    @Nullable Runnable next() {
        Runnable task = urgent.poll();
        return task == null && !isExhausted() ? waiting.poll() : task;
    }

    /** Whether there is nothing to run, or nothing that the threads which are not stuck may run. */
    boolean isEmpty() {
        return urgent.isEmpty() && (waiting.isEmpty() || isExhausted());
    }

    /** Whether only urgent tasks may run: the maximum of threads is stuck, and extra ones have been started for what threads wait for. */
    private boolean isExhausted() {
        return threads.size() > rules.mostThreads();
    }

    void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("A future of loop '{}' could not be completed", name, e);
        }
    }

    // ------------------------------------------------------------------ threads

    /** Makes sure that a thread runs what waits, and that another one takes over when that thread is stuck. */
    void callThread() {
        CompletionThread now = current.get();
        if (now == null) {
            begin();
        } else {
            now.call();
        }
    }

    private void begin() {
        CompletionThread fresh = new CompletionThread(this, null, 0);
        // a concurrent caller that loses this race leaves its task to the winner's thread; one that finds no room
        // leaves it to the next thread that ends, which makes room and then looks for tasks
        if (hasRoom() && current.compareAndSet(null, fresh) && !start(fresh)) {
            current.set(null);
            runHere();
        }
    }

    /** Runs what waits on the current thread, because there is no other: better here than never. */
    private void runHere() {
        for (Runnable task = next(); task != null; task = next()) {
            runOne(task);
        }
    }

    /** Has another thread take over from one that is stuck in a turn. False when there is none just now. */
    boolean replace(CompletionThread stuck, long turn) {
        return !hasRoom() || start(new CompletionThread(this, stuck, turn));
    }

    /** Whether another thread may be started; for urgent tasks there may be a quarter more. */
    private boolean hasRoom() {
        int reserve = urgent.isEmpty() ? 0 : Math.max(1, rules.mostThreads() / 4);
        return threads.size() < rules.mostThreads() + reserve;
    }

    private boolean start(CompletionThread thread) {
        try {
            threads.add(thread);
            thread.start();
            return true;
        } catch (Throwable e) { // of the system, or anything that a thread factory throws
            threads.remove(thread);
            notStarted(e);
            return false;
        }
    }

    void notStarted(Throwable error) {
        notStarted.failed(name, error);
    }

    /** A thread has taken over. */
    void hasTakenOver(CompletionThread fresh) {
        current.set(fresh);
        if (threads.size() == rules.mostThreads()) {
            log.warn(
                    "All {} are stuck in code that is attached to handles; what no thread waits for is not completed"
                            + " until one of them comes back",
                    rules.mostThreads() + " completion threads of loop '" + name + "'");
        }
    }

    /** A thread ends. It looks for tasks once more: a concurrent caller may have relied on it, or found no room for another thread. */
    void ends(CompletionThread thread, boolean wasTakenOver) {
        threads.remove(thread);
        if (!wasTakenOver) {
            current.compareAndSet(thread, null);
        }
        if (!isEmpty()) {
            callThread();
        }
    }
}
