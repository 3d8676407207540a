package dev.pel.flow;

import dev.pel.LoopFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a queue, and the requests for them. A thread that adds one or the other gives a signal; the first of them hands items out, and
 * goes round once more for each signal that others give meanwhile. So items are handed out by one thread at a time, without a lock. It does not do
 * that for others for ever: after some rounds it leaves, and the thread goes on that gives the next signal, or, when none comes, a thread of the loop.
 */
final class WaitingItems<T> {
    /** That many requests that have ended are always tolerated. */
    private static final int FEW = 64;

    /** So many requests are taken in per round. */
    private static final int SOME = 1024;

    /** So many rounds one thread hands out, before another one goes on. */
    private static final int ROUNDS = 64;

    /** Among the places: nobody gets another one. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int capacity;
    private final Deque<T> items = new ConcurrentLinkedDeque<>();

    /** How many items have a place, and whether there are no more; a place is taken before the item is added. */
    private final AtomicInteger places = new AtomicInteger();

    /** Requests that were not seen yet. */
    private final Queue<LoopFuture<T>> arrivals = new ConcurrentLinkedQueue<>();

    /** How many signals have been given and not been seen; not 0 as long as a thread hands items out. */
    private final AtomicInteger signals = new AtomicInteger();

    /** Whether the thread that handed items out has left before it had seen all signals: the one that clears this goes on. */
    private final AtomicBoolean isLeft = new AtomicBoolean();

    /** Confined, as the next one, to the thread that hands items out. */
    private final Deque<LoopFuture<T>> requests = new ArrayDeque<>();

    private int tidyAt = FEW;

    /** Why requests are cancelled. Written before the mark in the places. */
    private volatile String whyClosed = "";

    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** Runs when the last item has been handed out, or its place given back. */
    private final Runnable whenEmpty;

    /** Runs code on a thread of the loop, in a while. */
    private final Consumer<Runnable> later;

    WaitingItems(int capacity, Runnable whenEmpty, Consumer<Runnable> later) {
        if (capacity < 1) {
            throw new IllegalArgumentException("'capacity' must be at least 1 but was " + capacity);
        }
        this.capacity = capacity;
        this.whenEmpty = whenEmpty;
        this.later = later;
    }

    /** Takes a place for an item, if there is one. */
    boolean takePlace() {
        int before = places.getAndUpdate(now -> now >= 0 && now < capacity ? now + 1 : now);
        return before >= 0 && before < capacity;
    }

    /** Adds an item, whose place has been taken. */
    void add(T item) {
        items.addLast(item);
        pushed.incrementAndGet();
        signal();
    }

    /** Adds an item at the front that was handed out, and could not be used. It always has a place, also one beyond the capacity. */
    void putBack(T item) {
        places.incrementAndGet();
        items.addFirst(item);
        signal();
    }

    /** No item comes for the place. */
    void givePlaceBack() {
        places.decrementAndGet();
        signal();
    }

    /** Takes the oldest item away; false when there is none. */
    boolean dropOldest() {
        boolean isDropped = items.pollFirst() != null;
        if (isDropped) {
            dropped.incrementAndGet();
            givePlaceBack();
        }
        return isDropped;
    }

    void request(LoopFuture<T> pop) {
        arrivals.add(pop);
        signal();
    }

    void close(String why) {
        whyClosed = why;
        places.getAndUpdate(now -> now | CLOSED);
        signal();
    }

    // ------------------------------------------------------------------ handing out

    private void signal() {
        if (signals.getAndIncrement() == 0 || takesOver()) {
            handOutAll();
        } // else the thread that hands items out goes round once more
    }

    private void handOutAll() {
        int seen = signals.get();
        for (int round = 1; seen > 0; round++) {
            if (round > ROUNDS) {
                isLeft.set(true);
                later.accept(this::goOn);
                return;
            }
            boolean isThrough;
            try {
                isThrough = handOut();
            } catch (Throwable e) { // such as no memory: the next signal is to hand out again
                isLeft.set(true);
                throw e;
            }
            seen = isThrough ? signals.addAndGet(-seen) : seen;
        }
    }

    private void goOn() {
        if (takesOver()) {
            handOutAll();
        }
    }

    /** Whether the thread that handed items out has left, and this one goes on in its place. */
    private boolean takesOver() {
        return isLeft.get() && isLeft.compareAndSet(true, false);
    }

    /** Hands out what can be; whether all requests were taken in before. */
    private boolean handOut() {
        boolean isThrough = takeIn();
        T item = nextWanted();
        while (item != null && isHandedOut(item)) {
            places.decrementAndGet();
            item = nextWanted();
        }
        if (isOver()) {
            endRequests();
        }
        if (size() == 0) {
            whenEmpty.run();
        }
        return isThrough;
    }

    private boolean takeIn() {
        int count = 0;
        LoopFuture<T> next = arrivals.poll();
        while (next != null) {
            requests.addLast(next);
            count++;
            next = count < SOME ? arrivals.poll() : null;
        }
        if (requests.size() > tidyAt) { // those that were cancelled or have timed out
            requests.removeIf(LoopFuture::isDone);
            tidyAt = Math.max(FEW, 2 * requests.size());
        }
        return count < SOME;
    }

    /** The next item, if a request waits for one. Else it is not taken out, not even for a moment: a concurrent thread that drops items finds it. */
    private @Nullable T nextWanted() {
        LoopFuture<T> first = requests.peekFirst();
        while (first != null && first.isDone()) {
            requests.removeFirst();
            first = requests.peekFirst();
        }
        return first == null ? null : items.pollFirst();
    }

    /** Gives it to a request, or puts it back: also when that fails, because no stack or no memory is left. */
    private boolean isHandedOut(T item) {
        boolean isTaken = false;
        try {
            isTaken = isTaken(item);
        } finally {
            if (!isTaken) {
                items.addFirst(item);
            }
        }
        return isTaken;
    }

    /** Whether a request takes it: one that a concurrent thread has ended does not. */
    private boolean isTaken(T item) {
        LoopFuture<T> first = requests.peekFirst();
        while (first != null) {
            boolean takes = first.complete(item);
            requests.removeFirst();
            if (takes) {
                return true;
            }
            first = requests.peekFirst();
        }
        return false;
    }

    private void endRequests() {
        LoopFuture<T> first = requests.peekFirst();
        while (first != null) {
            first.completeExceptionally(new CancellationException(whyClosed));
            requests.removeFirst(); // last: where no stack or no memory is left, the next signal ends it
            first = requests.peekFirst();
        }
    }

    // ------------------------------------------------------------------ figures

    void refused() {
        refused.incrementAndGet();
    }

    void failed() {
        failed.incrementAndGet();
    }

    long lost() {
        return refused.get() + dropped.get();
    }

    boolean isClosed() {
        return places.get() < 0;
    }

    boolean isOver() {
        return places.get() == CLOSED;
    }

    int size() {
        return places.get() & ~CLOSED;
    }

    QueueStats stats() {
        int waiting = size();
        long taken = Math.max(0, pushed.get() - dropped.get() - waiting);
        return new QueueStats(capacity, waiting, pushed.get(), refused.get(), taken, failed.get());
    }
}
