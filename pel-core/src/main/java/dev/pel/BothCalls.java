package dev.pel;

import org.jspecify.annotations.Nullable;

/** The handle of two operations bound at once. Ending it ends both. */
class BothCalls<A extends @Nullable Object, B extends @Nullable Object> extends LoopFuture<@Nullable Void> {
    private final LoopFuture<A> first;
    private final LoopFuture<B> second;
    private final @Nullable CallDetails details;

    /** The handle of the body; null when nothing was accepted. */
    private final @Nullable LoopFuture<@Nullable Void> both;

    BothCalls(RunServices run, LoopFuture<A> first, LoopFuture<B> second, BiBody<? super A, ? super B> body) {
        super(run);
        this.first = first;
        this.second = second;
        this.details = first.ownDetails();
        if (refuse(first, second) || refuse(second, first)) {
            this.both = null;
            return; // nothing is attached: the active thread would report the refusal as a failure before we deal with
            // it
        }
        this.both = Gate.attach(first, second, true, defaultExecutor(), new PairBody<>(first, second, body));
        via(new Link(both));
        both.observe(); // this takes its failure over
        both.tell(new WaitingFuture.Relay<>(this));
    }

    /** When one is not accepted the other has lost its purpose. */
    private boolean refuse(LoopFuture<?> call, LoopFuture<?> other) {
        Throwable error = call.isRefused() ? call.error() : null;
        if (error == null) {
            return false;
        }
        call.observe(); // the refusal stays counted: it is that of this handle now
        other.lookedAt();
        return end(Outcome.REJECTED, null, Causes.cause(error), true);
    }

    /** Whether the pair itself was refused; false when its body has thrown the refusal of another loop. */
    @Override
    final boolean isRefused() {
        return both == null && isDone();
    }

    @Override
    public final @Nullable Outcome outcome() {
        if (isRefused()) {
            lookedAt();
        }
        return super.outcome();
    }

    /** Ends one of the operations with the pair: as timed out when the pair timed out, and as cancelled after any other end. */
    private static void endPart(LoopFuture<?> part, Outcome outcome, @Nullable Throwable error, boolean interrupt) {
        if (outcome == Outcome.TIMED_OUT) {
            part.end(outcome, null, error, interrupt);
        } else {
            part.end(Outcome.CANCELLED, null, Causes.cancellation(), interrupt);
        }
    }

    @Override
    final String description() {
        return CallNames.ofCall("call", Chain.label(this));
    }

    /** The two operations have the same label, if any. */
    @Override
    @Nullable CallDetails ownDetails() {
        return details;
    }

    /** Ends the pair as its part has ended: when an operation or the body was stopped or cancelled, so is the pair. */
    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    final void take(@Nullable Void value, @Nullable Throwable error) {
        Throwable cause = error == null ? null : Causes.cause(error);
        Outcome outcome =
                cause == null || both == null ? null : Chain.origin(both, cause).outcome();
        if (cause == null || outcome == null || outcome == Outcome.FAILED) {
            super.take(value, error);
        } else {
            end(outcome, null, cause, false);
        }
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    final boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            // without effect on an operation that has ended; one that has not is no longer needed
            endPart(first, outcome, error, interrupt);
            endPart(second, outcome, error, interrupt);
            if (both != null) {
                // the body may wait for the active thread by now
                both.end(Outcome.CANCELLED, null, Causes.cancellation(), false);
            }
        }
        return ended;
    }
}
