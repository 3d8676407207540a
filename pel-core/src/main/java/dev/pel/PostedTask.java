package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A command for the active lane that nobody holds a handle of: less than a {@link Call}, because nobody can end it, attach to it
 * or wait for it. What it throws goes to the error handler at once.
 */
final class PostedTask implements ActiveEntry {
    private static final VarHandle ID;
    private static final VarHandle TAKEN;

    static {
        try {
            ID = MethodHandles.lookup().findVarHandle(PostedTask.class, "id", long.class);
            TAKEN = MethodHandles.lookup().findVarHandle(PostedTask.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RunServices run;
    private final Runnable command;
    private final ContextPropagator.@Nullable Snapshot context;
    private final long queuedAt;
    private final CallSites.@Nullable Trail trail;
    private volatile long id;

    /** Whether a thread has taken it: the active one, to run it, or the one that ends it because the active thread is gone. */
    @SuppressWarnings("UnusedVariable") // through TAKEN
    private volatile boolean taken;

    PostedTask(RunServices run, Runnable command) {
        this.run = run;
        this.command = command;
        this.context = run.propagators.capture();
        this.queuedAt = run.active.submissionTime();
        this.trail = run.callSites.take(queuedAt);
    }

    @Override
    public void runOn(ActiveLane lane) {
        if (lane.begins(this)) {
            lane.run(this);
        }
    }

    @Override
    public boolean claim() {
        if (run.isOver()) {
            run.abandonHere(this);
            return false;
        }
        // no concurrent thread yet: the queue is only looked through when the loop is over, and this is no longer in it
        TAKEN.setRelease(this, true);
        return true;
    }

    @Override
    public boolean begin(long startedAt) {
        return true;
    }

    @Override
    public @Nullable Outcome endedInQueue() {
        return null;
    }

    @Override
    public Outcome runCode() {
        Outcome outcome = Outcome.SUCCEEDED;
        try {
            command.run();
        } catch (Throwable e) {
            outcome = failed(e);
        }
        run.tally.callEnded(outcome, true);
        return outcome;
    }

    private Outcome failed(Throwable error) {
        if (run.endsByStop(error)) {
            cutOff(); // the stop has interrupted it, or ended what it waited for
            return Outcome.STOPPED;
        }
        run.report(toFailure(error, run.machine.nanoTime()), context);
        return Outcome.FAILED;
    }

    @Override
    public Outcome broken(Throwable error) {
        run.tally.callEnded(Outcome.FAILED, true);
        return Outcome.FAILED;
    }

    @Override
    public void lost() {
        cutOff();
    }

    @Override
    public ContextPropagator.@Nullable Snapshot capturedContext() {
        return context;
    }

    @Override
    public void abandon() {
        if (TAKEN.compareAndSet(this, false, true)) {
            run.tally.callEnded(Outcome.STOPPED, false);
            run.tally.entryEnded(Outcome.STOPPED, false);
            run.active.abandoned(this, Outcome.STOPPED, queuedAt);
            cutOff();
        }
    }

    /** It will not run, or does not come back: what it was to complete is ended, if that is possible. */
    private void cutOff() {
        run.commands.cutOff(Lane.ACTIVE, command, trail, queuedAt);
    }

    @Override
    public long queuedAt() {
        return queuedAt;
    }

    @Override
    public long id() {
        if (id == 0) {
            ID.compareAndSet(this, 0L, run.nextId());
        }
        return id;
    }

    @Override
    public @Nullable String label() {
        return null;
    }
}
