package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the active thread runs right now, and since when. It writes here with every entry, so this lies in a cache line of its own. Readers
 * are the stop, and threads that report on the loop.
 */
final class CurrentEntry extends CurrentEntryValues {
    private static final VarHandle CALL;
    private static final VarHandle WAITED;

    static {
        try {
            CALL = MethodHandles.lookup().findVarHandle(CurrentEntryValues.class, "call", CallInfo.class);
            WAITED = MethodHandles.lookup().findVarHandle(CurrentEntryValues.class, "waited", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    long b1;
    long b2;
    long b3;
    long b4;
    long b5;
    long b6;
    long b7;
    long b8;

    /**
     * The active thread enters code of users; a thread that looks on may see that a little later.
     *
     * @return in which code it was before, for {@link #backTo}
     */
    @Nullable CallInfo enter(CallInfo entry) {
        CallInfo outer = (CallInfo) CALL.get(this);
        CALL.setRelease(this, entry);
        return outer;
    }

    /** The active thread has come back from code that it has entered inside other code. */
    void backTo(@Nullable CallInfo outer) {
        if (outer == null) {
            leave();
        } else {
            CALL.setRelease(this, outer);
        }
    }

    /** The active thread has come back from code of users, or did not go there. */
    void leave() {
        CALL.setRelease(this, null);
        clearInterrupt(); // a stop interrupts the active thread only inside such code
    }

    @Nullable CallInfo call() {
        return call;
    }

    /** The current turn takes no further entry: timers that are due come first. On the active thread. */
    void endsTurn() {
        turnIsOver = true;
    }

    /** How long the current entry waited in the queue, in nanoseconds. */
    void waited(long nanos) {
        WAITED.setOpaque(this, nanos);
    }

    long waited() {
        return waited;
    }

    // ------------------------------------------------------------------ interrupts

    /** Interrupts the active thread because the loop stops. */
    void interrupt(@Nullable Thread active) {
        if (active != null) {
            interruptedByStop = true;
            active.interrupt();
        }
    }

    /**
     * Clears the flag of the active thread. When the thread is the application's own, an interrupt that does not come from the stop is meant
     * for what that thread does after the loop. The concurrent thread is a stop, which raises its mark before it interrupts.
     */
    void clearInterrupt() {
        if (Thread.interrupted() && !interruptedByStop) {
            wasInterrupted = true;
        }
    }

    /** On the active thread, after the loop: whether its flag was set meanwhile, by others than the stop, and cleared. */
    boolean wasInterrupted() {
        return wasInterrupted;
    }
}

class CurrentEntryValues extends Padding {
    volatile @Nullable CallInfo call;
    volatile long waited;

    /** When the current entry began, or the turn. Confined to the active thread, as {@link ActiveLane} asserts. */
    long clock;

    /** When the next entry begins, because the one before ended right then; 0 when that is not known. Confined likewise. */
    long nextStartsAt;

    /** Whether the turn takes no further entry. Confined likewise. */
    boolean turnIsOver;

    /** Whether a stop has interrupted the active thread: from then on its interrupts and those of others cannot be told apart. */
    volatile boolean interruptedByStop;

    /** Whether another thread has. Confined to the active thread. */
    boolean wasInterrupted;
}
