package dev.pel;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One call, from its submission to its end: the handle, the element of its lane's queue, and the element of the active lane's
 * queue, in one object. {@link CallState} says what it may become next; here is what follows from each step.
 */
class Call<T extends @Nullable Object> extends DescribedCall<T> {
    /** The operation; once it has returned and a body follows, what it returned. */
    private @Nullable Object payload;

    private @Nullable Object body;

    /** A call whose operation runs on a pool, or, in the active lane, whose body is all there is. */
    Call(
            RunServices run,
            Lane lane,
            @Nullable Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled) {
        this(
                run,
                lane == Lane.ACTIVE ? BODY_QUEUED : QUEUED,
                lane,
                operation,
                body,
                labelled,
                run.active.submissionTime(),
                false);
    }

    /** A timer. One that is set while the loop drains holds up the stop, whose log is to name it. */
    Call(RunServices run, Task body, @Nullable CallDetails labelled, long now) {
        this(run, PENDING, Lane.ACTIVE, null, body, labelled, now, run.state() == LoopState.DRAINING);
    }

    /** The tick of a periodic timer. */
    Call(RunServices run, Task body, CallDetails details, ContextPropagator.@Nullable Snapshot context, long now) {
        super(run, PENDING, Lane.ACTIVE, context, details, now);
        this.body = body;
    }

    private Call(
            RunServices run,
            int first,
            Lane lane,
            @Nullable Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled,
            long now,
            boolean needsPlace) {
        super(
                run,
                first,
                lane,
                run.propagators.capture(),
                CallDetails.of(run.callSites, labelled, now, needsPlace),
                now);
        this.payload = operation;
        this.body = body;
    }

    // ------------------------------------------------------------------ the operation

    /** Runs the operation and clears the reference to it, so that a call which ends meanwhile does not keep it in memory. */
    @Nullable Object runOperation() throws Exception {
        Object operation = payload;
        payload = null;
        if (operation instanceof Callable<?> callable) {
            return callable.call();
        } else if (operation instanceof Task task) {
            task.run();
        }
        return null;
    }

    /** The operation that is to be tried again. */
    final void retakes(@Nullable Object operation) {
        payload = operation;
    }

    final boolean hasBody() {
        return body != null;
    }

    /** The operation has returned this, and the body follows. False when the call was ended while the operation ran. */
    final boolean returned(int workerId, @Nullable Object value) {
        payload = value;
        return queueBody(workerId);
    }

