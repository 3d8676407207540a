package dev.pel;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handle that code of users completes. A drain waits for it, and a stop ends it. */
final class Promise<T extends @Nullable Object> extends OwnHandle<T> {
    /** Ends when this has ended; what is attached there deals with no failure of this. Null when nobody is to be told. */
    private final @Nullable Promise<Outcome> told;

    private Promise(RunServices run, @Nullable CallDetails details, @Nullable Consumer<? super Outcome> onEnd) {
        super(run, details);
        this.told = onEnd == null ? null : telling(run, details, onEnd);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what the code throws reaches the error handler
    private static Promise<Outcome> telling(
            RunServices run, @Nullable CallDetails details, Consumer<? super Outcome> onEnd) {
        Promise<Outcome> told = new Promise<>(run, details, null);
        told.thenAccept(onEnd);
        return told;
    }

    /** One for which a drain waits. */
    static <T extends @Nullable Object> Promise<T> open(RunServices run, @Nullable CallTerms terms) {
        return open(run, terms, null);
    }

    /** The same, with code that runs when it has ended. */
    static <T extends @Nullable Object> Promise<T> open(
            RunServices run, @Nullable CallTerms terms, @Nullable Consumer<? super Outcome> onEnd) {
        Promise<T> promise = of(run, terms, onEnd);
        if (!promise.isRefused()) {
            promise.waitOutside();
            promise.opened(terms);
        }
        return promise;
    }

    /** One for which it does not wait. It is held weakly, because the code that is to complete it holds it as well. */
    static <T extends @Nullable Object> Promise<T> inBackground(RunServices run, @Nullable CallTerms terms) {
        Promise<T> promise = of(run, terms, null);
        if (!promise.isRefused()) {
            run.idlesOutside(promise, run.foreign.faint(promise));
            promise.opened(terms);
        }
        return promise;
    }

    /** Ends as a stage has. */
    void endAs(@Nullable T value, @Nullable Throwable error) {
        if (error == null) {
            end(Outcome.SUCCEEDED, value, null, false);
        } else {
            failAs(error);
        }
    }

    /** Fails as a stage has; a cancelled one is no failure. */
    void failAs(Throwable error) {
        if (Causes.cause(error) instanceof CancellationException cancelled) {
            end(Outcome.CANCELLED, null, cancelled, false);
        } else {
            take(null, error);
        }
    }

    private static <T extends @Nullable Object> Promise<T> of(
            RunServices run, @Nullable CallTerms terms, @Nullable Consumer<? super Outcome> onEnd) {
        run.stack.ensureRoom();
        Promise<T> promise = new Promise<>(run, terms == null ? null : terms.labelled(), onEnd);
        promise.refuseUnlessAccepted();
        return promise;
    }

    private void opened(@Nullable CallTerms terms) {
        refuseUnlessAccepted(); // a concurrent drain has seen it when it was registered, and waits for it, or is seen
        // here
        Timeouts.arm(this, terms == null ? null : terms.timeout());
    }

    private void refuseUnlessAccepted() {
        if (!run.state.accepts()) {
            CallRejectedException why = run.state.notRunning(Lane.ACTIVE);
            if (end(Outcome.REJECTED, null, why, false)) {
                run.refusals.count(why, false);
            }
        }
    }

    /** One that ends itself, because all that it waits for belongs to the run. */
    static <T extends @Nullable Object> Promise<T> ofRun(RunServices run, @Nullable CallDetails details) {
        return new Promise<>(run, details, null);
    }

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended && told != null) {
            told.end(Outcome.SUCCEEDED, outcome, null, false);
        }
        return ended;
    }

    @Override
    boolean endHere(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        // a drain waits until that is told, as it does for what is attached
        return told == null
                ? super.endHere(outcome, value, error, interrupt)
                : run.endAndTell(this, outcome, value, error, interrupt);
    }

    @Override
    String description() {
        return CallNames.ofCall("promise", label());
    }
}
