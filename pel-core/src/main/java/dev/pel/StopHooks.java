package dev.pel;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations that run when the loop stops, the last one first, one after the other. */
final class StopHooks {
    private final RunServices run;

    /** Submits an operation to the passive lane. */
    private final Consumer<Task> submit;

    private final Deque<Hook> hooks = new ConcurrentLinkedDeque<>();

    /** Whether a thread runs them. */
    private final AtomicBoolean running = new AtomicBoolean();

    /** Whether they were submitted, and have not run. Set by the thread that makes the steps of the stop. */
    private volatile boolean begun;

    StopHooks(RunServices run, Consumer<Task> submit) {
        this.run = run;
        this.submit = submit;
    }

    LoopFuture<@Nullable Void> add(Task operation, @Nullable String label) {
        run.stack.ensureRoom();
        Hook hook = new Hook(run, hooks, operation, label);
        hooks.addLast(hook);
        // the concurrent thread stops the loop, and then looks for hooks: it sees this one, or we see the stop
        if (run.isOver()) {
            hook.stop();
        }
        return hook;
    }

    /**
     * On the thread that makes the steps of the stop, when everything has drained: submits those that have not been. Once more when an operation that
     * one of them has submitted has added another.
     *
     * @return whether there were any, so that the drain goes on; false as well when they could not be submitted
     */
    boolean drain() {
        if (begun || hooks.isEmpty()) {
            return false;
        }
        begun = true;
        run.threads.runForChain(() -> submit.accept(this::runInDrain));
        return true;
    }

    /** On a passive thread, as long as the drain has time: the hook that runs then may be interrupted, and those after it may not. */
    private void runInDrain() {
        begun = false;
        if (running.compareAndSet(false, true)) {
            try {
                while (!run.isOver() && runNext()) {
                    // the last one first
                }
            } finally {
                running.set(false);
            }
            if (run.isOver()) {
                runLate(); // the concurrent stop has found that they run here
            }
        }
    }

    /** The same when the loop is over: they run on a completion thread. */
    void runLate() {
        if (!hooks.isEmpty()) {
            run.runLate(this::runRest);
        }
    }

    private void runRest() {
        if (running.compareAndSet(false, true)) {
            try {
                while (runNext()) {
                    // the last one first
                }
            } finally {
                running.set(false);
            }
        }
    }

    private boolean runNext() {
        Hook hook = hooks.pollLast();
        if (hook != null) {
            hook.run();
        }
        return hook != null;
    }

    /** An operation that runs when the loop stops, and its handle. */
    private static final class Hook extends OwnHandle<@Nullable Void> {
        private final Deque<Hook> hooks;
        private volatile @Nullable Task operation;

        Hook(RunServices run, Deque<Hook> hooks, Task operation, @Nullable String label) {
            super(
                    run,
                    CallDetails.own(
                            label == null ? null : CallDetails.shared(label),
                            run.callSites.takeInAnyCase(run.active.submissionTime())));
            this.hooks = hooks;
            this.operation = operation;
        }

        /** Runs the operation on the current thread, unless it has run or the handle has ended. */
        void run() {
            Task now = operation;
            operation = null;
            if (now == null || isDone()) {
                return;
            }
            ContextPropagator.Scope scope = run.propagators.open(context(), null);
            try {
                now.run();
                end(Outcome.SUCCEEDED, null, null, false);
            } catch (Throwable e) {
                fails(e);
            } finally {
                run.propagators.close(scope);
            }
        }

        private void fails(Throwable error) {
            if (run.isOver() && InterruptEcho.isOfStop(error)) {
                stop();
            } else {
                end(Outcome.FAILED, null, Causes.wrapIfPossible(error), false);
            }
        }

        @Override
        @SuppressWarnings("VoidUsed") // its only value is null
        boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
            boolean ended = super.end(outcome, value, error, interrupt);
            if (ended) {
                operation = null;
                hooks.remove(this);
            }
            return ended;
        }
    }
}
