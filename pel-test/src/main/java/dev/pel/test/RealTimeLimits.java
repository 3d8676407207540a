package dev.pel.test;

import dev.pel.Machine;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long the threads of a test wait in a simulation, in real time and in decisions. Any thread may set a limit of its own. */
final class RealTimeLimits {
    /** So many decisions without any thread of the test's going on, and the loop is taken for one that never comes to rest. */
    private final long mostDecisions;

    /** So long, in real time, for the same. */
    private final Duration limit;

    /** How long a thread of the test waits, in real time, for one that is in somebody's code. */
    private final Duration patience;

    /** The limits in real time that threads from outside have set themselves. */
    private final Map<Thread, Duration> own = new ConcurrentHashMap<>();

    RealTimeLimits(SimulationOptions options) {
        this.mostDecisions = options.decisions();
        this.limit = options.limit();
        this.patience = options.patience();
    }

    /** Runs something on a thread from outside, which waits for no longer than this in real time: with or without the token. */
    void within(Duration time, Runnable waits) {
        Thread me = Thread.currentThread();
        Duration before = own.put(me, time);
        try {
            waits.run();
        } finally {
            if (before == null) {
                own.remove(me);
            } else {
                own.put(me, before);
            }
        }
    }

    /** Whether a wait of this thread is over its limits, after so many decisions, and so many nanoseconds of real time. */
    boolean isOver(Thread thread, long decisions, long nanos) {
        return decisions > mostDecisions || nanos > Machine.nanos(least(thread, limit));
    }

    /** The limit that a wait with so many decisions is over. */
    String describe(Thread thread, long decisions) {
        return decisions > mostDecisions
                ? "%d decisions".formatted(mostDecisions)
                : "%d s of real time".formatted(least(thread, limit).toSeconds());
    }

    Duration patience() {
        return patience;
    }

    Duration patienceOf(Thread thread) {
        return least(thread, patience);
    }

    private Duration least(Thread thread, Duration most) {
        Duration known = own.get(thread);
        return known != null && known.compareTo(most) < 0 ? known : most;
    }
}
