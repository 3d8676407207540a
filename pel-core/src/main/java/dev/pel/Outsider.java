package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What another future holds of one that waits for it, and calls when it ends. The JDK never takes such a callback back, so it holds no
 * more than is needed: the waiting future, only weakly while nobody wants anything of that, or nothing once that has ended.
 */
final class Outsider<T extends @Nullable Object> implements BiConsumer<T, @Nullable Throwable> {
    private static final int FRESH = 0;
    private static final int REGISTERED = 1;
    private static final int DROPPED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Outsider.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through STATE
    private volatile int state;

    /** The future that calls, when it keeps books of who waits for it. */
    private final @Nullable LoopFuture<?> caller;

    /** The future that waits, a weak reference to it, or null. */
    private volatile @Nullable Object waiting;

    Outsider(WaitingFuture<T> waiting, CompletableFuture<?> caller) {
        this.waiting = waiting;
        this.caller = caller instanceof LoopFuture<?> pel && pel.countsAttached() ? pel : null;
    }

    /** Whether to register it: a concurrent end of the future that waits may have dropped it before. */
    boolean register() {
        return STATE.compareAndSet(this, FRESH, REGISTERED);
    }

    boolean isRegistered() {
        return state == REGISTERED;
    }

    /** The waiting future wants the end of the caller again, or no longer. Nobody is told by one that is never registered. */
    void tellCaller(boolean wanted) {
        LoopFuture<?> counting = caller;
        if (STATE.compareAndSet(this, FRESH, DROPPED) || counting == null || state == DROPPED) {
            return;
        }
        if (wanted) {
            counting.wanted();
        } else {
            LoopFuture.detachFrom(counting);
        }
    }

    void hold(@Nullable Object holder) {
        waiting = holder;
    }

    boolean isCallerCounting() {
        return caller != null;
    }

    @Override
    @SuppressWarnings("unchecked") // it was given one of T
    public void accept(T value, @Nullable Throwable error) {
        Object held = waiting;
        Object future = held instanceof WeakReference<?> faint ? faint.get() : held;
        if (future != null) {
            ((WaitingFuture<T>) future).arrived(this, value, error);
        }
    }
}
