package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What has really run: two bits per call, one for its operation and one for its body, written by that very code. */
public final class Ledger {
    public static final int OPERATION = 1;
    public static final int BODY = 2;

    private static final int CALLS_PER_WORD = 32;
    private static final int ALMOST = 1_000;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final long most;
    private final AtomicLong issued = new AtomicLong();
    private final LongAdder doubled = new LongAdder();
    private final LongAdder stale = new LongAdder();

    /** The run of the loop that lasts; code that belongs to another one must not run. */
    private volatile int current;

    public Ledger(long calls) {
        most = calls;
        words = new long[Math.toIntExact((calls + ALMOST) / CALLS_PER_WORD + 1)];
    }

    /** Whether no further call should be made; those that are being made still have their place. */
    public boolean isFull() {
        return issued.get() >= most;
    }

    /** The number of a new call. */
    public long issue() {
        return issued.getAndIncrement();
    }

    public long issued() {
        return issued.get();
    }

    public int run() {
        return current;
    }

    /** The run is over: its report is there. */
    public void closeRun() {
        current++;
    }

    /** The code of a call runs, on whichever thread. */
    public void ran(long call, int part, int ofRun) {
        long bit = (long) part << 2 * (call % CALLS_PER_WORD);
        if (((long) WORDS.getAndBitwiseOr(words, (int) (call / CALLS_PER_WORD), bit) & bit) != 0) {
            doubled.increment();
        }
        if (ofRun != current) {
            stale.increment();
        }
    }

    /** Which parts of a call have run. */
    public int parts(long call) {
        long word = (long) WORDS.getVolatile(words, (int) (call / CALLS_PER_WORD));
        return (int) (word >>> 2 * (call % CALLS_PER_WORD)) & (OPERATION | BODY);
    }

    /** How much code has run twice. */
    public long doubled() {
        return doubled.sum();
    }

    /** How much code has run after the report of the run that it belonged to. */
    public long stale() {
        return stale.sum();
    }
}
