package dev.pel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The pending timers. The heap is confined to the active thread; other threads send it timers to put in or take out. */
final class Timers {
    private final Generation generation;
    private final ActiveLane active;
    private final TimerHeap<LoopTimer> heap = new TimerHeap<>();
    private final AtomicLong pending = new AtomicLong();
    private final LongAdder created = new LongAdder();
    private final LongAdder fired = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder stopped = new LongAdder();
    private final LongAdder rejected = new LongAdder();

    /** After this instant a timer is too late for the drain. Confined to the active thread; only read while draining. */
    private long latest;

    private boolean draining;

    Timers(Generation generation, ActiveLane active) {
        this.generation = generation;
        this.active = active;
    }

    /** Accepts a timer or rejects it. */
    void submit(LoopTimer timer) {
        created.increment();
        CallRejectedException why = accept();
        if (why != null) {
            rejected.increment();
            timer.reject(why);
        } else {
            send(timer);
        }
    }

    private @Nullable CallRejectedException accept() {
        int capacity = generation.options.timerCapacity();
        if (!generation.accepts()) {
            return generation.notRunning(Lane.ACTIVE);
        }
        if (pending.incrementAndGet() > capacity) {
            pending.decrementAndGet();
            return CallRejectedException.timersFull(generation.name(), capacity);
        }
        // the rival is a stop: either it sees the place that was just taken and waits for the timer, or we see the stop
        // here
        if (!generation.accepts()) {
            pending.decrementAndGet();
            generation.wentIdle(); // a drain may have seen the place
            return generation.notRunning(Lane.ACTIVE);
        }
        return null;
    }

    private void send(LoopTimer timer) {
        if (active.isCurrent()) {
            align(timer);
        } else {
            active.post(timer);
        }
    }

    /** On the active thread: puts a pending timer in, takes an ended one out. */
    void align(LoopTimer timer) {
        if (!timer.isPending()) {
            if (timer.heapSlot() >= 0) {
                heap.remove(timer);
            }
        } else if (generation.isOver() || (draining && timer.dueAt() - latest > 0)) {
            timer.stop();
        } else if (timer.heapSlot() < 0) {
            heap.add(timer, timer.dueAt());
        }
    }

    /** A pending timer has ended before it fell due, on any thread. */
    void ended(LoopTimer timer, Outcome outcome) {
        (outcome == Outcome.STOPPED ? stopped : cancelled).increment();
        pending.decrementAndGet(); // last: the stop that sees no timer any more makes its report
        if (active.isCurrent()) {
            align(timer);
        } else if (!generation.isOver()) {
            active.post(timer);
        }
    }

    /** Runs the bodies of at most as many timers that are due; says how many. */
    int fireDue(int most) {
        int count = 0;
        while (count < most && !heap.isEmpty() && !generation.isOver()) {
            LoopTimer timer = heap.pollDue(generation.machine.nanoTime());
            if (timer == null) {
                break;
            }
            count++;
            if (timer.fallDue(timer.dueAt())) {
                active.reserve(timer); // before it is no longer pending: a drain must see it on one side
                pending.decrementAndGet();
                fired.increment();
                active.runTimer(timer);
            }
        }
        return count;
    }

    /** On the active thread: from now on only timers up to this instant run. */
    void drain(long latestDue) {
        draining = true;
        latest = latestDue;
        heap.clear(timer -> {
            if (timer.isPending()) {
                align(timer);
            }
        });
    }

    /** On the active thread. */
    void stopAll() {
        heap.clear(LoopTimer::stop);
    }

    /** On the watch thread, when the active thread is lost in somebody's code; should it come back, it stops the rest. */
    void abandonAll() {
        heap.peekAll(LoopTimer::stop);
    }

    boolean isEmpty() {
        return pending.get() == 0;
    }

    boolean hasNext() {
        return !heap.isEmpty();
    }

    long firstDue() {
        return heap.firstDue();
    }

    LoopStats.TimerStats stats() {
        return new LoopStats.TimerStats(
                created.sum(), pending.get(), fired.sum(), cancelled.sum(), stopped.sum(), rejected.sum());
    }
}
