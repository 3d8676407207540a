package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Something that the watchdog does at an instant, unless it is disarmed before. */
final class Deadline implements TimerHeap.Element, Arrivals.Element<Deadline> {
    private static final VarHandle ACTION;

    static {
        try {
            ACTION = MethodHandles.lookup().findVarHandle(Deadline.class, "action", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long dueAt;
    private @Nullable Deadline previous;
    private volatile @Nullable Runnable action;

    /** Written by the watchdog; volatile for threads that disarm: they or the watchdog see that the deadline has to leave. */
    private volatile int heapSlot = -1;

    private long heapOrder;
    private @Nullable Deadline linked;

    Deadline(long dueAt, Runnable action, @Nullable Deadline previous) {
        this.dueAt = dueAt;
        this.action = action;
        this.previous = previous;
    }

    long dueAt() {
        return dueAt;
    }

    /** The one that was set before on the same future. */
    @Nullable Deadline previous() {
        return previous;
    }

    /** Called before others can find this one through its future. */
    void previous(@Nullable Deadline before) {
        previous = before;
    }

    boolean isArmed() {
        return action != null;
    }

    /** Lets go of all it holds. True the first time, unless it has fired. */
    boolean disarm() {
        return takeAction() != null;
    }

    /** Runs the action unless disarmed; returns whether it ran. When no memory is left for it, the deadline is armed as before. */
    boolean fire() {
        Runnable due = takeAction();
        if (due == null) {
            return false;
        }
        try {
            due.run();
        } catch (VirtualMachineError | LinkageError e) {
            action = due; // a concurrent thread that disarms it may come too late: the action does nothing then
            throw e;
        }
        return true;
    }

    /** Of threads that disarm, and the watchdog that fires, one gets the action; so the deadline is counted as dead at most once. */
    private @Nullable Runnable takeAction() {
        return (Runnable) ACTION.getAndSet(this, null);
    }

    @Override
    public int heapSlot() {
        return heapSlot;
    }

    @Override
    public long heapOrder() {
        return heapOrder;
    }

    @Override
    public void inHeap(int slot, long order) {
        heapSlot = slot;
        heapOrder = order;
    }

    @Override
    public boolean isWanted() {
        return isArmed();
    }

    @Override
    public @Nullable Deadline linked() {
        return linked;
    }

    @Override
    public void link(@Nullable Deadline deadline) {
        linked = deadline;
    }
}
