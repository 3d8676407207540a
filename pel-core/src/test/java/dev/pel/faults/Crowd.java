package dev.pel.faults;

import dev.pel.EventLoopOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/** How many run at once of what is to run alone, or of what only a few may run at once. */
final class Crowd {
    static final int KEYS = 16;
    static final String LIMIT = "few";
    private static final int FEW = 2;

    /** So few that calls are refused for it. */
    private static final int CAPACITY = 20;

    private final AtomicIntegerArray inside = new AtomicIntegerArray(KEYS);
    private final AtomicInteger insideLimit = new AtomicInteger();
    private final LongAdder tooMany = new LongAdder();

    /** The options of a loop that has the limit, and keys for which few may wait. */
    static EventLoopOptions withLimit(EventLoopOptions options) {
        return options.withKeyCapacity(CAPACITY).withLimit(LIMIT, limit -> limit.withConcurrency(FEW));
    }

    /** Runs code of a key. */
    <T> T alone(int key, Callable<T> code) throws Exception {
        if (inside.incrementAndGet(key) > 1) {
            tooMany.increment();
        }
        try {
            return code.call();
        } finally {
            inside.decrementAndGet(key);
        }
    }

    /** Runs an operation of the limit. */
    <T> T few(Callable<T> code) throws Exception {
        if (insideLimit.incrementAndGet() > FEW) {
            tooMany.increment();
        }
        try {
            return code.call();
        } finally {
            insideLimit.decrementAndGet();
        }
    }

    /** How often too many ran at once. */
    long tooMany() {
        return tooMany.sum();
    }
}
