package dev.pel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The elements of the active lane that nobody takes any more. Each is abandoned, which ends it and may post others: one thread at a time does
 * that in a loop, so that the calls do not nest.
 */
final class LeftOver {
    private static final Log log = new Log();

    private final String loop;
    private final OwnThreads threads;
    private final CurrentEntry current;
    private final Retries retries;
    private final Queue<ActiveElement> elements = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> abandoning = new AtomicReference<>();

    LeftOver(String loop, OwnThreads threads, CurrentEntry current, Retries retries) {
        this.loop = loop;
        this.threads = threads;
        this.current = current;
        this.retries = retries;
    }

    /** From any thread. */
    void abandon(ActiveElement element) {
        try {
            elements.add(element);
        } catch (VirtualMachineError | LinkageError e) {
            retries.keep(element, e);
            return;
        }
        abandonAll();
    }

    void abandonAll() {
        Thread thread = Thread.currentThread();
        while (!elements.isEmpty() && abandoning.compareAndSet(null, thread)) {
            try {
                ActiveElement next = elements.poll();
                while (next != null) {
                    abandonOne(next);
                    next = elements.poll();
                }
            } finally {
                abandoning.compareAndSet(thread, null); // unless it was taken for stuck, and another thread goes on
            }
        }
    }

    /** Lets other threads go on where the given thread abandons elements and does not come back; null for none. */
    void takeFrom(@Nullable Thread stuck) {
        abandoning.compareAndSet(stuck, null);
    }

    /** Whether the current thread abandons elements, so that others would wait for what it runs there. */
    @SuppressWarnings("ReferenceEquality") // the very same thread
    boolean isAbandoning() {
        Thread thread = abandoning.get();
        return thread != null && thread == Thread.currentThread();
    }

    private void abandonOne(ActiveElement element) {
        try {
            if (threads.isActiveCurrent()) {
                abandonHere(element);
            } else {
                element.abandon();
            }
        } catch (VirtualMachineError | LinkageError e) {
            retries.keep(element, e);
        } catch (Throwable e) {
            log.error("An entry of the active lane of loop '{}' could not be ended", loop, e);
        }
    }

    private void abandonHere(ActiveElement element) {
        CallInfo outer = current.enter(new HandOver());
        try {
            element.abandon();
        } finally {
            current.backTo(outer);
        }
    }
}
