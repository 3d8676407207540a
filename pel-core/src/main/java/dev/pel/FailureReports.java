package dev.pel;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells failures with which nobody has dealt to the listeners and to the error handler, in the context of their calls. */
final class FailureReports {
    private final RunServices run;
    private final AtomicLong unhandled = new AtomicLong();
    private final RepeatedFailureLog ofHandler;
    private final RepeatedFailureLog givenToHandler;

    FailureReports(RunServices run) {
        this.run = run;
        this.ofHandler =
                RepeatedFailureLog.errors(run.machine, "The error handler failed on call {}; the loop goes on");
        this.givenToHandler = RepeatedFailureLog.errors(run.machine, "What the error handler was given on call {}");
    }

    /** Tells a failure, on the active thread or in a late action. */
    void tell(Failure failure, ContextPropagator.@Nullable Snapshot context) {
        boolean onActive = run.threads.isActiveCurrent();
        // listeners and propagators may block, too
        CallInfo outer = onActive ? run.current.enter(new Handling(failure.callId(), failure.label())) : null;
        try {
            ContextPropagator.Scope scope = onActive ? run.active.openNested(context) : run.propagators.open(context);
            tell(failure, scope);
        } finally {
            if (onActive) {
                run.current.backTo(outer);
            }
        }
    }

    private void tell(Failure failure, ContextPropagator.Scope scope) {
        unhandled.getAndIncrement(); // not earlier: with no memory left for the steps before, the failure is told again
        try {
            run.listeners.unhandled(failure);
            run.options.hooks().errorHandler().handle(failure);
        } catch (Throwable e) {
            logBoth(failure, e);
        } finally {
            run.propagators.close(scope);
        }
    }

    /**
     * Logs what the handler has thrown, and what it was given. Throws nothing, or the handler would be told once more. Neither is added to
     * the other as suppressed: a handler may throw the same one each time, which then would grow.
     */
    @SuppressWarnings("ReferenceEquality") // the very same throwable is logged once
    private void logBoth(Failure failure, Throwable thrown) {
        try {
            String call = CallNames.numbered(failure.callId(), failure.label());
            ofHandler.failed(call, thrown);
            if (thrown != failure.error()) {
                givenToHandler.failed(call, failure.error());
            }
        } catch (Throwable e) {
            run.defects.tell(e); // no memory is left for the names
        }
    }

    /** At the end of a stop, on the watchdog: logs the failures of the handler that no line has told yet. */
    void tellRest() {
        ofHandler.tellRest();
        givenToHandler.tellRest();
    }

    long unhandled() {
        return unhandled.get();
    }

    /** The handler at work on a failure, for those who look at what the active thread does. */
    private record Handling(long id, @Nullable String label) implements CallInfo {}
}
