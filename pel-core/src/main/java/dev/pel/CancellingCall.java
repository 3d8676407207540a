package dev.pel;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that is cancelled when all that was attached to its handle has been ended by somebody, see {@link CallSpec#cancelUpstream}. */
final class CancellingCall<T extends @Nullable Object> extends Call<T> {
    private final Attachments attachments = new Attachments();

    CancellingCall(LoopRun run, Lane lane, @Nullable Object operation, @Nullable Object body, @Nullable String label) {
        super(run, lane, operation, body, label);
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
