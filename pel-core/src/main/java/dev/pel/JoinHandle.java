package dev.pel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a join. Nothing of pel's is attached to it, which would count as dealing with its failure: it is told where the failure began, and
 * tells what the join has made for itself that nobody needs that any more.
 */
final class JoinHandle<T extends @Nullable Object> extends OwnHandle<T> {
    private static final CallDetails DETAILS = CallDetails.shared("join");

    /** What the join has made for itself; empty until all of it is there. */
    private volatile List<LoopFuture<?>> parts = List.of();

    JoinHandle(RunServices run) {
        super(run, DETAILS);
    }

    /** All parts are there, of which the last one ends when all of them have. A concurrent thread that has ended this is seen here, or sees them. */
    void waitsFor(LoopFuture<?> last, List<LoopFuture<?>> made) {
        via(new Link(last));
        parts = made;
        if (isDone()) {
            letGo();
        }
    }

    /** Takes over the failure of one of those that are joined: it began there, and is told once. */
    void failAs(LoopFuture<?> cause, Throwable error) {
        if (!isDone()) {
            via(new Link(cause));
        }
        take(null, error);
    }

    /** It leaves nothing behind, and no drain waits for it. */
    private void letGo() {
        if (!isCompletedExceptionally()) {
            via(null);
        }
        parts.forEach(part -> part.cancel(false));
    }

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            letGo();
        }
        return ended;
    }

    @Override
    String description() {
        return "the join";
    }
}
