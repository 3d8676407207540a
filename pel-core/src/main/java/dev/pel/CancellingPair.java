package dev.pel;

import org.jspecify.annotations.Nullable;

/** A pair that is cancelled, with its operations, when all that was attached to its handle has been ended by somebody. */
final class CancellingPair<A extends @Nullable Object, B extends @Nullable Object> extends BothCalls<A, B> {
    private final Attachments attachments = new Attachments();

    CancellingPair(RunServices run, LoopFuture<A> first, LoopFuture<B> second, BiBody<? super A, ? super B> body) {
        super(run, first, second, body);
    }

    @Override
    Attachments attachments() {
        return attachments;
    }
}
