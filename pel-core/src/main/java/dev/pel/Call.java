package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One call, from its submission to its end: the handle, the element of its lane's queue, and the element of the active lane's
 * queue, in one object.
 *
 * <pre>
 * state           next states
 * PENDING         BODY_QUEUED (a timer fell due), ENDED
 * QUEUED          CLAIMED, ENDED
 * CLAIMED         RUNNING, ENDED_IN_QUEUE (a worker has taken it, but not yet counted that)
 * RUNNING         BODY_QUEUED (there is a body), ENDED, INTERRUPTING, ABANDONED
 * INTERRUPTING    ABANDONED (the thread that ended it has interrupted the operation, or that has come back before)
 * ABANDONED       (the handle has ended, the code has not come back yet)
 * BODY_QUEUED     BODY_RUNNING, ENDED_IN_QUEUE
 * ENDED_IN_QUEUE  ENDED (the handle has ended; the thread that has taken the operation or the body counts the end)
 * BODY_RUNNING    ENDED, ABANDONED
 * ENDED
 * </pre>
 *
 * The thread that makes a transition owns what follows from it, so the handle ends exactly once, and every entry is counted exactly
 * once. A state that has ended carries its outcome; RUNNING carries the number of the worker that is to be interrupted.
 */
@SuppressWarnings("EnumOrdinal") // an outcome is part of the state's bits
class Call<T extends @Nullable Object> extends LoopFuture<T> implements ActiveEntry {
    private static final int PENDING = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int INTERRUPTING = 3;
    private static final int ABANDONED = 4;
    private static final int BODY_QUEUED = 5;
    private static final int ENDED_IN_QUEUE = 6;
    private static final int BODY_RUNNING = 7;
    private static final int ENDED = 8;
    private static final int CLAIMED = 9;
    private static final int STATE_BITS = 4;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;
    private static final int OUTCOME_MASK = 7;

    /** Of ABANDONED: the operation was interrupted, so it may come back with nothing but the echo of that. */
    private static final int INTERRUPTED = 1 << 7;

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int REFUSED = ended(Outcome.REJECTED);
    private static final byte ACTIVE = (byte) Lane.ACTIVE.ordinal();
    private static final Lane[] LANES = Lane.values();
    private static final VarHandle STATE;
    private static final VarHandle DETAILS;

