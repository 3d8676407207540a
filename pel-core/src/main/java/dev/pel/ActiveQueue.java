package dev.pel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the active lane. Any thread posts; the active thread takes, parks while there is nothing, and closes the queue at the end
 * of a stop. What is posted after that, or is left in the queue, is abandoned.
 */
final class ActiveQueue {
    private static final int CHUNK = 1_024;

    private final Machine machine;
    private final OwnThreads threads;
    private final Retries retries;
    private final MpscUnboundedVarHandleArrayQueue<ActiveElement> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);

    /** 1 from before the active thread looks at the queue for the last time and parks, until another thread wakes it; else 0. */
    private final PaddedLong parked = new PaddedLong();

    /**
     * Whether a thread has the right to take from the queue of a loop that is over: the active thread or, if that is lost, the watchdog.
     */
    private final AtomicBoolean taking = new AtomicBoolean();

    /** What is to run when there is nothing else to do, first in, first out. */
    private final Queue<ActiveElement> idle = new ConcurrentLinkedQueue<>();

    /** What is found in the queue, or comes to it, when nothing is taken from it any more. */
    private final LeftOver leftOver;

    private volatile boolean closed;

    ActiveQueue(String loop, Machine machine, OwnThreads threads, CurrentEntry current, Retries retries) {
        this.retries = retries;
        this.machine = machine;
        this.threads = threads;
        this.leftOver = new LeftOver(loop, threads, current, retries);
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

    /** Posts an element that is to run when there is nothing else to do. */
    void postIdle(ActiveElement element) {
        idle.add(element);
        rouse();
        // a concurrent thread closes the queue and then looks through it: either it finds the element, or the mark is
        // seen here
        if (closed && idle.remove(element)) {
            abandon(element);
        }
    }

    /** Takes such an element out again. False when it is not there: it was taken, or is not there yet. */
    boolean removeIdle(ActiveElement element) {
        return idle.remove(element);
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
        return idle.peek() instanceof ActiveEntry entry ? (Long) entry.queuedAt() : null;
    }

    boolean isOnActiveThread() {
        return threads.isActiveCurrent();
    }

    // ------------------------------------------------------------------ for the active thread

    @Nullable ActiveElement poll() {
        assert threads.isActiveCurrent();
        return queue.poll();
    }

    /** The next one that was to wait until there is nothing else to do. */
    @Nullable ActiveElement pollIdle() {
        assert threads.isActiveCurrent();
        return idle.poll();
    }

    boolean hasIdle() {
        return !idle.isEmpty();
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
        abandonIdle();
    }

    private void abandonIdle() {
        ActiveElement element = idle.poll();
        while (element != null) {
            abandon(element);
            element = idle.poll();
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
        leftOver.takeFrom(threads.active());
        closed = true;
        queue.forEach(this::abandon);
        abandonIdle();
        leftOver.abandonAll();
        return true;
    }

    /** Ends an element that is not taken any more. */
    void abandon(ActiveElement element) {
        leftOver.abandon(element);
    }

    /** Whether the current thread abandons elements, so that others would wait for what it runs there. */
    boolean isAbandoning() {
        return leftOver.isAbandoning();
    }
}
