package dev.pel;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A pair that is cancelled, with its operations, when all that was attached to its handle has been ended by somebody. */
final class CancellingPair<A extends @Nullable Object, B extends @Nullable Object> extends BothCalls<A, B> {
    private final Attachments attachments = new Attachments();

    CancellingPair(LoopRun run, LoopFuture<A> first, LoopFuture<B> second, BiBody<? super A, ? super B> body) {
        super(run, first, second, body);
    }

    @Override
    boolean cancelsUpstream() {
        return true;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        attachments.added();
        return new CancellingFuture<>(run);
    }

    @Override
    boolean countsAttached() {
        return true;
    }

    @Override
    void wanted() {
        attachments.wanted();
    }

    @Override
    @Nullable LoopFuture<?> detached() {
        if (attachments.lostLast(this)) {
            end(Outcome.CANCELLED, null, new NobodyWantsIt(), true);
        }
        return null;
    }
}