    static {
        try {
            DETAILS = MethodHandles.lookup().findVarHandle(Call.class, "details", CallDetails.class);
            STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    /** The operation; once it has returned and a body follows, what it returned. */
    private @Nullable Object payload;

    private @Nullable Object body;

    /** Null also when nobody needs it any more, see {@link #letGoOfContext}. */
    private ContextPropagator.@Nullable Snapshot context;

    /** What most calls have nothing of. */
    private volatile @Nullable CallDetails details;

    private final long submittedAt;

    /** When the operation started; once it has returned, when the body was queued; then when that started. */
    private long since;

    /** Where the operation is; when that has returned, where the body is. */
    private byte lane;

    /** A call whose operation runs on a pool, or, in the active lane, whose body is all there is. */
    Call(RunServices run, Lane lane, @Nullable Object operation, @Nullable Object body, @Nullable String label) {
        this(run, lane, operation, body, label, run.active.submissionTime(), false);
        STATE.set(this, lane == Lane.ACTIVE ? BODY_QUEUED : QUEUED);
    }

    /** A timer. One that is set while the loop drains holds up the stop, whose log is to name it. */
    Call(RunServices run, Task body, @Nullable String label, long now) {
        this(run, Lane.ACTIVE, null, body, label, now, run.state() == LoopState.DRAINING);
        STATE.set(this, PENDING);
    }

    private Call(
            RunServices run,
            Lane lane,
            @Nullable Object operation,
            @Nullable Object body,
            @Nullable String label,
            long now,
            boolean needsPlace) {
        super(run);
        this.lane = (byte) lane.ordinal();
        this.payload = operation;
        this.body = body;
        this.context = run.propagators.capture();
        this.submittedAt = now;
        this.since = now;
        CallSites.Trail trail = needsPlace ? run.callSites.takeInAnyCase(now) : run.callSites.take(now);
        if (label != null || trail != null) {
            DETAILS.set(this, new CallDetails(label, trail));
        }
    }

    // ------------------------------------------------------------------ the operation

    final boolean isQueued() {
        return state == QUEUED;
    }

    /** The number of the worker on which the operation runs now; 0 when it does not. */
    final int runningOn() {
        int now = state;
        return (now & STATE_MASK) == RUNNING ? now >>> STATE_BITS : 0;
    }

    /** Takes the call for a thread that is to run its operation. False when it has ended, or another thread has taken it. */
    final boolean claimOperation() {
        return STATE.compareAndSet(this, QUEUED, CLAIMED);
    }

    /** The operation begins now. */
    final void startsAt(long now) {
        since = now;
    }

    /** Makes the operation run on the worker with this number. False when the call has been ended since it was claimed. */
    final boolean beginOperation(int workerId) {
        return STATE.compareAndSet(this, CLAIMED, running(workerId));
    }

    /** Runs the operation, which the call then holds no longer: one that ends meanwhile holds nothing but what runs. */
    final @Nullable Object runOperation() throws Exception {
        Object operation = payload;
        payload = null;
        if (operation instanceof Callable<?> callable) {
            return callable.call();
        } else if (operation instanceof Task task) {
            task.run();
        }
        return null;
    }

    final boolean hasBody() {
        return body != null;
    }

    /** The operation has returned this, and the body follows. False when the call was ended while the operation ran. */
    final boolean returned(int workerId, @Nullable Object value) {
        payload = value;
        return STATE.compareAndSet(this, running(workerId), BODY_QUEUED);
    }

    /** The body, of an operation that has returned, is in the queue of the active lane from now on. */
    final void queuesBody(long now) {
        since = now;
        lane = ACTIVE; // a concurrent thread that ends the call from here on does not read it
    }

    /** The operation has returned or failed, and no body follows. False when the call was ended while the operation ran. */
    final boolean ends(int workerId, Outcome outcome) {
        if (STATE.compareAndSet(this, running(workerId), ended(outcome))) {
            letGoOfCode(); // when the operation has failed, its body too
            return true;
        }
        return false;
    }

    /** Tells the handle how the operation has ended, and lets go of the context when it is needed no more. */
    final void tellEnd(Outcome outcome, @Nullable Object value, @Nullable Throwable error) {
        conclude(outcome, value, error);
        letGoOfContextUnlessFailed(outcome);
    }

    /** How others have ended a call that was claimed, and holds no code from here on. */
    final Outcome droppedAs() {
        Outcome outcome = outcomeOf(state);
        letGoOfCode();
        letGoOfContext(outcome);
        return outcome;
    }

    /** The operation of a call that has ended before has come back; returns whether with something that comes too late. */
    final boolean cameBack(@Nullable Throwable error) {
        payload = null;
        tellLate(error);
        letGoOfContext(outcomeOf(state));
        return !isEcho(error);
    }

    /** Whether the call has ended, and its operation or body has not been booked as back. */
    final boolean isLate() {
        return (state & STATE_MASK) == ABANDONED;
    }

    // ------------------------------------------------------------------ the interrupt of the operation

    /** Whether the thread that has ended the call is about to interrupt its operation. */
    final boolean isInterrupting() {
        return (state & STATE_MASK) == INTERRUPTING;
    }

    /** The operation has been interrupted; it may come back with nothing but the echo of that. */
    final void interrupted() {
        leaveInterrupting(INTERRUPTED);
    }

    /** The operation has come back before it was interrupted, and is not going to be. */
    final void spared() {
        leaveInterrupting(0);
    }

    private void leaveInterrupting(int mark) {
        int now = state;
        if ((now & STATE_MASK) == INTERRUPTING) {
            STATE.compareAndSet(this, now, late(outcomeOf(now)) | mark);
        }
    }

    /** Code has failed after its call had ended. Nobody that holds the handle will ever learn of it. */
    private void tellLate(@Nullable Throwable error) {
        if (error != null && !isEcho(error)) {
            run.report(failure(Causes.cause(error)).asLate(), context);
        }
    }

    /** Whether an error is what pel's own interrupt has caused, or the stop, which interrupts all that runs. */
    private boolean isEcho(@Nullable Throwable error) {
        if (error == null) {
            return false;
        }
        return run.isOver() ? InterruptEcho.isOfStop(error) : (state & INTERRUPTED) != 0 && InterruptEcho.isIn(error);
    }

    // ------------------------------------------------------------------ the body

    @Override
    public final void runOn(ActiveLane active) {
        active.run(this);
    }

    @Override
    public final boolean claim() {
        if (run.isOver()) {
            abandon();
            return false;
        }
        return true;
    }

    @Override
    public final boolean begin(long startedAt) {
        since = startedAt; // before the mark: a concurrent thread that ends the body reads it
        return STATE.compareAndSet(this, BODY_QUEUED, BODY_RUNNING);
    }

    /** Its place in the queue of the active lane is free, and its body will never run. */
    @Override
    public final void abandon() {
        stop(); // unless it has ended already
        long queuedAt = since;
        Outcome ended = endedInQueue();
        if (ended != null) {
            run.active.abandoned(this, ended, queuedAt);
        }
    }

    @Override
    public final @Nullable Outcome endedInQueue() {
        int now = state;
        boolean isMine = (now & STATE_MASK) == ENDED_IN_QUEUE && STATE.compareAndSet(this, now, ended(outcomeOf(now)));
        return isMine ? outcomeOf(now) : null;
    }

    /** Makes a timer that has fallen due a body in the queue. False when it has ended. */
    final boolean fallDue(long due) {
        since = due;
        return STATE.compareAndSet(this, PENDING, BODY_QUEUED);
    }

    final boolean isPending() {
        return state == PENDING;
    }

    @Override
    public final @Nullable Outcome runCode() {
        Throwable error = null;
        Object code = body;
        Object value = payload;
        letGoOfCode(); // a call that ends meanwhile holds nothing but what runs
        try {
            value = continueWith(code, value);
        } catch (Throwable e) {
            error = wrapped(e);
        }
        Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
        if (STATE.compareAndSet(this, BODY_RUNNING, ended(outcome))) {
            payload = error == null ? value : error;
            run.tally.callEnded(outcome, true);
            return outcome;
        }
        tellLate(error);
        run.activeBooks.cameBack(!isEcho(error));
        letGoOfContext(outcomeOf(state));
        return null;
    }

    @Override
    public final void conclude(Outcome outcome) {
        Object end = payload;
        payload = null;
        if (outcome == Outcome.SUCCEEDED) {
            conclude(outcome, end, null);
            letGoOfContext();
        } else {
            conclude(outcome, null, (Throwable) end);
        }
    }

    @Override
    public final void broken(Throwable error) {
        endBroken(error);
        if ((state & STATE_MASK) == ABANDONED) {
            run.activeBooks.cameBack(false);
        }
    }

    @Override
    public final boolean stopRunning() {
        return stop();
    }

    @Override
    public final long beganAt(long waited) {
        return since;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // next and work pair the body with an operation of its type
    private static @Nullable Object continueWith(@Nullable Object body, @Nullable Object value) throws Exception {
        if (body instanceof Body<?>) {
            ((Body<@Nullable Object>) body).accept(value);
        } else if (body instanceof Task task) {
            task.run();
        } else if (body instanceof Callable<?> callable) { // of enqueue: there is no operation
            return callable.call();
        }
        return value;
    }

    // ------------------------------------------------------------------ the end

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        while (true) {
            int now = state;
            int next;
            switch (now & STATE_MASK) {
                case PENDING, QUEUED -> next = ended(outcome);
                case CLAIMED, BODY_QUEUED ->
                    next = ENDED_IN_QUEUE | outcome.ordinal() << STATE_BITS; // booked where it is taken
                case RUNNING -> next = interrupt ? INTERRUPTING | outcome.ordinal() << STATE_BITS : late(outcome);
                case BODY_RUNNING -> next = late(outcome);
                default -> {
                    return false;
                }
            }
            if (STATE.compareAndSet(this, now, next)) {
                try {
                    book(now, outcome, interrupt);
                } finally {
                    conclude(outcome, value, error); // in any case: nobody else will
                }
                if (!hasBegun(now)) {
                    letGoOfContext(outcome); // else in lateReturn, or where the call is taken
                }
                return true;
            }
        }
    }

    private static boolean hasBegun(int state) {
        int step = state & STATE_MASK;
        return step == CLAIMED || step == RUNNING || step == BODY_RUNNING;
    }

    /** Books that the call, in the given state, was ended by others. */
    private void book(int before, Outcome outcome, boolean interrupt) {
        switch (before & STATE_MASK) {
            case PENDING -> {
                letGoOfCode();
                timerEnded(outcome);
            }
            case QUEUED -> {
                letGoOfCode();
                run.tally.callEnded(outcome, false);
                run.endedInPool(lane(), this, outcome, submittedAt);
            }
            case BODY_QUEUED -> {
                letGoOfCode();
                run.tally.callEnded(outcome, false);
                run.tally.entryEnded(outcome, false);
            }
            case RUNNING -> {
                if (interrupt) {
                    interruptWorker(before >>> STATE_BITS);
                }
                run.tally.callEnded(outcome, true);
                body = null;
                run.books(lane()).cutOff(this, outcome, since - submittedAt, since);
            }
            case BODY_RUNNING -> {
                run.tally.callEnded(outcome, true);
                run.activeBooks.cutOff(this, outcome, run.current.waited(), since);
            }
            default -> { // CLAIMED
                run.tally.callEnded(outcome, false);
                run.tally.entryEnded(outcome, false);
            }
        }
    }

    private void interruptWorker(int id) {
        try {
            run.interrupt(id, this);
        } finally {
            interrupted(); // in any case, should that have failed: the operation is waited for
        }
    }

    /** Cancels a timer that has not fallen due. */
    final boolean cancelPending() {
        if (STATE.compareAndSet(this, PENDING, ended(Outcome.CANCELLED))) {
            try {
                letGoOfCode();
                timerEnded(Outcome.CANCELLED);
            } finally {
                conclude(Outcome.CANCELLED, null, new TimerCancelled());
            }
            letGoOfContext(Outcome.CANCELLED);
            return true;
        }
        return false;
    }

    /** Called when a pending timer has ended; only timers are ever pending. */
    void timerEnded(Outcome outcome) {}

    /** The state has decided; now the handle is told, and with it everybody who waits. */
    private void conclude(Outcome outcome, @Nullable Object value, @Nullable Throwable error) {
        if (error == null) {
            @SuppressWarnings("unchecked") // it is what the operation returned, or what complete was given
            T result = (T) value;
            finish(result);
        } else {
            finish(outcome, error);
        }
    }

    /**
     * Pel itself has failed, or had no memory, while the current thread had this call in hand: its handle ends in any case. When the
     * state says that the call has ended by itself, and the handle has not, nobody but the current thread will end that.
     */
    final void endBroken(Throwable error) {
        if (!end(Outcome.FAILED, null, error, false) && (state & STATE_MASK) == ENDED && !isDone()) {
            state = ended(Outcome.FAILED);
            letGoOfCode();
            finish(Outcome.FAILED, error);
        }
    }

    /** Whoever made the transition after which nobody else reads operation and body. */
    private void letGoOfCode() {
        payload = null;
        body = null;
    }

    /**
     * Others have ended the call. The context is opened once more when that reaches the error handler, and is let go of then; when
     * somebody deals with the end, and what depends on it is reported, that has a context of its own.
     */
    private void letGoOfContext(Outcome outcome) {
        boolean isFailure = outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT;
        if (!isFailure || isObserved()) {
            letGoOfContext();
        }
    }

    /** The call has ended by itself. The failure of what depends on it is reported as its own, in its context. */
    private void letGoOfContextUnlessFailed(Outcome outcome) {
        if (outcome == Outcome.SUCCEEDED) {
            letGoOfContext();
        }
    }

    @Override
    final void letGoOfContext() {
        if (context != null) { // mostly there is none, and nothing is written
            context = null;
        }
    }

    /** Ends a call that no lane has accepted. */
    final void reject(CallRejectedException why) {
        rejectToCaller(why);
        run.refusals.count(why, isTimer());
    }

    /** The same for a call whose submitter gets the refusal thrown, so that nobody else need be told. */
    final void rejectToCaller(CallRejectedException why) {
        state = REFUSED;
        letGoOfCode();
        letGoOfContext();
        finish(Outcome.REJECTED, why);
        run.listeners.rejected(this, why);
    }

    /** A call has its outcome in its state. */
    @Override
    final Throwable given(Throwable error) {
        return error;
    }

    @Override
    final boolean isBound() {
        return true;
    }

    @Override
    final @Nullable CallDetails ownDetails() {
        return details;
    }

    @Override
    final boolean isRefused() {
        return state == REFUSED;
    }

    @Override
    public final @Nullable Outcome outcome() {
        if (isRefused()) {
            lookedAt();
        }
        return knownOutcome();
    }

    private @Nullable Outcome knownOutcome() {
        int now = state;
        return switch (now & STATE_MASK) {
            case ABANDONED, ENDED_IN_QUEUE, ENDED -> isDone() ? outcomeOf(now) : null;
            default -> super.outcome();
        };
    }

    /** What the code of a call throws ends it as in the JDK: wrapped, in contrast to what others end it with. */
    static Throwable wrapped(Throwable error) {
        try {
            return Causes.wrap(error);
        } catch (OutOfMemoryError e) {
            return error; // the call must end, and its outcome is in its state
        }
    }

    private static int running(int workerId) {
        return RUNNING | workerId << STATE_BITS;
    }

    private static int ended(Outcome outcome) {
        return ENDED | outcome.ordinal() << STATE_BITS;
    }

    private static int late(Outcome outcome) {
        return ABANDONED | outcome.ordinal() << STATE_BITS;
    }

    private static Outcome outcomeOf(int state) {
        return OUTCOMES[state >>> STATE_BITS & OUTCOME_MASK];
    }

    // ------------------------------------------------------------------ what it tells

    @Override
    public final long id() {
        CallDetails known = details;
        while (known == null) {
            DETAILS.compareAndSet(
                    this, null, new CallDetails(null, null)); // or the rival does: several may ask at once
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

    final Lane lane() {
        return LANES[lane];
    }

    /** When the operation or the body began that runs now. Another thread may see the time of the step before. */
    final long startedAt() {
        return since;
    }

    final long submittedAt() {
        return submittedAt;
    }

    /** When it came into the queue in which it is. */
    @Override
    public final long queuedAt() {
        return lane == ACTIVE ? since : submittedAt;
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

    /** Without a stack trace, which would take more time and memory than the timer itself. */
    private static final class TimerCancelled extends CancellationException {
        private static final long serialVersionUID = 1L;

        TimerCancelled() {
            super("The timer was cancelled before it fell due");
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
