package dev.pel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what one run has handed to completion threads: futures to which code was attached through the plain {@code CompletableFuture} API,
 * and actions that came too late for the active thread. Pairs that are being submitted are counted, too. A drain waits for all of them, and a
 * stop until its grace is over.
 */
final class Completions {
    private final CompletionThreads threads;
    private final StackRoom stack;

    /** Called when one of them is done; maybe that was the last of a drain. */
    private final Runnable onDone;

    private final AtomicInteger pending = new AtomicInteger();

    Completions(CompletionThreads threads, StackRoom stack, Runnable onDone) {
        this.threads = threads;
        this.stack = stack;
        this.onDone = onDone;
    }

    /** Completes a future on a completion thread. */
    void complete(Object future, Runnable code) {
        boolean isHandedOver = false;
        Runnable counted = counted(code);
        try {
            threads.execute(new Completion(future, counted));
            isHandedOver = true;
        } finally {
            if (!isHandedOver) {
                ends(); // no memory is left: a drain must not wait for it
            }
        }
    }

    /** Counts something that will be run once, on a thread that is not the current one, until it has returned. */
    Runnable counted(Runnable code) {
        Runnable counted = () -> {
            try {
                code.run();
            } finally {
                ends();
            }
        };
        begins(); // last: no memory may be left for the above
        return counted;
    }

    /** Counts something that the current thread does, until it calls {@link #ends}. */
    void begins() {
        pending.incrementAndGet();
    }

    /** Ends what {@link #begins} has counted; a drain may have waited for it. */
    void ends() {
        pending.decrementAndGet();
        onDone.run();
    }

    /** Moves the completion of a future up, because a thread waits for it, which must not wait for code attached to other futures. */
    void moveUp(Object future) {
        if (!isEmpty()) {
            stack.ensureRoom();
            threads.moveUp(future);
        }
    }

    boolean isEmpty() {
        return pending.get() == 0;
    }

    int size() {
        return pending.get();
    }
}
