package dev.pel;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a long computation on the active thread that is cut into slices: it repeats a step for a while, lets others have their turn,
 * and goes on. Each slice is an entry of the active lane.
 */
final class SlicedLoop extends LoopFuture<@Nullable Void> {

    /** Null when it has ended. */
    private volatile @Nullable Callable<Boolean> step;

    private final long budget;
    private final CallDetails details;

    /** The slice that is queued or runs. Written by the thread that queues it. */
    private volatile @Nullable Slice slice;

    SlicedLoop(RunServices run, Callable<Boolean> step, CallDetails details) {
        super(run);
        this.step = step;
        this.budget = Machine.nanos(run.options.turnBudget());
        this.details = details;
    }

    void start() {
        Slice first = new Slice(this);
        slice = first;
        CallRejectedException why = run.active.submit(first);
        if (why != null) {
            first.reject(why);
            end(Outcome.REJECTED, null, why, false);
        }
    }

    /** The body of a slice. */
    private @Nullable Void repeat() throws Exception {
        assert run.threads.isActiveCurrent();
        long until = run.machine.nanoTime() + budget;
        boolean goesOn = !isDone();
        while (goesOn) {
            if (!runStep()) {
                end(Outcome.SUCCEEDED, null, null, false);
                return null;
            }
            goesOn = run.machine.nanoTime() - until < 0 && !isDone();
        }
        if (!isDone()) {
            next();
        }
        return null;
    }

    private boolean runStep() throws Exception {
        try {
            Callable<Boolean> code = step; // null when a concurrent thread has just ended this
            return code != null && Objects.requireNonNull(code.call(), "what 'step' returns");
        } catch (Throwable e) {
            // when the loop stops the slice is ended as stopped, and this with it
            if (!run.failsByStop(e) && !end(Outcome.FAILED, null, Causes.wrapIfPossible(e), false)) {
                failedLate(e);
            }
            throw e; // the slice has failed as well
        }
    }

    /** Goes on in a later turn: what is queued now, and timers that are due, come first. */
    private void next() {
        Slice next = new Slice(this);
        slice = next;
        if (!run.active.submitCertain(next)) {
            stop(); // nobody has the slice
        }
        run.current.endsTurn();
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            step = null;
        }
        if (ended && outcome != Outcome.SUCCEEDED && outcome != Outcome.FAILED) {
            Slice queued = slice;
            if (queued != null) {
                queued.cancel(false); // its place is free then; one that runs sees the end before its next step
            }
        }
        return ended;
    }

    @Override
    boolean isBound() {
        return true;
    }

    @Override
    CallDetails ownDetails() {
        return details;
    }

    @Override
    String description() {
        return CallNames.ofCall("call", details.label());
    }

    /** One slice. Its failure is that of the whole. */
    private static final class Slice extends Call<@Nullable Void> {
        private final SlicedLoop owner;

        Slice(SlicedLoop owner) {
            super(owner.run, Lane.ACTIVE, null, (Callable<@Nullable Void>) owner::repeat, owner.details);
            this.owner = owner;
            observe();
        }

        @Override
        @SuppressWarnings("VoidUsed") // its only value is null
        boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
            boolean ended = super.end(outcome, value, error, interrupt);
            if (ended && outcome == Outcome.STOPPED) {
                owner.stop();
            }
            return ended;
        }
    }
}
