package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Makes calls, timers and posted tasks for the verbs of a loop, and hands them to the lanes of its present run. */
final class Submissions {
    private final LoopRun run;
    private final long settle;

    Submissions(LoopRun run) {
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

    private <T extends @Nullable Object> LoopFuture<T> submitWithRoom(
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

    /** The same for a call that is cancelled when all that was attached to its handle has been ended. */
    <T extends @Nullable Object> LoopFuture<T> submitCancelling(
            Lane lane,
            Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled,
            @Nullable Duration timeout) {
        Objects.requireNonNull(operation, "operation");
        run.stack.ensureRoom();
        return submitted(
                lane == Lane.ACTIVE
                        ? new CancellingCall<>(run, Lane.ACTIVE, null, operation, labelled)
                        : new CancellingCall<>(run, lane, operation, body, labelled),
                lane,
                timeout);
    }

    private <T extends @Nullable Object> Call<T> submitted(Call<T> call, Lane lane, @Nullable Duration timeout) {
        CallRejectedException why = lane == Lane.ACTIVE ? run.active.submit(call) : submitTo(lane, call);
        if (why != null) {
            call.reject(why);
        } else {
            endAfter(call, timeout);
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

    /** Submits two operations and a body that gets both results. */
    <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> submitBoth(
            Lane lane,
            Callable<? extends A> first,
            Callable<? extends B> second,
            BiBody<? super A, ? super B> body,
            @Nullable CallDetails labelled,
            @Nullable Duration timeout,
            boolean cancelsUpstream) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        // before the first operation is accepted: both may end before the body is attached, and a concurrent drain has
        // to wait for it
        run.completions.begins();
        try {
            LoopFuture<A> a = submitWithRoom(lane, first, null, labelled, null);
            LoopFuture<B> b = submitWithRoom(lane, second, null, labelled, null);
            LoopFuture<@Nullable Void> pair =
                    cancelsUpstream ? new CancellingPair<>(run, a, b, body) : new BothCalls<>(run, a, b, body);
            endAfter(pair, timeout);
            return pair;
        } finally {
            run.completions.ends();
        }
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

    LoopTimer delay(Duration delay, Task body) {
        return delay(delay, body, null, null);
    }

    LoopTimer delay(Duration delay, Task body, @Nullable CallDetails labelled, @Nullable Duration timeout) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        LoopTimer timer = new LoopTimer(run, delay, body, labelled);
        run.timers.submit(timer);
        endAfter(timer, timeout);
        return timer;
    }

    /** The timeout is armed last: a call that no lane has accepted must not be ended as if one had. */
    private static void endAfter(LoopFuture<?> handle, @Nullable Duration timeout) {
        if (timeout != null) {
            handle.endAfter(
                    timeout,
                    () -> handle.end(
                            Outcome.TIMED_OUT, null, new CallTimeoutException(timeout, handle.description()), true));
        }
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
