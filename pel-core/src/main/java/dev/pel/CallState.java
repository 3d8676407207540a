package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The state of a call, and its transitions by name.
 *
 * <pre>
 * state           next states
 * PENDING         BODY_QUEUED (a timer fell due), ENDED
 * QUEUED          CLAIMED, ENDED
 * CLAIMED         RUNNING, QUEUED (for another attempt), ENDED_IN_QUEUE (a worker has taken it, but not yet counted that)
 * RUNNING         BODY_QUEUED (there is a body), ENDED, INTERRUPTING, ABANDONED, CLAIMED (its operation is to be tried again)
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
abstract class CallState<T extends @Nullable Object> extends LoopFuture<T> {
    static final int PENDING = 0;
    static final int QUEUED = 1;
    static final int CLAIMED = 2;
    static final int RUNNING = 3;
    static final int INTERRUPTING = 4;
    static final int ABANDONED = 5;
    static final int BODY_QUEUED = 6;
    static final int BODY_RUNNING = 7;
    static final int ENDED_IN_QUEUE = 8;
    static final int ENDED = 9;

    private static final int STATE_BITS = 4;
    private static final int ATTEMPT_MASK = 0xFF_FFFF;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;
    private static final int OUTCOME_MASK = 7;

    /** Of ABANDONED: the operation was interrupted, so it may come back with nothing but the echo of that. */
    private static final int INTERRUPTED = 1 << 7;

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int REFUSED = with(ENDED, Outcome.REJECTED);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CallState.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    CallState(RunServices run, int first) {
        super(run);
        STATE.set(this, first); // it is published with the call
    }

    private static int with(int step, Outcome outcome) {
        return step | outcome.ordinal() << STATE_BITS;
    }

    /** The state with another step, and the same outcome. */
    private static int stepTo(int state, int step) {
        return (state & ~STATE_MASK) | step;
    }

    static int running(int workerId) {
        return RUNNING | workerId << STATE_BITS;
    }

    /** Makes a transition; false when the state is another one. */
    final boolean move(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    // ------------------------------------------------------------------ what it is

    /** One of the states above. */
    final int step() {
        return state & STATE_MASK;
    }

    final boolean isQueued() {
        return step() == QUEUED;
    }

    final boolean isPending() {
        return state == PENDING;
    }

    /** Whether the call has ended, and its operation or body has not come back. */
    final boolean isLate() {
        return step() == ABANDONED;
    }

    /** Whether the thread that has ended the call is about to interrupt its operation. */
    final boolean isInterrupting() {
        return step() == INTERRUPTING;
    }

    final boolean wasInterrupted() {
        return (state & INTERRUPTED) != 0;
    }

    @Override
    final boolean isRefused() {
        return state == REFUSED;
    }

    /** The number of the worker on which the operation runs now; 0 when it does not. */
    final int runningOn() {
        int now = state;
        return (now & STATE_MASK) == RUNNING ? now >>> STATE_BITS : 0;
    }

    /** Whether its operation has begun, and has neither returned nor been left to a body; also when the handle has ended meanwhile. */
    final boolean isInOperation() {
        return switch (step()) {
            case RUNNING, INTERRUPTING, ABANDONED -> true;
            default -> false;
        };
    }

    /** How the call has ended; only when it has. */
    final Outcome ending() {
        return OUTCOMES[state >>> STATE_BITS & OUTCOME_MASK];
    }

    @Override
    public final @Nullable Outcome outcome() {
        if (isRefused()) {
            lookedAt();
        }
        return switch (step()) {
            case ABANDONED, ENDED_IN_QUEUE, ENDED -> isDone() ? ending() : null;
            default -> super.outcome();
        };
    }

    // ------------------------------------------------------------------ the operation

    /** Takes the call for a thread that is to run its operation. False when it has ended, or another thread has taken it. */
    boolean claimOperation() {
        return move(QUEUED, CLAIMED);
    }

    /** The state, to be compared with a later one. */
    final int stateWord() {
        return state;
    }

    /** The operation is to run once more; each time the state is another one, so that no thread takes it for that of an attempt before. */
    final boolean queueAgain(int attempt) {
        return move(CLAIMED, QUEUED | (attempt & ATTEMPT_MASK) << STATE_BITS);
    }

    /** Makes the operation run on the worker with this number. False when the call has been ended since it was claimed. */
    boolean beginOperation(int workerId) {
        return move(CLAIMED, running(workerId));
    }

    /** The operation has returned, and the body follows. False when the call was ended while the operation ran. */
    final boolean queueBody(int workerId) {
        return move(running(workerId), BODY_QUEUED);
    }

    /** The operation has returned or failed, and no body follows. False when the call was ended while the operation ran. */
    final boolean endOperation(int workerId, Outcome outcome) {
        return move(running(workerId), with(ENDED, outcome));
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
            move(now, stepTo(now, ABANDONED) | mark);
        }
    }

    // ------------------------------------------------------------------ the body

    /** Makes a timer that has fallen due a body in the queue. False when it has ended. */
    final boolean queueTimer() {
        return move(PENDING, BODY_QUEUED);
    }

    /** Cancels a timer that has not fallen due. */
    final boolean endPending(Outcome outcome) {
        return move(PENDING, with(ENDED, outcome));
    }

    final boolean beginBody() {
        return move(BODY_QUEUED, BODY_RUNNING);
    }

    /** The body has returned or failed. False when the call was ended while it ran. */
    final boolean endBody(Outcome outcome) {
        return move(BODY_RUNNING, with(ENDED, outcome));
    }

    /** Takes the right to count a call that was ended while its body was queued; null when another thread has it. */
    final @Nullable Outcome takeEndedInQueue() {
        int now = state;
        return stepOf(now) == ENDED_IN_QUEUE && move(now, stepTo(now, ENDED)) ? ending() : null;
    }

    // ------------------------------------------------------------------ the end

    /**
     * Ends the call from outside of its own code.
     *
     * @param interrupt whether an operation that runs is to be interrupted
     * @return the state before, whose step and number of a worker are asked with {@link #stepOf} and {@link #workerOf}; -1 when it had ended
     */
    final int endFromOutside(Outcome outcome, boolean interrupt) {
        while (true) {
            int now = state;
            int next;
            switch (now & STATE_MASK) {
                case PENDING, QUEUED -> next = ENDED;
                case CLAIMED, BODY_QUEUED -> next = ENDED_IN_QUEUE; // counted where it is taken
                case RUNNING -> next = interrupt ? INTERRUPTING : ABANDONED;
                case BODY_RUNNING -> next = ABANDONED;
                default -> {
                    return -1;
                }
            }
            if (move(now, with(next, outcome))) {
                return now;
            }
        }
    }

    /** The same for a call whose code has not begun: one that has is left alone. */
    final int endInQueue(Outcome outcome) {
        int now = state;
        int step = now & STATE_MASK;
        boolean waits = step == QUEUED || step == BODY_QUEUED;
        return waits && move(now, with(step == QUEUED ? ENDED : ENDED_IN_QUEUE, outcome)) ? now : -1;
    }

    static int stepOf(int state) {
        return state & STATE_MASK;
    }

    static int workerOf(int state) {
        return state >>> STATE_BITS;
    }

    /** Ends a call that only the current thread knows, or that no other thread will end. */
    final void endAlone(Outcome outcome) {
        state = with(ENDED, outcome);
    }
}
