package dev.pel;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations that run when the loop stops, the last one first, one after the other. */
final class StopHooks {
    private final RunServices run;

    /** Submits an operation to the passive lane. */
    private final Consumer<Task> submit;

    private final Deque<Hook> hooks = new ConcurrentLinkedDeque<>();

    /** Confined to the thread that makes the steps of the stop. */
    private boolean begun;

    StopHooks(RunServices run, Consumer<Task> submit) {
        this.run = run;
        this.submit = submit;
    }

    LoopFuture<@Nullable Void> add(Task operation) {
        run.stack.ensureRoom();
        Hook hook = new Hook(run, hooks, operation);
        hooks.addLast(hook);
        // the concurrent thread stops the loop, and then looks for hooks: it sees this one, or we see the stop
        if (run.isOver()) {
            hook.stop();
        }
        return hook;
    }

    /**
     * On the thread that makes the steps of the stop, when everything has drained: submits those that have not been.
     *
     * @return whether there were any, so that the drain goes on
     */
    boolean drain() {
        if (begun || hooks.isEmpty()) {
            return false;
        }
        begun = true;
        run.threads.runForChain(() -> submit.accept(this::runAll));
        return true;
    }

    /** The same when the loop is over: they run on a completion thread. */
    void runLate() {
        if (!hooks.isEmpty()) {
            run.runLate(this::runAll);
        }
    }

    private void runAll() {
        Hook hook = hooks.pollLast();
        while (hook != null) {
            hook.run();
            hook = hooks.pollLast();
        }
    }

    /** An operation that runs when the loop stops, and its handle. */
    private static final class Hook extends OwnHandle<@Nullable Void> {
        private final Deque<Hook> hooks;
        private volatile @Nullable Task operation;

        Hook(RunServices run, Deque<Hook> hooks, Task operation) {
            super(run, CallDetails.own(null, run.callSites.takeInAnyCase(run.active.submissionTime())));
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
                end(Outcome.FAILED, null, Causes.wrapIfPossible(e), false);
            } finally {
                run.propagators.close(scope);
            }
        }

        @Override
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
