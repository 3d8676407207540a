package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What few calls have: a label, a place of submission, and the number that a call gets when somebody asks for it. What is attached to the
 * call keeps it.
 */
final class CallDetails {
    private static final VarHandle ID;

    static {
        try {
            ID = MethodHandles.lookup().findVarHandle(CallDetails.class, "id", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable String label;
    private final CallSites.@Nullable Trail trail;
    private volatile long id;

    CallDetails(@Nullable String label, CallSites.@Nullable Trail trail) {
        this.label = label;
        this.trail = trail;
    }

    @Nullable String label() {
        return label;
    }

    CallSites.@Nullable Trail trail() {
        return trail;
    }

    /** The place of submission, unless calls came too fast to take it. */
    @Nullable StackTraceElement place() {
        return trail == null ? null : trail.place();
    }

    /** The number of the call; the first to ask takes it. */
    long id(LongSupplier next) {
        if (id == 0) {
            ID.compareAndSet(this, 0L, next.getAsLong()); // a concurrent thread may do so: its number counts then
        }
        return id;
    }
}
