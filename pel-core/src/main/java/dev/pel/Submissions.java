package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Makes calls, timers and posted tasks for the verbs of a loop, and hands them to the lanes of its present run. */
final class Submissions {
    final JoinedSubmissions joined;
    final Scripts scripts;
    private final LoopRun run;
    private final long settle;

    Submissions(LoopRun run) {
        this.joined = new JoinedSubmissions(run, this);
        this.scripts = new Scripts(run, this::delay);
        this.run = run;
        this.settle = Machine.nanos(run.options.settle());
    }

    /** Submits a call; body may be null, and for the active lane the operation is the body. */
    <T extends @Nullable Object> LoopFuture<T> submit(
            Lane lane,
            Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled,
            @Nullable Duration timeout) {
        run.stack.ensureRoom();
        return submitWithRoom(lane, operation, body, labelled, timeout);
    }

    <T extends @Nullable Object> LoopFuture<T> submitWithRoom(
            Lane lane,
            Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled,
            @Nullable Duration timeout) {
        Objects.requireNonNull(operation, "operation");
        return submitted(
                lane == Lane.ACTIVE
                        ? new Call<>(run, Lane.ACTIVE, null, operation, labelled)
                        : new Call<>(run, lane, operation, body, labelled),
                lane,
                timeout);
    }

    /** Submits a call as it is described. */
    <T extends @Nullable Object> LoopFuture<T> submit(
            Lane lane, Object operation, @Nullable Object body, CallTerms terms) {
        Objects.requireNonNull(operation, "operation");
        run.stack.ensureRoom();
        if (terms.needsAdmission()) {
            return submitHeld(lane, operation, body, terms, terms.cancelsUpstream(), terms.timeout());
        }
        return terms.cancelsUpstream()
                ? submitCancelling(lane, operation, body, terms)
                : submitWithRoom(lane, operation, body, terms.labelled(), terms.timeout());
    }

    /** One that is cancelled when all that was attached to its handle has been ended. */
    private <T extends @Nullable Object> LoopFuture<T> submitCancelling(
            Lane lane, Object operation, @Nullable Object body, CallTerms terms) {
        return submitted(
                lane == Lane.ACTIVE
                        ? new CancellingCall<>(run, Lane.ACTIVE, null, operation, terms.labelled())
                        : new CancellingCall<>(run, lane, operation, body, terms.labelled()),
                lane,
                terms.timeout());
    }

    /** One that may have to wait before it goes into the queue of its lane. */
    <T extends @Nullable Object> LoopFuture<T> submitHeld(
            Lane lane,
            Object operation,
            @Nullable Object body,
            CallTerms terms,
            boolean cancelsUpstream,
            @Nullable Duration timeout) {
        Admission admission = admission(terms);
        HeldCall<T> call = lane == Lane.ACTIVE
                ? new HeldCall<>(run, lane, null, operation, terms, cancelsUpstream, admission)
                : new HeldCall<>(run, lane, operation, body, terms, cancelsUpstream, admission);
        CallRejectedException why = run.admissions.takePlaces(admission, lane, terms);
        if (why == null) {
            why = enter(lane, call);
        } else {
            run.books(lane).counters().refused();
        }
        if (why != null) {
            call.reject(why);
        } else {
            Timeouts.arm(call, timeout);
        }
        if (settle > 0 && lane != Lane.ACTIVE && run.threads.isActiveCurrent()) {
            settle();
        }
        return call;
    }

    private @Nullable CallRejectedException enter(Lane lane, HeldCall<?> call) {
        CallRejectedException why = null;
        boolean isOver = false;
        try {
            why = lane == Lane.ACTIVE
                    ? run.active.submitHeld(call)
                    : run.pool(lane).submit(call);
            isOver = true;
        } finally {
            if (!isOver) {
                call.admission().leave(); // no memory is left
            }
        }
        return why;
    }

    private Admission admission(CallTerms terms) {
        String limit = terms.limit();
        return new Admission(run.admissions, limit == null ? null : run.admissions.limit(limit));
    }

    private <T extends @Nullable Object> Call<T> submitted(Call<T> call, Lane lane, @Nullable Duration timeout) {
        CallRejectedException why = lane == Lane.ACTIVE ? run.active.submit(call) : submitTo(lane, call);
        if (why != null) {
            call.reject(why);
        } else {
            Timeouts.arm(call, timeout);
        }
        return call;
    }

    private @Nullable CallRejectedException submitTo(Lane lane, Call<?> call) {
        CallRejectedException why = run.pool(lane).submit(call);
        if (settle > 0 && run.threads.isActiveCurrent()) {
            settle();
        }
        return why;
    }

