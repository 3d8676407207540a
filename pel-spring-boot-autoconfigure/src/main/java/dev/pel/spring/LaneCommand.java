package dev.pel.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through a lane. A future, so that a stop of the loop that cuts it off cancels it, and it can pass that on; what the
 * command throws goes on to the lane all the same, and so to the error handler.
 */
final class LaneCommand extends FutureTask<@Nullable Void> {
    private final Begin begin;
    private final Runnable command;
    private final Consumer<LaneCommand> whenGone;

    /** Whether it is decided who has it: the thread that runs it, or the one that takes it out. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private volatile @Nullable Throwable thrown;

    /** Whether the view has been ended at once while this ran, or was about to. */
    private volatile boolean interrupted;

    /**
     * For one view.
     *
     * @param command what was given to the view
     * @param whenGone told when the command will not run any more, or has returned
     */
    LaneCommand(Runnable command, Consumer<LaneCommand> whenGone) {
        this(new Begin(command), whenGone);
    }

    private LaneCommand(Begin begin, Consumer<LaneCommand> whenGone) {
        super(begin, null);
        this.begin = begin;
        this.command = begin.command;
        this.whenGone = whenGone;
    }

    /** Takes it out, when it has not begun: it will not run. */
    @Nullable Runnable takeOut() {
        if (!claimed.compareAndSet(false, true)) {
            return null;
        }
        whenGone.accept(this);
        return command;
    }

    /** Interrupts its thread, when it runs or is about to. */
    void interrupt() {
        interrupted = true;
        super.cancel(true);
    }

    @Override
    public void run() {
        if (!claimed.compareAndSet(false, true)) {
            return; // taken out
        }
        try {
            super.run();
            // interrupted between the claim and the beginning: nobody else has it, so it runs all the same
            if (!begin.begun && interrupted) {
                Thread.currentThread().interrupt();
                begin.run();
            }
        } finally {
            whenGone.accept(this);
        }
        Throwable error = thrown;
        if (error instanceof Error serious) {
            throw serious;
        } else if (error instanceof RuntimeException exception) {
            throw exception;
        } else if (error != null) {
            throw new IllegalStateException(error); // thrown past the compiler: a command declares none
        }
    }

    @Override
    protected void setException(Throwable error) {
        thrown = error;
        super.setException(error);
    }

    /**
     * The loop's stop has cut it off, before it began or in the middle.
     *
     * @throws IllegalStateException when the command is one of {@code CompletableFuture}, which cannot be told; the loop logs that
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean hasBegun = takeOut() == null;
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (command instanceof CompletableFuture.AsynchronousCompletionTask) {
            throw new IllegalStateException(
                    "The stop of the loop has cut off %s, %s: what it was to complete stays open"
                            .formatted(command.getClass().getName(), hasBegun ? "which ran" : "which had not begun"));
        }
        if (command instanceof Future<?> future) {
            future.cancel(mayInterruptIfRunning);
        }
        return cancelled;
    }

    /** Runs the command, and notes that. Confined to the thread that runs it. */
    private static final class Begin implements Runnable {
        private final Runnable command;
        private boolean begun;

        Begin(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            begun = true;
            command.run();
        }
    }
}
