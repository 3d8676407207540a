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
 * state          next states
 * PENDING        BODY (a timer fell due), ENDED
 * QUEUED         CLAIMED, ENDED
 * CLAIMED        RUNNING, DROPPED (a worker has taken it, but not yet booked that)
 * RUNNING        RETURNED (there is a body), ENDED, INTERRUPTING, LATE
 * INTERRUPTING   LATE
 * LATE           (the handle has ended, the operation has not come back yet)
 * RETURNED       BODY, DROPPED
 * DROPPED        ENDED (the handle has ended; whoever has the operation or the body in hand books it)
 * BODY           ENDED, LATE
 * ENDED
 * </pre>
 *
 * Whoever makes a transition owns what follows from it, so the handle ends exactly once, and every entry is counted exactly
 * once. A state that has ended carries its outcome; RUNNING carries the number of the worker that is to be interrupted.
 */
@SuppressWarnings("EnumOrdinal") // an outcome is part of the state's bits
class Call<T extends @Nullable Object> extends LoopFuture<T> implements CallInfo, ActiveEntry {
    private static final int PENDING = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int INTERRUPTING = 3;
    private static final int LATE = 4;
    private static final int RETURNED = 5;
    private static final int DROPPED = 6;
    private static final int BODY = 7;
    private static final int ENDED = 8;
    private static final int CLAIMED = 9;
    private static final int STATE_BITS = 4;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    /** The operation; once it has returned and a body follows, what it returned. */
    private @Nullable Object payload;

    private @Nullable Object body;
    private final @Nullable PoolLane lane;
    private final @Nullable String label;
    private final ContextCarrier.@Nullable Snapshot context;
    private final @Nullable StackTraceElement place;
    private long id;
    private final long submittedAt;
    private long queuedAt;
    private long startedAt;
    private boolean inBody;

    /** A call whose operation runs on a pool, or, when lane is null, whose body is all there is. */
    Call(
            Generation generation,
            @Nullable PoolLane lane,
            @Nullable Object operation,
            @Nullable Object body,
            @Nullable String label) {
        super(generation);
        this.lane = lane;
        this.payload = operation;
        this.body = body;
        this.label = label;
        this.context = generation.carriers.capture();
        this.submittedAt = generation.machine.nanoTime();
        this.queuedAt = submittedAt;
        this.place = generation.places.take(submittedAt);
        STATE.set(this, lane == null ? RETURNED : QUEUED);
    }

    /** A timer. */
    Call(Generation generation, Task body) {
        super(generation);
        this.lane = null;
        this.body = body;
        this.label = null;
        this.context = generation.carriers.capture();
        this.submittedAt = generation.machine.nanoTime();
        this.queuedAt = submittedAt;
        this.place = generation.places.take(submittedAt);
        STATE.set(this, PENDING);
    }

    // ------------------------------------------------------------------ the operation

    /** Gives the call its number. Before it is queued. */
    final void number(long number) {
        id = number;
    }

    final boolean isQueued() {
        return state == QUEUED;
    }

    /** Runs the operation on the current thread, unless the call has ended or another thread has it. */
    final void runOperation(Worker worker) {
        if (!STATE.compareAndSet(this, QUEUED, CLAIMED)) {
            return; // whoever ended it has freed its place; whoever runs it has taken it
        }
        PoolLane home = pool();
        Call<?> outer = worker.enter(this);
        try {
            startedAt = generation.machine.nanoTime();
            // booked before anybody can see it run: the rival that ends a running call books the end
            home.left();
            if (STATE.compareAndSet(this, CLAIMED, RUNNING | worker.id() << STATE_BITS)) {
                operate(worker, home);
            } else {
                home.droppedAtStart(this, outcomeOf(state), queuedAt);
                payload = null;
                body = null;
            }
        } catch (Throwable e) {
            // the operation's own are caught in operate: here no stack or no memory was left for pel
            end(Outcome.FAILED, null, e, false);
            if ((state & STATE_MASK) == LATE) {
                home.cameBack(false);
            }
        } finally {
            worker.leave(outer);
        }
    }

    private void operate(Worker worker, PoolLane home) {
        generation.listeners.started(this, home.lane(), startedAt - queuedAt);
        Object value = null;
        Throwable error = null;
        ContextCarrier.Scope scope = Carriers.open(context);
        try {
            value = invoke(payload);
        } catch (Throwable e) {
            error = e;
        } finally {
            Carriers.close(scope);
        }
        operationOver(worker, home, value, error);
    }

