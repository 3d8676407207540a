package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A future that waits for others, for one that it is told of later or for two at once, and ends as they do. It keeps the details of the
 * call with which its chain began, because the links to that may be cleared before it ends.
 *
 * <p>It counts its dependents that nobody has ended from outside. When it has had some, and all of them have been ended, nobody wants its
 * result any more; then the futures that it waits for, which may never end, hold it weakly or not at all.
 *
 * <pre>
 * hold      next
 * STRONG    WEAK (all that was attached has been ended), ENDED
 * WEAK      STRONG (something is attached again), ENDED
 * </pre>
 */
@SuppressWarnings({"ReferenceEquality", "FutureReturnValueIgnored"}) // the very same future is meant; of handle
abstract class WaitingFuture<T extends @Nullable Object> extends LoopFuture<T> {
    static final int STRONG = 0;
    static final int WEAK = 1;
    static final int ENDED = 2;

    /** With more dependents than this, those that have ended are not told from others, and it is always held. */
    private static final int MOST_ATTACHED = 64;

    private static final long ONE_MORE = 1L << 32;
    private static final VarHandle HOLD;
    private static final VarHandle ATTACHED;

    static {
        try {
            HOLD = MethodHandles.lookup().findVarHandle(WaitingFuture.class, "hold", int.class);
            ATTACHED = MethodHandles.lookup().findVarHandle(WaitingFuture.class, "attached", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final ContextPropagator.@Nullable Snapshot context;

    /** Takes the end of what this waits for to the active thread. */
    final Relay<T> relay = new Relay<>(this);

    private final @Nullable CallDetails details;
    private final long attachedAt;
    private volatile int hold;

    /** How many were attached, in the upper half, and how many of them nobody has ended, in the lower one. */
    private volatile long attached;

    WaitingFuture(LoopFuture<?> source) {
        super(source.run);
        this.context = run.propagators.capture();
        this.details = Chain.details(source);
        this.attachedAt = run.active.submissionTime();
    }

    /** One of those that it waits for has ended, on any thread. */
    abstract void arrived(Outsider<T> from, T value, @Nullable Throwable error);

    /**
     * Makes the futures that it waits for hold it strongly, weakly or not at all. Called by several threads at once, each of which looks
     * again afterwards.
     */
    abstract void holdAs(int way);

    /** Tells the futures that it waits for, if they count their dependents, whether it wants their results again, or no longer. */
    abstract void tellCallers(boolean wanted);

    /** Whether it may be held weakly now, as far as the kind of future goes. */
    abstract boolean mayBeWeak();

    // ------------------------------------------------------------------ the others

    /**
     * A stage as a future. Not by toCompletableFuture for a handle of the loop, which would then count as one to which anything may be
     * attached.
     */
    static <V extends @Nullable Object> CompletableFuture<V> future(CompletionStage<V> stage, LoopFuture<?> source) {
        if (stage instanceof LoopFuture<V> own) {
            takesOver(own, source);
            return own;
        }
        return stage.toCompletableFuture();
    }

    /**
     * Marks a future as observed, because what is attached to the source takes its failure over; a refusal by another loop counts as
     * noticed.
     */
    static void takesOver(LoopFuture<?> other, LoopFuture<?> source) {
        if (other.run == source.run) {
            other.observe();
        } else {
            other.lookedAt();
        }
    }

    /**
     * Whether a future that has not ended is ended by somebody else than the run of the loop to which this one belongs. When that run is over
     * there is no drain that could miss what others end, so all that counts then is that some loop ends it.
     */
    final boolean isOutside(CompletableFuture<?> future) {
        if (future instanceof LoopFuture<?> pel && pel.isEndedByItsLoop()) {
            return pel.run != run && !pel.isDone() && !run.queue.isClosed();
        }
        return !future.isDone();
    }

    // ------------------------------------------------------------------ who wants its end

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        if (!isDone()) {
            ATTACHED.getAndAdd(this, ONE_MORE + 1);
            look();
        }
        return cancelsUpstream() ? new Cancelling<>(run) : super.newIncompleteFuture();
    }

    /** Somebody may attach to it what cannot be seen: from here on it is held. */
    @Override
    public CompletableFuture<T> toCompletableFuture() {
        wanted();
        return super.toCompletableFuture();
    }

    @Override
    final boolean countsAttached() {
        return true;
    }

    @Override
    final void wanted() {
        ATTACHED.getAndAdd(this, 1L);
        look();
    }

    @Override
    @Nullable LoopFuture<?> detached() {
        lostOne();
        return null;
    }

    final void lostOne() {
        ATTACHED.getAndAdd(this, -1L);
        look();
    }

    final boolean isHeld() {
        return hold == STRONG;
    }

    final boolean hasEnded() {
        return hold == ENDED;
    }

    /** Brings the way in which it is held in line with the counts. Each thread that changes them looks afterwards, so the last look is right. */
    final void look() {
        while (true) {
            int now = hold;
            int due = now == ENDED ? ENDED : isWanted() ? STRONG : WEAK;
            if (now == due) {
                return;
            }
            if (HOLD.compareAndSet(this, now, due)) {
                held(now, due);
            }
        }
    }

    private boolean isWanted() {
        return !mayBeWeak() || isAttachedTo();
    }

    /** Whether something is attached that nobody has ended, or nothing was ever attached. */
    final boolean isAttachedTo() {
        long counts = attached;
        int all = (int) (counts >>> 32);
        int alive = (int) counts;
        // dependents attached through the plain CompletableFuture API, such as by allOf, are not in the count
        return alive > 0 || all == 0 || all > MOST_ATTACHED || getNumberOfDependents() > all;
    }

    private void held(int before, int after) {
        int way;
        do {
            way = hold;
            holdAs(way);
        } while (way != hold); // a later change by a concurrent thread may have been written before ours
        if (after == STRONG) {
            tellCallers(true);
        } else if (before == STRONG) {
            tellCallers(false);
        }
    }

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            held((int) HOLD.getAndSet(this, ENDED), ENDED);
        }
        return ended;
    }

