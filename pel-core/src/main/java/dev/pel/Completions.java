package dev.pel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The futures of one run that wait for a completion thread, or are being completed there: those to which others have attached code past
 * pel, and actions that come too late for the active thread. A drain waits for them, and a stop as long as it waits for anything.
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
        threads.execute(new Completion(future, counted(code)));
    }

    /** Counts something that will be run once, on a thread that is not the current one, until it has returned. */
    Runnable counted(Runnable code) {
        pending.incrementAndGet();
        return () -> {
            try {
                code.run();
            } finally {
                pending.decrementAndGet();
                onDone.run();
            }
        };
    }

    /** A thread waits for the future, and has no part in what is attached to others: if it is to be completed here, then before those. */
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