    private static @Nullable Object invoke(@Nullable Object code) throws Exception {
        if (code instanceof Callable<?> callable) {
            return callable.call();
        } else if (code instanceof Task task) {
            task.run();
        }
        return null;
    }

    private void operationOver(Worker worker, PoolLane home, @Nullable Object value, @Nullable Throwable error) {
        int running = RUNNING | worker.id() << STATE_BITS;
        if (error == null && body != null) {
            payload = value;
            if (STATE.compareAndSet(this, running, RETURNED)) {
                Thread.interrupted();
                long now = generation.machine.nanoTime();
                long waited = startedAt - queuedAt;
                queuedAt = now;
                // booked in the active lane first: a drain must not find both lanes empty in between
                generation.active.reserve(this);
                home.ended(this, Outcome.SUCCEEDED, waited, now - startedAt);
                generation.active.post(this);
                return;
            }
        } else {
            Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
            if (STATE.compareAndSet(this, running, ended(outcome))) {
                Thread.interrupted();
                payload = null;
                long now = generation.machine.nanoTime();
                home.ended(this, outcome, startedAt - queuedAt, now - startedAt);
                conclude(outcome, value, error);
                return;
            }
        }
        lateReturn(home, error);
    }

    /** The call has ended while its operation ran. */
    private void lateReturn(PoolLane home, @Nullable Throwable error) {
        // the rival is between its mark and its interrupt; the flag must not reach the next operation
        while ((state & STATE_MASK) == INTERRUPTING) {
            generation.machine.giveWay();
        }
        Thread.interrupted();
        payload = null;
        body = null;
        home.cameBack(error == null);
    }

    // ------------------------------------------------------------------ the body

    @Override
    public void run(ActiveLane active) {
        if (generation.isOver()) {
            abandon();
            return;
        }
        startedAt = active.taken(this, queuedAt);
        if (STATE.compareAndSet(this, RETURNED, BODY)) {
            runBody(active);
        } else {
            active.notRun();
            endDropped();
        }
    }

    /** Its place in the queue of the active lane is free, and its body will never run. */
    @Override
    public void abandon() {
        stop(); // unless it has ended already
        if ((state & STATE_MASK) == DROPPED) {
            generation.active.leftBehind();
            endDropped();
        }
    }

    private void endDropped() {
        int now = state;
        if ((now & STATE_MASK) == DROPPED && STATE.compareAndSet(this, now, ended(outcomeOf(now)))) {
            generation.active.dropped(this, outcomeOf(now), queuedAt);
        }
    }

    /** Makes a timer that has fallen due the running body. False when it has ended. */
    final boolean fallDue(long due) {
        queuedAt = due;
        startedAt = due;
        return STATE.compareAndSet(this, PENDING, BODY);
    }

    final void startedAt(long now) {
        startedAt = now;
    }

    final boolean isPending() {
        return state == PENDING;
    }

