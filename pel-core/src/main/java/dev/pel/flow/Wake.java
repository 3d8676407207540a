package dev.pel.flow;

import dev.pel.LoopFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets any thread have a stream go on. The code of the stream runs in a turn of the active thread, in the context in which the stream was begun,
 * because it was attached there; {@link #fire} only completes what it is attached to.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the code of the stream throws nothing
final class Wake {
    private final StreamServices services;
    private final Runnable code;

    /** Null when the code is on its way, or stopped. */
    private final AtomicReference<@Nullable LoopFuture<Boolean>> armed = new AtomicReference<>();

    /** Whether the code is in the queue of the active lane. Written by the thread that fires, and by the active thread when the code comes. */
    private volatile boolean queued;

    /** Confined to the active thread. */
    private boolean stopped;

    Wake(StreamServices services, Runnable code) {
        this.services = services;
        this.code = code;
    }

    /** The next {@link #fire} has the code run. On the active thread, or before the stream is known to others. */
    void arm() {
        if (stopped || armed.get() != null) {
            return;
        }
        LoopFuture<Boolean> signal = services.signal();
        // also when it is refused: the loop may have begun to drain after it had accepted the stream
        signal.handle((nothing, error) -> {
            queued = false; // first: also when the code fails for lack of memory, the next call that ends goes on
            code.run();
            return null;
        });
        armed.set(signal);
    }

    /**
     * The stream has found nothing to do. A concurrent thread brings something, and then fires: either it finds the code attached, or what it has
     * brought is seen here.
     */
    void rest(BooleanSupplier hasNews) {
        arm();
        if (hasNews.getAsBoolean()) {
            fire();
        }
    }

    /** From any thread. */
    void fire() {
        LoopFuture<Boolean> signal = armed.getAndSet(null);
        if (signal != null) {
            queued = true; // first: the code may run at once
            if (!signal.complete(true)) {
                queued = false; // the loop has ended the signal, and the code came with that
            }
        }
    }

    /**
     * Goes on at once, or after others; or does nothing when the code is queued already: else each of many calls that end meanwhile had a slice of
     * its own, and others waited for all of these. On the active thread.
     */
    void goOn(boolean afterOthers) {
        if (queued) {
            return;
        }
        if (afterOthers) {
            again();
        } else {
            code.run();
        }
    }

    /** Lets others have their turn, and goes on after them. */
    void again() {
        arm();
        fire();
    }

    /** The code does not run any more. */
    void stop() {
        stopped = true;
        LoopFuture<Boolean> signal = armed.getAndSet(null);
        if (signal != null) {
            signal.cancel(false);
        }
    }
}
