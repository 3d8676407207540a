package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Details that most calls lack: a label, a place of submission, and a number that is assigned when somebody asks for it. Dependents of the
 * call keep them. All calls of one {@link CallSpec} share an instance with their label, until they have more of their own.
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
    private final boolean isShared;
    private volatile long id;

    private CallDetails(@Nullable String label, CallSites.@Nullable Trail trail, boolean isShared) {
        this.label = label;
        this.trail = trail;
        this.isShared = isShared;
    }

    /** For any number of calls. */
    static CallDetails shared(String label) {
        return new CallDetails(label, null, true);
    }

    /**
     * The same with a label of users.
     *
     * @throws IllegalArgumentException when it is blank
     */
    static CallDetails labelled(String label) {
        if (Objects.requireNonNull(label, "label").isBlank()) {
            throw new IllegalArgumentException("'label' must not be blank but was '" + label + "'");
        }
        return shared(label);
    }

    /** For all runs of a periodic timer: its label, if it has one, and the place where it was made. */
    static CallDetails repeated(@Nullable String label, CallSites.Trail trail) {
        return new CallDetails(label, trail, true);
    }

    /** For a single call, with the label of the details that it had before, if any. */
    static CallDetails own(@Nullable CallDetails before, CallSites.@Nullable Trail trail) {
        return before == null
                ? new CallDetails(null, trail, false)
                : new CallDetails(before.label, trail == null ? before.trail : trail, false);
    }

    /** Of a call that is submitted now: its label, if it has one, and its place of submission, if that is taken now. */
    static @Nullable CallDetails of(CallSites sites, @Nullable CallDetails labelled, long now, boolean needsPlace) {
        if (labelled != null && labelled.trail != null) {
            return labelled; // of a periodic timer, whose place was taken when it was made
        }
        CallSites.Trail trail = needsPlace ? sites.takeInAnyCase(now) : sites.take(now);
        return trail == null ? labelled : own(labelled, trail);
    }

    /** Whether several calls share it: then it cannot hold the number of one. */
    boolean isShared() {
        return isShared;
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
