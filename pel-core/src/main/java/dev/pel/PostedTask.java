package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A command for the active lane that nobody holds a handle of: less than a {@link Call}, because nobody can end it, attach to it
 * or wait for it. What it throws goes to the error handler at once.
 */
final class PostedTask implements ActiveEntry, CallInfo {
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

    private final LoopRun run;
    private final Runnable command;
    private final ContextPropagator.@Nullable Snapshot context;
    private final long queuedAt;
    private final CallSites.@Nullable Trail trail;
    private volatile long id;

    /** Whether somebody has it: the active thread, to run it, or whoever ends it because that thread is gone. */
    @SuppressWarnings("UnusedVariable") // through TAKEN
    private volatile boolean taken;

    PostedTask(LoopRun run, Runnable command) {
        this.run = run;
        this.command = command;
        this.context = run.propagators.capture();
        this.queuedAt = run.active.submissionTime();
        this.trail = run.callSites.take(queuedAt);
    }

    @Override
    public void run(ActiveLane lane) {
        if (run.isOver()) {
            abandon();
        } else {
            // no rival yet: the queue is only looked through when the loop is over, and this is no longer in it
            TAKEN.setRelease(this, true);
            runCommand(lane);
        }
    }

    private void runCommand(ActiveLane lane) {
        long startedAt = lane.taken(this, queuedAt);
        ContextPropagator.Scope scope = lane.open(context);
        try {
            lane.started(this);
            Outcome outcome = Outcome.SUCCEEDED;
            try {
                command.run();
            } catch (Throwable e) {
                outcome = Outcome.FAILED;
                run.failures.tell(failure(e), context);
            }
            run.countCall(outcome, true);
            lane.ended(this, outcome, startedAt);
        } finally {
            lane.close(scope);
            lane.notRun();
        }
    }

    private Failure failure(Throwable cause) {
        return new Failure(
                cause,
                id(),
                null,
                Lane.ACTIVE,
                Duration.ofNanos(run.machine.nanoTime() - queuedAt),
                CallSites.of(cause));
    }

    @Override
    public void abandon() {
        if (TAKEN.compareAndSet(this, false, true)) {
            run.countCall(Outcome.STOPPED, false);
            run.countStopped(Outcome.STOPPED, false);
            run.active.leftBehind();
            run.active.dropped(this, Outcome.STOPPED, queuedAt);
            cutOff();
        }
    }

    /** It will not run, or the active thread is lost in it: whoever waits for what it was to complete is told. */
    void cutOff() {
        run.commands.cutOff(Lane.ACTIVE, command, trail, queuedAt);
    }

    long queuedAt() {
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