    /** The operation has returned or failed, and no body follows. False when the call was ended while the operation ran. */
    final boolean ends(int workerId, Outcome outcome) {
        if (endOperation(workerId, outcome)) {
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

    /** Lets go of the code of a claimed call that another thread has ended; returns its outcome. */
    final Outcome droppedAs() {
        Outcome outcome = ending();
        letGoOfCode();
        letGoOfContext(outcome);
        return outcome;
    }

    /** The operation has returned after its call had ended; returns whether its result or failure counts as late. */
    final boolean cameBack(@Nullable Throwable error) {
        payload = null;
        tellLate(error);
        letGoOfContext(ending());
        return !isEcho(error);
    }

    /** Reports a failure that came after the end of its call, because no handle shows it. */
    private void tellLate(@Nullable Throwable error) {
        if (error != null && !isEcho(error)) {
            Failure failure = failure(Causes.cause(error), run.machine.nanoTime());
            run.report(failure.asLate(), capturedContext());
        }
    }

    /**
     * Called when running code has failed. If the stop of the loop is the cause, the call ends as STOPPED: the stop may have ended another
     * call for which the code waited, a moment before it comes to this one.
     */
    final void heedStop(Throwable error) {
        if (run.endsByStop(error)) {
            // without an interrupt of this thread, which would reach listeners and attached code
            end(Outcome.STOPPED, null, new CallStoppedException(run.name(), description()), false);
        }
    }

    /** Whether an error was caused by pel's own interrupt of this call, or by the stop, which interrupts all that runs. */
    private boolean isEcho(@Nullable Throwable error) {
        return error != null && (run.endsByStop(error) || (wasInterrupted() && InterruptEcho.isIn(error)));
    }

    // ------------------------------------------------------------------ the body

    @Override
    public void runOn(ActiveLane lane) {
        if (lane.begins(this)) {
            lane.run(this);
        }
    }

    @Override
    public final boolean claim() {
        if (run.isOver()) {
            run.abandonHere(this);
            return false;
        }
        return true;
    }

    @Override
    public boolean begin(long startedAt) {
        startsAt(startedAt); // before the mark: a concurrent thread that ends the body reads it
        return beginBody();
    }

    /** Its place in the queue of the active lane is free, and its body will never run. */
    @Override
    public void abandon() {
        stop(); // unless it has ended already
        countEndInQueue(startedAt());
    }

    /** Counts its end in the queue of the active lane, if the current thread is to do that. */
    final void countEndInQueue(long queuedAt) {
        Outcome ended = endedInQueue();
        if (ended != null) {
            run.active.abandoned(this, ended, queuedAt);
        }
    }

    @Override
    public final @Nullable Outcome endedInQueue() {
        return takeEndedInQueue();
    }

    /** Makes a timer that has fallen due a body in the queue. False when it has ended. */
    final boolean fallDue() {
        return queueTimer();
    }

    @Override
    public final @Nullable Outcome runCode() {
        Throwable error = null;
        Object code = body;
        Object value = payload;
        letGoOfCode(); // a call that ends meanwhile must not keep it in memory
        try {
            value = continueWith(code, value);
        } catch (Throwable e) {
            error = Causes.wrapIfPossible(e);
            heedStop(error);
        }
        Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
        if (endBody(outcome)) {
            payload = error == null ? value : error;
            run.tally.callEnded(outcome, true);
            return outcome;
        }
        tellLate(error);
        run.activeBooks.cameBack(!isEcho(error));
        letGoOfContext(ending());
        return null;
    }

    @Override
    public final void conclude(Outcome outcome) {
        Object end = payload;
        payload = null;
        if (Objects.requireNonNull(outcome) == Outcome.SUCCEEDED) {
            conclude(outcome, end, null);
            letGoOfContext();
        } else {
            conclude(outcome, null, (Throwable) end);
        }
    }

    @Override
    public final @Nullable Outcome broken(Throwable error) {
        endBroken(Objects.requireNonNull(error));
        if (isLate()) {
            run.activeBooks.cameBack(false);
        }
        return takeEndedInQueue();
    }

    @Override
    public final boolean stopRunning() {
        return stop();
    }

    @Override
    public final long beganAt(long waited) {
        return startedAt();
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
        int before = endState(outcome, error, interrupt);
        if (before < 0) {
            return false;
        }
        try {
            book(before, outcome, interrupt);
        } finally {
            conclude(outcome, value, error); // in any case: nobody else will
        }
        if (!hasBegun(before)) {
            letGoOfContext(outcome); // else in cameBack, or where the call is taken
        }
        return true;
    }

    /** Makes the transition of that; returns what {@link #endFromOutside} does. */
    int endState(Outcome outcome, @Nullable Throwable error, boolean interrupt) {
        return endFromOutside(outcome, interrupt);
    }

    private static boolean hasBegun(int state) {
        int step = stepOf(state);
        return step == CLAIMED || step == RUNNING || step == BODY_RUNNING;
    }

    /** Books that the call, in the given state, was ended by others. */
    private void book(int before, Outcome outcome, boolean interrupt) {
        switch (stepOf(before)) {
            case PENDING -> {
                letGoOfCode();
                timerEnded(outcome);
            }
            case QUEUED -> {
                letGoOfCode();
                run.tally.callEnded(outcome, false);
                run.endedInPool(lane(), this, outcome, enteredAt());
            }
            case BODY_QUEUED -> {
                letGoOfCode();
                run.tally.callEnded(outcome, false);
                run.tally.entryEnded(outcome, false);
            }
            case RUNNING -> {
                if (interrupt) {
                    interruptWorker(workerOf(before));
                }
                run.tally.callEnded(outcome, true);
                body = null;
                run.books(lane()).cutOff(this, outcome, startedAt() - enteredAt(), startedAt());
            }
            case BODY_RUNNING -> {
                run.tally.callEnded(outcome, true);
                run.activeBooks.cutOff(this, outcome, run.current.waited(), startedAt());
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

    /** Called when a pending timer has ended; only timers are ever pending. */
    void timerEnded(Outcome outcome) {}

    /** Completes the handle after the state was decided, which wakes waiting threads and queues dependents. */
    private void conclude(Outcome outcome, @Nullable Object value, @Nullable Throwable error) {
        isAboutToBeTold();
        if (error == null) {
            @SuppressWarnings("unchecked") // it is what the operation returned, or what complete was given
            T result = (T) value;
            finish(result);
        } else {
            finish(outcome, error);
        }
    }

    /**
     * Ends the call after a failure inside pel, or when no memory was left, while the current thread worked on it. When the state has ended
     * and the handle has not, only the current thread can still end the handle.
     */
    public final void endBroken(Throwable error) {
        if (!end(Outcome.FAILED, null, error, false) && step() == ENDED && !isDone()) {
            endAlone(Outcome.FAILED);
            letGoOfCode();
            isAboutToBeTold();
            finish(Outcome.FAILED, error);
        }
    }

    /** Clears operation and body. Called by the thread that made the transition after which no other thread reads them. */
    final void letGoOfCode() {
        payload = null;
        body = null;
    }

    /**
     * Lets go of the context of a call that was ended from outside, unless that end may reach the error handler, which runs in this
     * context. When somebody deals with the end, only what depends on it is reported, in a context of its own.
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

    /** Ends a call that no lane has accepted. */
    final void reject(CallRejectedException why) {
        rejectToCaller(why);
        run.refusals.count(why, isTimer());
    }

    /** The same when the refusal is thrown to the submitter, so that the log need not tell it. */
    final void rejectToCaller(CallRejectedException why) {
        endAlone(Outcome.REJECTED);
        letGoOfCode();
        letGoOfContext();
        isAboutToBeTold();
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
}