    // ------------------------------------------------------------------ where it comes from

    @Override
    final @Nullable CallDetails ownDetails() {
        return details;
    }

    @Override
    final ContextPropagator.@Nullable Snapshot context() {
        return context;
    }

    @Override
    final Failure failure(Throwable cause, long failedAt) {
        StackTraceElement place = details == null ? null : details.place();
        return new Failure(
                cause,
                -1,
                Chain.label(this),
                Lane.ACTIVE,
                Duration.ofNanos(Math.max(0, failedAt - attachedAt)),
                place == null ? CallSites.of(cause) : place);
    }

    /**
     * The callback that a waiting future registers with another one. The JDK never removes such a callback, so it holds as little as
     * possible: the waiting future, a weak reference while nobody wants the result of that, or nothing once that has ended.
     */
    static final class Outsider<T extends @Nullable Object> implements EndCallback<T> {
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

        /** The future that calls, when it counts what waits for it. */
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

    /**
     * Hands the end of one future on to another, on the active thread. Through its queue and not directly, because futures that wait
     * for each other in a long row would otherwise complete each other in as many nested calls. It is made before the end, which then needs
     * no memory to come here.
     */
    static final class Relay<T extends @Nullable Object> implements EndCallback<T>, Signal.HandingOver {
        private static final VarHandle POSTED;

        static {
            try {
                POSTED = MethodHandles.lookup().findVarHandle(Relay.class, "posted", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final LoopFuture<T> to;

        @SuppressWarnings("UnusedVariable") // through POSTED
        private volatile boolean posted;

        private @Nullable T value;
        private @Nullable Throwable error;

        Relay(LoopFuture<T> to) {
            this.to = to;
        }

        /** Posts the end, from any thread. A second one comes too late, and is ignored. */
        @Override
        public void accept(@Nullable T newValue, @Nullable Throwable newError) {
            if (POSTED.compareAndSet(this, false, true)) {
                value = newValue;
                error = newError;
                post();
            }
        }

        private void post() {
            try {
                to.run.stack.ensureSomeRoom();
                to.run.queue.post(this);
            } catch (VirtualMachineError
                    | LinkageError e) { // a future of others may be completed at the end of a stack
                to.run.retries.keep(this, e);
            }
        }

        @Override
        public void run() {
            to.take(value, error);
        }

        @Override
        public void abandon() {
            to.take(value, error);
        }
    }
}
