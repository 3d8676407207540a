package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The handle of a body that runs at once, inside the body that asks for it: no entry of the lane, but a part of the one that runs. So its
 * failure is that of this handle and does not end the body around it.
 */
final class InlineBody extends LoopFuture<@Nullable Void> {
    private final CallDetails details;
    private final ContextPropagator.@Nullable Snapshot context;

    InlineBody(RunServices run) {
        super(run);
        this.details = CallDetails.own(null, run.callSites.take(run.active.submissionTime()));
        this.context = run.propagators.capture();
    }

    /** On the active thread. */
    void run(Task body) {
        assert run.threads.isActiveCurrent();
        try {
            body.run();
            end(Outcome.SUCCEEDED, null, null, false);
        } catch (Throwable e) {
            if (run.failsByStop(e)) {
                stop();
            } else {
                end(Outcome.FAILED, null, Causes.wrapIfPossible(e), false);
            }
        }
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
    ContextPropagator.@Nullable Snapshot context() {
        return context;
    }
}