    final void runBody(ActiveLane active) {
        inBody = true;
        active.started(this, startedAt - queuedAt);
        Throwable error = null;
        ContextCarrier.Scope scope = Carriers.open(context);
        try {
            continueWith(body, payload);
        } catch (Throwable e) {
            error = e;
        } finally {
            Carriers.close(scope);
        }
        Outcome outcome = error == null ? Outcome.SUCCEEDED : Outcome.FAILED;
        Object value = payload;
        payload = null;
        body = null;
        if (STATE.compareAndSet(this, BODY, ended(outcome))) {
            active.ended(this, outcome, queuedAt, startedAt);
            conclude(outcome, value, error); // what others attached past pel runs here: still somebody's code
            active.notRun();
        } else {
            active.cameBack(error == null);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // next and work pair the body with an operation of its type
    private static void continueWith(@Nullable Object body, @Nullable Object value) throws Exception {
        if (body instanceof Body<?>) {
            ((Body<@Nullable Object>) body).accept(value);
        } else if (body instanceof Task task) {
            task.run();
        }
    }

    // ------------------------------------------------------------------ the end

    @Override
    final boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        while (true) {
            int now = state;
            switch (now & STATE_MASK) {
                case PENDING -> {
                    if (STATE.compareAndSet(this, now, ended(outcome))) {
                        timerEnded(outcome);
                        return conclude(outcome, value, error);
                    }
                }
                case QUEUED -> {
                    if (STATE.compareAndSet(this, now, ended(outcome))) {
                        payload = null;
                        body = null;
                        pool().dropped(this, outcome, queuedAt);
                        return conclude(outcome, value, error);
                    }
                }
                case CLAIMED -> {
                    if (STATE.compareAndSet(this, now, DROPPED | outcome.ordinal() << STATE_BITS)) {
                        generation.countStopped(outcome, false);
                        return conclude(outcome, value, error); // the worker books it, see runOperation
                    }
                }
                case RUNNING -> {
                    if (STATE.compareAndSet(this, now, interrupt ? INTERRUPTING : late(outcome))) {
                        if (interrupt) {
                            generation.interrupt(now >>> STATE_BITS, this);
                            state = late(outcome); // the operation may come back from here on, see lateReturn
                        }
                        pool().cutOff(this, outcome, queuedAt, startedAt);
                        return conclude(outcome, value, error);
                    }
                }
                case RETURNED -> {
                    if (STATE.compareAndSet(this, now, DROPPED | outcome.ordinal() << STATE_BITS)) {
                        generation.countStopped(outcome, false);
                        return conclude(outcome, value, error);
                    }
                }
                case BODY -> {
                    if (STATE.compareAndSet(this, now, late(outcome))) {
                        generation.active.cutOff(this, outcome, queuedAt, startedAt);
                        return conclude(outcome, value, error);
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /** Cancels a timer that has not fallen due. */
    final boolean cancelPending() {
        if (STATE.compareAndSet(this, PENDING, ended(Outcome.CANCELLED))) {
            timerEnded(Outcome.CANCELLED);
            return conclude(Outcome.CANCELLED, null, new CancellationException());
        }
        return false;
    }

    /** Called when a pending timer has ended; only timers are ever pending. */
    void timerEnded(Outcome outcome) {}

    /** Only calls that have a lane are ever queued or running. */
    private PoolLane pool() {
        if (lane == null) {
            throw new IllegalStateException("A call without an operation cannot be in state " + state);
        }
        return lane;
    }

    /** The state has decided; now the handle is told, and with it everybody who waits. */
    private boolean conclude(Outcome outcome, @Nullable Object value, @Nullable Throwable error) {
        if (error == null) {
            @SuppressWarnings("unchecked") // it is what the operation returned, or what complete was given
            T result = (T) value;
            finish(result);
        } else {
            finish(outcome, error);
        }
        return true;
    }

    /** Ends a call that no lane has accepted. */
    final void reject(CallRejectedException why) {
        state = ended(Outcome.REJECTED);
        payload = null;
        body = null;
        finish(Outcome.REJECTED, why);
        generation.listeners.rejected(this, why);
    }

    @Override
    final boolean helpItself(Worker worker) {
        if (!isQueued() || !worker.mayNest()) {
            return false;
        }
        runOperation(worker);
        pool().leavesShell();
        return true;
    }

    @Override
    final boolean isBound() {
        return true;
    }

    @Override
    final @Nullable String ownLabel() {
        return label;
    }

    @Override
    public final @Nullable Outcome outcome() {
        int now = state;
        return switch (now & STATE_MASK) {
            case LATE, DROPPED, ENDED -> isDone() ? outcomeOf(now) : null;
            default -> super.outcome();
        };
    }

    private static int ended(Outcome outcome) {
        return ENDED | outcome.ordinal() << STATE_BITS;
    }

    private static int late(Outcome outcome) {
        return LATE | outcome.ordinal() << STATE_BITS;
    }

    private static Outcome outcomeOf(int state) {
        return OUTCOMES[state >>> STATE_BITS];
    }

    // ------------------------------------------------------------------ what it tells

    @Override
    public final long id() {
        return id;
    }

    @Override
    public final @Nullable String label() {
        return label;
    }

    @Override
    final ContextCarrier.@Nullable Snapshot context() {
        return context;
    }

    final Lane lane() {
        return lane == null ? Lane.ACTIVE : lane.lane();
    }

    final long queuedAt() {
        return queuedAt;
    }

    @Override
    final Failure failure(Throwable cause) {
        return new Failure(
                cause,
                id,
                label,
                inBody ? Lane.ACTIVE : lane(),
                Duration.ofNanos(generation.machine.nanoTime() - submittedAt),
                place == null ? Places.of(cause) : place);
    }

    @Override
    public String toString() {
        return "call %d%s on %s: %s"
                .formatted(id, label == null ? "" : " '" + label + "'", lane(), isDone() ? outcome() : "not ended");
    }
}
