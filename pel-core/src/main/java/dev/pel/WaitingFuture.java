package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A future between two others: it waits for one that it is told of later, or for two at once, and ends as they do. It knows itself
 * where its chain began, because what leads there may be let go before the end comes.
 */
abstract class WaitingFuture<T extends @Nullable Object> extends LoopFuture<T> {
    final ContextCarrier.@Nullable Snapshot context;
    private final Call.@Nullable Details details;
    private final long attachedAt;

    WaitingFuture(LoopFuture<?> source) {
        super(source.generation);
        this.context = generation.carriers.capture();
        this.details = source.chainDetails();
        this.attachedAt = generation.active.submissionTime();
    }

    @Override
    final Call.@Nullable Details ownDetails() {
        return details;
    }

    @Override
    final ContextCarrier.@Nullable Snapshot context() {
        return context;
    }

    @Override
    final Failure failure(Throwable cause) {
        StackTraceElement place = details == null ? null : details.place();
        return new Failure(
                cause,
                -1,
                chainLabel(),
                Lane.ACTIVE,
                Duration.ofNanos(Math.max(0, generation.machine.nanoTime() - attachedAt)),
                place == null ? Places.of(cause) : place);
    }
}
