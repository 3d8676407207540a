package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The run of the loop that a queue was used in last. When that ends and items are left, the {@link dev.pel.ErrorHandler} is told how many: once
 * in each run.
 */
final class QueueRun {
    private final CallSpec calls;
    private final String name;

    /** What becomes of items that are left. */
    private final String fate;

    private final IntSupplier size;

    /** Null before the queue is used. */
    private final AtomicReference<@Nullable Present> present = new AtomicReference<>();

    QueueRun(CallSpec calls, String name, String fate, IntSupplier size) {
        this.calls = calls;
        this.name = name;
        this.fate = fate;
        this.size = size;
    }

    /** A handle for which no drain waits, which ends with the run, and whether somebody was told what is left. */
    private record Present(LoopFuture<?> end, AtomicBoolean isTold) {}

    /** Whether the loop lets the current thread submit. If so, what is left at the end of its run will be told. */
    boolean accepts() {
        return calls.accepts() && isAttached();
    }

    /** What is left at the end of this run will be told. False when the loop refuses. */
    boolean isAttached() {
        Present known = present.get();
        if (known != null && !known.end.isDone()) {
            return true;
        }
        LoopFuture<?> end = calls.backgroundPromise();
        if (end.isDone()) {
            return end.outcome() == null; // false: it was refused. The look tells the log that somebody has noticed
        }
        Present fresh = new Present(end, new AtomicBoolean());
        if (present.compareAndSet(known, fresh)) {
            tellWhenEnded(fresh);
        } else {
            end.cancel(false); // a concurrent thread has made one
        }
        return true;
    }

    /** An item has come: the concurrent stop has either seen it, or has ended the handle before, which is seen here. */
    void tellIfEnded() {
        Present known = present.get();
        if (known != null && known.end.isDone()) {
            tellWhenEnded(known);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure reaches the error handler
    private void tellWhenEnded(Present run) {
        run.end.handle((nothing, stopped) -> {
            int left = size.getAsInt();
            if (left > 0 && run.isTold.compareAndSet(false, true)) {
                throw new IllegalStateException(
                        "%s holds %d item(s) that nobody has taken, and the loop has stopped: %s"
                                .formatted(name, left, fate));
            }
            return null;
        });
    }
}
