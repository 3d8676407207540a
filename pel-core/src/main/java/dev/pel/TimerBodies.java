package dev.pel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the current thread is in the body of a timer, or in what is attached to its handle. While a loop drains, a timer that
 * is set there ends at once: a timer that sets itself anew would hold every drain to its deadline.
 */
final class TimerBodies {
    private final ActiveLane active;

    /** Threads that are none of the active lane, and run the function of a dependent of a timer. */
    private final Set<Thread> elsewhere = ConcurrentHashMap.newKeySet();

    TimerBodies(ActiveLane active) {
        this.active = active;
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
        return active.isCurrent()
                ? isOne(active.current())
                : !elsewhere.isEmpty() && elsewhere.contains(Thread.currentThread());
    }

    private static boolean isOne(@Nullable CallInfo entry) {
        return entry instanceof LoopTimer || (entry instanceof Dependent<?, ?> dependent && dependent.isOfTimer());
    }
}
