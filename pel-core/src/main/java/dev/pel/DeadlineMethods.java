package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a future: any number of them may be set, by any thread, and all are disarmed when the future ends.
 *
 * @param <T> the type of the result
 */
abstract class DeadlineMethods<T extends @Nullable Object> extends ResultMethods<T> {
    private static final VarHandle DEADLINE;

    static {
        try {
            DEADLINE = MethodHandles.lookup().findVarHandle(DeadlineMethods.class, "deadline", Deadline.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The last of the deadlines that were set on this future; it leads to the others. */
    private volatile @Nullable Deadline deadline;

    DeadlineMethods(boolean isFromOutside) {
        super(isFromOutside);
    }

    /** Those of the run to which this belongs. */
    abstract Deadlines deadlines();

    /** Lets the watchdog end this future after a while, unless it has ended by then. After the stop, too: attached actions have that time. */
    final void endAfter(Duration time, Runnable ending) {
        if (!isDone()) {
            addDeadline(deadlines().arm(time, ending, null));
            if (isDone()) {
                disarm(); // a concurrent thread ended it before it could see the deadline
            }
        }
    }

    /** Concurrent threads may set deadlines as well: none may be lost, because it would not be disarmed. */
    private void addDeadline(Deadline armed) {
        Deadline before;
        do {
            before = deadline;
            armed.previous(before);
        } while (!DEADLINE.compareAndSet(this, before, armed));
    }

    /** Whether it ends after some time in any case. */
    final boolean hasDeadline() {
        return deadline != null;
    }

    /** Called when the future has ended: its deadlines leave nothing behind. */
    final void disarm() {
        Deadline last = deadline;
        if (last != null) {
            deadlines().disarm(last);
        }
    }
}
