package dev.pel;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A call with a key, a limit or retries: it counts in its lane from its submission on, and is in the queue of that only when its
 * {@link Admission} lets it. It gives back what it has when its code has left, however its handle has ended.
 */
final class HeldCall<T extends @Nullable Object> extends Call<T> implements Admitted {
    private final Admission admission;
    private final @Nullable Attachments attachments;
    private final Attempts attempts;
    private final boolean isLow;

    /** Null without one, and when the call has left. */
    private @Nullable Condition condition;

    /** Whether the operation has handed over to the body. Written and read by the thread that runs the operation, as the next one. */
    private boolean bodyFollows;

    /** The number of the worker on which the operation is; 0 when it is on none. */
    private volatile int runsOn;

    HeldCall(
            RunServices run,
            Lane lane,
            @Nullable Object operation,
            @Nullable Object body,
            CallTerms terms,
            boolean cancelsUpstream,
            Admission admission) {
        super(run, lane, operation, body, terms.labelled());
        this.admission = admission;
        this.attachments = cancelsUpstream ? new Attachments() : null;
        this.attempts = new Attempts(terms.retry(), submittedAt(), operation);
        this.condition = terms.condition();
        this.isLow = terms.priority() == Priority.LOW;
    }

    @Override
    Admission admission() {
        return admission;
    }

    @Override
    @Nullable Attachments attachments() {
        return attachments;
    }

    @Override
    public int attempts() {
        return isDone() ? attempts.begun() : attempts.number();
    }

    // ------------------------------------------------------------------ admission

    @Override
    public void admitted() {
        if (lane() == Lane.ACTIVE) {
            run.queue.post(this);
        } else {
            run.admit(lane(), this);
        }
    }

    @Override
    public void stopHeld() {
        stop();
    }

    @Override
    public void beginAdmission() {
        admission.begin(this);
    }

    @Override
    boolean isLow() {
        return isLow;
    }

    @Override
    boolean isHeld() {
        return admission.isHeld();
    }

    // ------------------------------------------------------------------ the operation

    /**
     * The queue of the lane may still hold the element of an earlier attempt, which a join has run: a thread that takes that element must not
     * begin the next attempt before its time. The state is read before the look at the admission, and each attempt has another one. So when a
     * concurrent thread runs a whole attempt after this read, the claim here fails.
     */
    @Override
    boolean claimOperation() {
        int seen = stateWord();
        return stepOf(seen) == QUEUED && !admission.isHeld() && move(seen, CLAIMED);
    }

    @Override
    boolean beginOperation(int workerId) {
        runsOn = workerId;
        return super.beginOperation(workerId);
    }

    @Override
    int codeRunsOn() {
        return runsOn;
    }

    @Override
    boolean mayWaitAgain() {
        return !bodyFollows && (admission.isHeld() || attempts.operation() != null);
    }

    @Override
    @Nullable Call<?> heldUpBy() {
        KeyQueue needed = admission.neededKey();
        return needed == null ? null : needed.holder();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same condition is meant
    public boolean cancelIfGiven(@Nullable BooleanSupplier given) {
        Condition own = condition;
        if (own == null) {
            return given == null && endHere(Outcome.CANCELLED, null, NobodyWantsIt.waitsInVain(null), false);
        }
        return own.holds() == given && endHere(Outcome.CANCELLED, null, own.waitsInVain(this::tellDefect), false);
    }

    /** A call that is to be skipped while it waits may be begun by a concurrent thread first: then it is not skipped. */
    @Override
    int endState(Outcome outcome, @Nullable Throwable error, boolean interrupt) {
        Condition own = condition;
        int before =
                NobodyWantsIt.isUnlessBegun(error) ? endInQueue(outcome) : super.endState(outcome, error, interrupt);
        if (before >= 0 && own != null && own.whenSkipped() != null && NobodyWantsIt.isSkip(error)) {
            tellSkipped(own.whenSkipped());
        }
        return before;
    }

    private void tellSkipped(Runnable listener) {
        try {
            listener.run();
        } catch (Throwable e) {
            tellDefect(e);
        }
    }

    @Override
    void endUnlessWanted() {
        Condition own = condition;
        NobodyWantsIt reason = own == null ? null : own.look(this::tellDefect);
        if (reason != null) {
            end(Outcome.CANCELLED, null, reason, false);
        }
    }

    /** Of what belongs to the condition. */
    private void tellDefect(Throwable thrown) {
        run.report(failure(thrown, run.machine.nanoTime()), capturedContext());
    }

    @Override
    @Nullable Object runOperation() throws Exception {
        admission.starts();
        attempts.begins();
        return super.runOperation();
    }

    @Override
    long enteredAt() {
        return attempts.enteredAt();
    }

    @Override
    void queuesBody(long now) {
        bodyFollows = true;
        super.queuesBody(now);
    }

    @Override
    boolean triesAgain(int workerId, Throwable error) {
        boolean again = !run.isOver() && attempts.areWorthAnother(error) && move(running(workerId), CLAIMED);
        if (again) {
            admission.attemptLeft();
        }
        return again;
    }

    @Override
    void comesAgain(long now) {
        attempts.next(now);
    }

    @Override
    boolean waitsAgain() {
        retakes(attempts.operation());
        return queueAgain(attempts.number());
    }

    @Override
    void operationLeft() {
        Duration time = attempts.takePause();
        runsOn = 0;
        if (time != null && isQueued()) {
            admission.pauses(time);
            return;
        }
        admission.operationLeft();
        if (!bodyFollows || step() == ENDED) {
            leave();
        }
    }

    // ------------------------------------------------------------------ the body

    @Override
    public void runOn(ActiveLane active) {
        try {
            super.runOn(active);
        } finally {
            leave();
        }
    }

    @Override
    public boolean begin(long startedAt) {
        if (condition != null) {
            ContextPropagator.Scope scope = run.active.openNested(capturedContext());
            try {
                endUnlessWanted();
            } finally {
                run.propagators.close(scope);
            }
        }
        return super.begin(startedAt);
    }

    @Override
    public void abandon() {
        try {
            super.abandon();
        } finally {
            leave();
        }
    }

    // ------------------------------------------------------------------ the end

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        if (outcome == Outcome.TIMED_OUT && error != null) {
            attempts.tellWhy(error);
        }
        return super.end(outcome, value, error, interrupt);
    }

    /** Gives back what it has, unless code of it still runs. */
    @Override
    void isAboutToBeTold() {
        int step = step();
        if (step == ENDED) {
            leave();
        } else if (step == ENDED_IN_QUEUE && leave() && lane() == Lane.ACTIVE) {
            countEndInQueue(queuedAt()); // it is in no queue: nobody else comes across it
        }
    }

    private boolean leave() {
        attempts.letGo();
        condition = null;
        return admission.leave();
    }
}
