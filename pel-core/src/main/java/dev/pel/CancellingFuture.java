package dev.pel;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A dependent in a chain of a {@link CancellingCall}: it is cancelled when all that was attached to it has been ended by somebody. */
final class CancellingFuture<T extends @Nullable Object> extends LoopFuture<T> {
    private final Attachments attachments = new Attachments();

    CancellingFuture(LoopRun run) {
        super(run);
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
        if (!attachments.lostLast(this)) {
            return null;
        }
        LoopFuture<?> source = source(); // before the end, which lets go of it
        // not by end, which would tell the source: rows may be as long as a stack is not deep
        return finish(Outcome.CANCELLED, new NobodyWantsIt()) ? source : null;
    }
}
