package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the active thread is in right now. It writes here with every entry, so this lies apart from what others read: they are
 * the stop, and those who look on.
 */
final class CurrentEntry extends PresentValues {
    private static final VarHandle CALL;
    private static final VarHandle WAITED;

    static {
        try {
            CALL = MethodHandles.lookup().findVarHandle(PresentValues.class, "call", CallInfo.class);
            WAITED = MethodHandles.lookup().findVarHandle(PresentValues.class, "waited", long.class);
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

    /** The active thread enters somebody's code, or with null leaves it. Whoever looks on may see that a little later. */
    void enter(@Nullable CallInfo entry) {
        CALL.setRelease(this, entry);
    }

    @Nullable CallInfo call() {
        return call;
    }

    /** How long the current entry waited in the queue, in nanoseconds. */
    void waited(long nanos) {
        WAITED.setOpaque(this, nanos);
    }

    long waited() {
        return waited;
    }
}

class PresentValues extends Padding {
    volatile @Nullable CallInfo call;
    volatile long waited;

    /** When the current entry began, or the turn. Confined to the active thread. */
    long clock;

    /** When the next entry begins, because the one before ended right then; 0 when that is not known. Confined likewise. */
    long nextStartsAt;
}
