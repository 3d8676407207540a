package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Owned} owns. Its calls come in turn, by a key that is this object. A stop does not wait for ever, and closes from outside of
 * any turn; so whoever touches the resource takes the right to use it first.
 */
final class Resource<R> {
    private final CallSpec calls;
    private final Callable<? extends R> supplier;
    private final OwnedOptions<R> options;
    private final AtomicReference<Use> use = new AtomicReference<>(Use.FREE);
    private final AtomicLong openings = new AtomicLong();

    /** Null when it is not open. Confined, as all below, to the thread that has the right to use it. */
    private @Nullable R opened;

    /** Closes it at the stop. */
    private @Nullable LoopFuture<?> stopHook;

    private boolean isClosed;

    Resource(CallSpec calls, Callable<? extends R> supplier, OwnedOptions<R> options) {
        this.calls = Objects.requireNonNull(calls, "calls");
        this.supplier = Objects.requireNonNull(supplier, "supplier");
        this.options = Objects.requireNonNull(options, "options");
    }

    /** Who has the right to use it. */
    private enum Use {
        /** Nobody. */
        FREE,
        /** One thread. */
        IN_USE,
        /** One thread, which is to close it when it is through, because the loop has stopped meanwhile. */
        IN_USE_LAST
    }

    /** Calls of this resource, of which no more is said. */
    CallSpec calls() {
        return inTurn(calls);
    }

    /** Those of users; throws when they say another order. */
    CallSpec inTurn(CallSpec described) {
        options.refuseOtherOrder(described);
        return described.key(this);
    }

    long openings() {
        return openings.get();
    }

    /** Runs an operation on the current thread, which has the turn. */
    <T extends @Nullable Object> T apply(ResourceOperation<? super R, ? extends T> operation) throws Exception {
        enter();
        try {
            R resource = open();
            try {
                return operation.apply(resource);
            } catch (Throwable e) {
                if (options.isBrokenBy(e)) {
                    closeAfter(e);
                }
                throw e;
            }
        } finally {
            leave();
        }
    }

    /** Closes it for good, on the current thread, which has the turn. */
    void close() {
        enter();
        try {
            isClosed = true;
            closeOpened();
        } finally {
            leave();
        }
    }

    // ------------------------------------------------------------------ the right to use it

    private void enter() {
        if (!use.compareAndSet(Use.FREE, Use.IN_USE)) {
            throw ResourceException.inUse(options.label());
        }
    }

    private void leave() {
        if (!use.compareAndSet(Use.IN_USE, Use.FREE)) { // the concurrent stop has left the closing to this thread
            try {
                closeOpened();
            } finally {
                use.set(Use.FREE);
            }
        }
    }

    /** At the stop of the loop, on some thread: closes it, or, if an operation still runs, has that thread close it. */
    private void closeAtStop() {
        while (true) {
            if (use.compareAndSet(Use.FREE, Use.IN_USE)) {
                try {
                    stopHook = null; // it is the one that runs here
                    closeOpened();
                } finally {
                    leave();
                }
                return;
            }
            if (use.compareAndSet(Use.IN_USE, Use.IN_USE_LAST) || use.get() == Use.IN_USE_LAST) {
                return;
            }
        }
    }

    // ------------------------------------------------------------------ opening and closing

    private R open() {
        R open = opened;
        if (open != null) {
            return open;
        }
        if (isClosed) {
            throw ResourceException.closed(options.label());
        }
        LoopFuture<?> hook = calls.atStop(this::closeAtStop); // first: no stop from here on leaves it open
        if (hook.isDone()) {
            throw ResourceException.stopped(options.label());
        }
        boolean isOpen = false;
        try {
            R made = Objects.requireNonNull(supplier.call(), "the supplier has returned null");
            isOpen = true;
            opened = made;
            stopHook = hook;
            openings.incrementAndGet();
            return made;
        } catch (Exception e) {
            throw ResourceException.notOpened(options.label(), e);
        } finally {
            if (!isOpen) {
                hook.cancel(false);
            }
        }
    }

    /** Closes it after a failure, which is about to be told by the handle of its call. */
    private void closeAfter(Throwable failure) {
        try {
            closeOpened();
        } catch (ResourceException e) {
            LoopFuture<?> told = calls.promise();
            if (!told.completeExceptionally(e) && told.outcome() != null) {
                // refused: the loop has stopped, so what this call throws is late, and is told
                e.addSuppressed(failure);
                throw e;
            }
        }
    }

    private void closeOpened() {
        R closing = opened;
        LoopFuture<?> hook = stopHook;
        opened = null;
        stopHook = null;
        if (hook != null) {
            hook.cancel(false);
        }
        if (closing == null) {
            return;
        }
        boolean isInterrupted = Thread.interrupted(); // that was meant for the operation
        try {
            options.closer().accept(closing);
        } catch (Throwable e) {
            throw ResourceException.notClosed(options.label(), e);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return options.label();
    }
}
