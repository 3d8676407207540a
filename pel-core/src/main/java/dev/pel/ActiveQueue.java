package dev.pel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the active lane. Any thread posts; the active thread takes, parks while there is nothing, and closes the queue at the end
 * of a stop. What is posted after that, or is left in the queue, is abandoned.
 */
final class ActiveQueue {
    private static final Log log = new Log();
    private static final int CHUNK = 1_024;

    private final String loop;
    private final Machine machine;
    private final OwnThreads threads;
    private final CurrentEntry current;
    private final Retries retries;
    private final MpscUnboundedVarHandleArrayQueue<ActiveElement> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);

    /** 1 from before the active thread looks at the queue for the last time and parks, until another thread wakes it; else 0. */
    private final PaddedLong parked = new PaddedLong();

    /**
     * Whether a thread has the right to take from the queue of a loop that is over: the active thread or, if that is lost, the watchdog.
     */
    private final AtomicBoolean taking = new AtomicBoolean();

    /** What was found in the queue, or came to it, when nothing is taken from it any more. */
    private final Queue<ActiveElement> leftOver = new ConcurrentLinkedQueue<>();

    private final AtomicReference<@Nullable Thread> abandoning = new AtomicReference<>();
    private volatile boolean closed;

    ActiveQueue(String loop, Machine machine, OwnThreads threads, CurrentEntry current, Retries retries) {
        this.retries = retries;
        this.loop = loop;
        this.machine = machine;
        this.threads = threads;
        this.current = current;
    }

    // ------------------------------------------------------------------ for all threads

    /** Posts an element. When no memory is left for that, the watchdog does it later. */
    void post(ActiveElement element) {
        if (closed) {
            abandon(element); // nothing is taken from the queue any more: what is put there would stay
            return;
        }
        try {
            queue.offer(element);
        } catch (VirtualMachineError | LinkageError e) { // then nothing was put there
            postLater(element, e);
            return;
        }
        rouse();
        // a concurrent thread closes the queue and then looks through it: either it finds the element, or the mark is
        // seen here
        if (closed) {
            abandon(element);
        }
    }

    /** Has the watchdog post an element, because no memory is left for it now. */
    void postLater(ActiveElement element, Error cause) {
        retries.keep(element, cause);
    }

    /** Wakes the active thread if it is parked, or about to park. */
    void rouse() {
        if (isParked() && parked.compareAndSet(1, 0)) {
            wake();
        }
    }

    /** Wakes the active thread in any case. */
    void wake() {
        machine.unpark(threads.active());
    }

    boolean isParked() {
        return parked.get() == 1;
    }

    boolean isIdle() {
        return isParked() && queue.isEmpty() && isParked();
    }

    boolean isClosed() {
        return closed;
    }

    /** When the entry that waits longest came; null when none is found. */
    @Nullable Long oldest() {
        for (ActiveElement element : queue) {
            if (element instanceof ActiveEntry entry) {
                return entry.queuedAt();
            }
        }
        return null;
    }

    boolean isOnActiveThread() {
        return threads.isActiveCurrent();
    }

    // ------------------------------------------------------------------ for the active thread

    @Nullable ActiveElement poll() {
        assert threads.isActiveCurrent();
        return queue.poll();
    }

    /** Whether an element can be taken at once. To ask whether the queue is empty would read what submitters write. */
    boolean hasFirst() {
        return queue.relaxedPeek() != null;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Marks the active thread as about to park, before its last look into the queue; a producer posts first and then reads the mark. */
    void parks(boolean now) {
        parked.set(now ? 1 : 0);
    }

    // ------------------------------------------------------------------ the end

    /** Acquires the exclusive right to take from the queue of a loop that is over. */
    boolean lock() {
        return taking.compareAndSet(false, true);
    }

    void unlock() {
        taking.set(false);
    }

    /** From here on posters abandon their own element. The caller has the right to take, and goes on with what is in the queue. */
    void refuse() {
        closed = true;
    }

    /** Closes the queue for good. The caller has the right to take, and keeps it. */
    void close() {
        refuse();
        ActiveElement element = queue.poll();
        while (element != null) {
            abandon(element);
            element = queue.poll();
        }
    }

    /**
     * Takes the queue over from an active thread that does not come back from user code; should it come back, it takes nothing any more.
     *
     * @return whether this took it over
     */
    boolean takeOver() {
        if (!lock() && !closed) {
            return false; // it is between two elements just now
        }
        // an active thread that is stuck while it abandons elements must not keep other threads from that. Should it
        // come back, it finds nothing to abandon, or the same elements once more, which is harmless
        abandoning.compareAndSet(threads.active(), null);
        closed = true;
        queue.forEach(this::abandon);
        abandonLeftOver();
        return true;
    }

    /** Abandons an element, which may post others: one thread at a time abandons them in a loop, so that the calls do not nest. */
    void abandon(ActiveElement element) {
        try {
            leftOver.add(element);
        } catch (VirtualMachineError | LinkageError e) {
            retries.keep(element, e);
            return;
        }
        abandonLeftOver();
    }

    private void abandonLeftOver() {
        Thread current = Thread.currentThread();
        while (!leftOver.isEmpty() && abandoning.compareAndSet(null, current)) {
            try {
                ActiveElement next = leftOver.poll();
                while (next != null) {
                    abandonOne(next);
                    next = leftOver.poll();
                }
            } finally {
                abandoning.compareAndSet(current, null); // unless it was taken for stuck, and another thread goes on
            }
        }
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
