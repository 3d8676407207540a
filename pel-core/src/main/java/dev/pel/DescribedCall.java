package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a call tells of itself: its label and number, its lane, the context and the place of its submission, and when its steps began. */
abstract class DescribedCall<T extends @Nullable Object> extends CallState<T> implements ActiveEntry {
    private static final byte ACTIVE = lane(Lane.ACTIVE);
    private static final Lane[] LANES = Lane.values();
    private static final VarHandle DETAILS;

    static {
        try {
            DETAILS = MethodHandles.lookup().findVarHandle(DescribedCall.class, "details", CallDetails.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Null also when nobody needs it any more, see {@link #letGoOfContext}. */
    private ContextPropagator.@Nullable Snapshot context;

    /** Label, place of submission and number; null for most calls. */
    private volatile @Nullable CallDetails details;

    private final long submittedAt;

    /** When the operation started; later, when the body was queued, or when a timer falls due; then, when the body started. */
    private long since;

    /** Where the operation is; when that has returned, where the body is. */
    private byte lane;

    /** One that is submitted now, in this first state, to this lane. */
    DescribedCall(
            RunServices run,
            int first,
            Lane lane,
            ContextPropagator.@Nullable Snapshot context,
            @Nullable CallDetails details,
            long now) {
        super(run, first);
        this.lane = lane(lane);
        this.context = context;
        this.submittedAt = now;
        this.since = now;
        if (details != null) {
            DETAILS.set(this, details); // it is published with the call
        }
    }

    /** The operation or the body begins at this time; a timer's body falls due then. */
    final void startsAt(long now) {
        since = now;
    }

    /** The body, of an operation that has returned, is in the queue of the active lane from now on. */
    void queuesBody(long now) {
        since = now;
        lane = ACTIVE; // a concurrent thread that ends the call from here on does not read it
    }

    @Override
    public final long id() {
        CallDetails known = details;
        while (known == null || known.isShared()) {
            DETAILS.compareAndSet(
                    this, known, CallDetails.own(known, null)); // or a concurrent thread does: several may ask at once
            known = details;
        }
        return known.id(run::nextId);
    }

    @Override
    public final @Nullable String label() {
        CallDetails known = details;
        return known == null ? null : known.label();
    }

    @Override
    final ContextPropagator.@Nullable Snapshot context() {
        return context;
    }

    @Override
    public final ContextPropagator.@Nullable Snapshot capturedContext() {
        return context;
    }

    final CallSites.@Nullable Trail trail() {
        CallDetails known = details;
        return known == null ? null : known.trail();
    }

    public final Lane lane() {
        return LANES[lane];
    }

    @SuppressWarnings("EnumOrdinal") // an index, never stored
    private static byte lane(Lane lane) {
        return (byte) lane.ordinal();
    }

    /** When the operation or the body began that runs now. Another thread may see the time of the step before. */
    final long startedAt() {
        return since;
    }

    final long submittedAt() {
        return submittedAt;
    }

    /** When it came into its pool lane: at its submission, or for another attempt. */
    long enteredAt() {
        return submittedAt;
    }

    /** When it came into the queue in which it is. */
    @Override
    public final long queuedAt() {
        return lane == ACTIVE ? since : enteredAt();
    }

    @Override
    final Failure failure(Throwable cause, long failedAt) {
        CallDetails known = details;
        return new Failure(
                cause,
                id(),
                label(),
                lane(),
                Duration.ofNanos(Math.max(0, failedAt - submittedAt)),
                known == null || known.trail() == null ? CallSites.of(cause) : known.place());
    }

    @Override
    final String description() {
        return CallNames.ofCall(kind(), label());
    }

    /** How messages call its kind. */
    final String kind() {
        return isTimer() ? "timer" : "call";
    }

    @Override
    public String toString() {
        String label = label();
        return "call %d%s on %s%s".formatted(id(), label == null ? "" : " '" + label + "'", lane(), jdkState());
    }

    @Override
    final @Nullable CallDetails ownDetails() {
        return details;
    }

    @Override
    final void letGoOfContext() {
        if (context != null) { // mostly there is none, and nothing is written
            context = null;
        }
    }

    /** Ends the call if it is of no use any more. Its operation is about to begin, on the thread that has claimed it. */
    void endUnlessWanted() {}

    /** All is done that follows from a run of the operation, or from its end before it could run. On the thread that had claimed the call. */
    void operationLeft() {}

    /** The outcome is decided, and nobody knows yet: what others may have now is given back, so that they find it when they are told. */
    void isAboutToBeTold() {}

    /** Whether it is of low priority. */
    boolean isLow() {
        return false;
    }

    /** Whether it is not in the queue of its lane, though it counts there. */
    boolean isHeld() {
        return false;
    }

    /** Whether the operation, which has failed, is to be tried again; then the current thread has claimed the call once more. */
    boolean triesAgain(int workerId, Throwable error) {
        return false;
    }

    /** The call, claimed once more, comes into its lane for its next attempt. */
    void comesAgain(long now) {}

    /** It waits there. False when it has been ended since. */
    boolean waitsAgain() {
        return false;
    }

    /** The call whose turn has to end before this one goes on; null when there is none. */
    @Nullable Call<?> heldUpBy() {
        return null;
    }

    /** The number of the worker on which its operation is, also when the handle has ended; 0 when it is on none, or that is not known. */
    int codeRunsOn() {
        return 0;
    }

    /** Whether its operation may have to wait before it can run, or run once more. */
    boolean mayWaitAgain() {
        return false;
    }

    /** What it needs before it goes into the queue of its lane; null when it needs nothing. */
    @Nullable Admission admission() {
        return null;
    }
}
