package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a call waits for and has, as a set of marks. A thread that makes a change by compare-and-set owns what follows from it; the end of the
 * call swaps all marks for one that says so, and then gives back what they stood for. So each turn and each permit is given back exactly once.
 */
abstract class AdmissionState {
    static final int WAITS_FOR_KEY = 1;
    static final int WAITS_FOR_LIMIT = 1 << 1;
    static final int PAUSES = 1 << 2;
    static final int HAS_KEY = 1 << 3;
    static final int HAS_PERMIT = 1 << 4;
    static final int HAS_STARTED = 1 << 5;
    static final int IS_QUEUED = 1 << 6;

    /** A place among those that wait for the key, or for the limit, that it will wait for next. */
    static final int HAS_KEY_PLACE = 1 << 7;

    static final int HAS_LIMIT_PLACE = 1 << 8;

    /** The call has ended, and has given back all that it had. */
    static final int GONE = 1 << 9;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(AdmissionState.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    /** Swaps one mark for another, or adds one; false when the call has ended. */
    final boolean move(int from, int to) {
        while (true) {
            int now = state;
            if ((now & from) != from || (now & GONE) != 0) {
                return false;
            }
            if (STATE.compareAndSet(this, now, (now & ~from) | to)) {
                return true;
            }
        }
    }

    final boolean has(int mark) {
        return (state & mark) != 0;
    }

    /** Takes marks away; returns all that were there. */
    final int clear(int marks) {
        return (int) STATE.getAndBitwiseAnd(this, ~marks);
    }

    /** The call has ended; returns the marks that were there. None is set any more. */
    final int goes() {
        return (int) STATE.getAndSet(this, GONE);
    }
}