    /** Ends what waits in no queue of a lane, because the loop stops. */
    void stopWaiting() {
        run.admissions.stopWaiting();
        scripts.stopAll();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what goes wrong reaches the error handler
    void submitPassive(Task operation) {
        submit(Lane.PASSIVE, operation, null, null, null);
    }

    /** Submits a command of an executor view. */
    void execute(Lane lane, Runnable command) {
        Objects.requireNonNull(command, "command");
        run.stack.ensureRoom();
        CallRejectedException why = lane == Lane.ACTIVE ? post(command) : call(lane, command);
        if (why != null) {
            throw why;
        }
    }

    private @Nullable CallRejectedException post(Runnable command) {
        PostedTask task = new PostedTask(run, command);
        CallRejectedException why = run.active.submit(task);
        if (why != null) {
            run.listeners.rejected(task, why);
        }
        return why;
    }

    private @Nullable CallRejectedException call(Lane lane, Runnable command) {
        CommandCall call = new CommandCall(run, lane, command);
        CallRejectedException why = submitTo(lane, call);
        if (why != null) {
            call.rejectToCaller(why);
        }
        return why;
    }

    /** How long it is until a date and time; negative when that has passed. */
    Duration until(Instant instant) {
        return Duration.between(run.machine.now(), Objects.requireNonNull(instant, "instant"));
    }

    LoopTimer delay(Duration delay, Task body) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        LoopTimer timer = new LoopTimer(run, delay, body, (CallDetails) null);
        run.timers.submit(timer);
        return timer;
    }

    LoopTimer delay(Duration delay, Task body, CallTerms terms) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        Object key = terms.key();
        LoopTimer timer = key == null
                ? new LoopTimer(run, delay, body, terms.labelled())
                : new KeyedTimer(run, delay, body, terms.labelled(), HashedKey.of(key), admission(terms));
        run.timers.submit(timer);
        Timeouts.arm(timer, terms.timeout());
        return timer;
    }

    /** Runs a body at once when the current thread is the active one, and else in a turn of that. */
    LoopFuture<@Nullable Void> execute(Task body) {
        if (!run.threads.isActiveCurrent() || !run.state.accepts()) {
            return submit(Lane.ACTIVE, body, null, null, null);
        }
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        InlineBody inline = new InlineBody(run);
        inline.run(body);
        return inline;
    }

    /** Repeats a step on the active thread, in slices. */
    LoopFuture<@Nullable Void> loopWhile(Callable<Boolean> step) {
        Objects.requireNonNull(step, "step");
        run.stack.ensureRoom();
        SlicedLoop loop = new SlicedLoop(run, step, repeated(null));
        loop.start();
        return loop;
    }

    /** Runs a body when the active thread has nothing else to do. */
    LoopFuture<@Nullable Void> onIdle(Task body) {
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        IdleCall call = new IdleCall(run, PlainTask.of(body));
        CallRejectedException why = run.active.submitIdle(call);
        if (why != null) {
            call.reject(why);
        }
        return call;
    }

    /** Starts a periodic timer that runs a body. */
    PeriodicTimer every(Rhythm rhythm, @Nullable CallTerms call, Task body) {
        run.stack.ensureRoom();
        return PeriodicTimer.ofBody(run, run.timers, rhythm, repeated(call), body);
    }

    /** Starts a periodic timer each of whose runs is a call. */
    PeriodicTimer every(Rhythm rhythm, @Nullable CallTerms call, Lane lane, Object operation, @Nullable Object body) {
        run.stack.ensureRoom();
        CallDetails details = repeated(call);
        CallTerms each = call == null ? null : call.labelled(details);
        return PeriodicTimer.ofCall(
                run,
                run.timers,
                rhythm,
                details,
                () -> each == null
                        ? submit(lane, operation, body, details, null)
                        : submit(lane, operation, body, each));
    }

    /** The details of all runs of a periodic timer that is made now. */
    private CallDetails repeated(@Nullable CallTerms call) {
        return CallDetails.repeated(
                call == null ? null : call.labelled().label(),
                run.callSites.takeInAnyCase(run.active.submissionTime()));
    }

    /**
     * Pauses the active thread after a submission, if configured, as the original of this idea did: so the operation gets to where it
     * blocks.
     */
    private void settle() {
        long until = run.machine.nanoTime() + settle;
        long left = settle;
        boolean interrupted = false; // with the flag set a park returns at once
        while (left > 0 && !run.isOver()) {
            run.machine.park(this, left);
            interrupted |= Thread.interrupted();
            left = until - run.machine.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt(); // it is the body's
        }
    }
}
