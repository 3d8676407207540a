package dev.pel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whether the current thread is in the body of a timer, or in what is attached to its handle. While a loop drains, a timer that
 * is set there ends at once: a timer that sets itself anew would hold every drain to its deadline.
 */
final class TimerBodies {
    private final OwnThreads threads;
    private final CurrentEntry current;

    /** Threads that are none of the active lane, and run the function of a dependent of a timer. */
    private final Set<Thread> elsewhere = ConcurrentHashMap.newKeySet();

    TimerBodies(OwnThreads threads, CurrentEntry current) {
        this.threads = threads;
        this.current = current;
    }

    /** Runs the function of a timer's dependent that has an executor of its own. */
    void runElsewhere(Runnable function) {
        boolean entered = elsewhere.add(Thread.currentThread());
        try {
            function.run();
        } finally {
            if (entered) {
                elsewhere.remove(Thread.currentThread());
            }
        }
    }

    boolean isInOne() {
        return threads.isActiveCurrent()
                ? current.call() instanceof ActiveEntry entry && entry.isOfTimer()
                : !elsewhere.isEmpty() && elsewhere.contains(Thread.currentThread());
    }
}
