package dev.pel.flow;

import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Closes what may block, on a passive thread. While there is no room for that it tries again, after 5 ms and then less and less often. Code
 * that cannot run there, because the loop has stopped or the lane has been full for about a minute, runs where it is told so, and is never left out.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle, which deals with the failure
final class Closing {
    private final StreamServices services;
    private final Task code;
    private final Backoff backoff;

    /** Null unless the lane was full; confined to the active thread. */
    private @Nullable LoopFuture<Boolean> closed;

    /**
     * Made on the active thread.
     *
     * @param code does nothing when it has been run before
     */
    Closing(StreamServices services, Task code) {
        this.services = services;
        this.code = code;
        this.backoff = new Backoff(services, new Wake(services, this::attempt));
    }

    /** Begins; what is returned ends when it is closed, or with the failure of that. */
    LoopFuture<?> start() {
        LoopFuture<@Nullable Void> call = services.block(code);
        if (!isToBeRepeated(call)) {
            return followed(call);
        }
        LoopFuture<Boolean> later = services.signal();
        closed = later;
        return later;
    }

    private boolean isToBeRepeated(LoopFuture<?> call) {
        return Refusal.of(call) != null && backoff.begin();
    }

    private LoopFuture<@Nullable Void> followed(LoopFuture<@Nullable Void> call) {
        return call.handle((nothing, error) -> {
            if (error != null && !Refusal.isStopOrRefusal(error)) {
                Thrown.again(Thrown.cause(error));
            }
            Thrown.by(code); // it has not run, or was stopped while it did
            return null;
        });
    }

    private void attempt() {
        LoopFuture<@Nullable Void> call = services.block(code);
        if (!isToBeRepeated(call)) {
            followed(call).handle((nothing, error) -> {
                ended(error == null ? null : Thrown.cause(error));
                return null;
            });
        }
    }

    private void ended(@Nullable Throwable error) {
        LoopFuture<Boolean> handle = Objects.requireNonNull(closed);
        boolean told = error == null ? handle.complete(true) : handle.completeExceptionally(error);
        if (!told && error != null) { // a stop has ended that before
            Thrown.again(error);
        }
    }
}
