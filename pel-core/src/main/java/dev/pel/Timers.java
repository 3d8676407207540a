package dev.pel;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pending timers. The heap is confined to the active thread. What other threads set arrives in a stack of its own, where
 * cancelled timers are taken out again however long the active thread is busy; so what lies here is bounded by the capacity.
 */
final class Timers {
    /** After so many timers the active thread is woken to put them into the heap, though none of them is due before it wakes. */
    private static final int MANY = 256;

    /** So many timers are looked at, or put into the heap, before the active thread looks whether one is due. */
    private static final int FEW = 64;

    /** What is due later than this can wait while others are due. */
    private static final long NEAR = 100_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final RunServices run;
    private final ActiveLane active;
    private final ActiveQueue queue;
    private final TimerHeap<LoopTimer> heap = new TimerHeap<>();

    /** Set by other threads, and not yet in the heap. */
    private final Arrivals<LoopTimer> arrivals;

    /** Ended by other threads while they were in the heap: at most as many as are in it. */
    private final Arrivals<LoopTimer> leaving;

    /** What the active thread looks through, and will look at next. Confined to it, as those that follow. */
    private @Nullable LoopTimer taken;

    /** The first and the last of those that it has seen there and that can wait. */
    private @Nullable LoopTimer firstKept;

    private @Nullable LoopTimer lastKept;

    /** Whether they have just arrived, or are looked through once more. */
    private boolean isFresh;

    /** Those that are due after the horizon; a few of them go into the heap in each turn. */
    private @Nullable LoopTimer later;

    private long horizon;

    /** When the active thread wakes by itself; a thread that sets an earlier timer wakes it. */
    private volatile long wakesAt = NEVER;

    private final TimerCounters counters = new TimerCounters();

    /** After this instant a timer is too late for the drain. Confined to the active thread; only read while draining. */
    private long latest;

    private boolean draining;

    Timers(RunServices run) {
        this.run = run;
        this.active = run.active;
        this.queue = run.queue;
        this.arrivals = new Arrivals<>(run.machine);
        this.leaving = new Arrivals<>(run.machine);
        this.horizon = run.machine.nanoTime();
    }

    /** Accepts a timer or rejects it. */
    void submit(LoopTimer timer) {
        CallRejectedException why = accept(timer.hasPlace());
        if (why != null) {
            timer.refuse(why, counters);
            return;
        }
        timer.isNumber(counters.accepted());
        if (run.state() == LoopState.DRAINING && (timer.isPeriodic() || run.timerBodies.isInOne())) {
            if (!timer.isPeriodic()) {
                counters.notSetAnew(); // a periodic one is counted with its end
            }
            timer.stop();
        } else if (run.threads.isActiveCurrent()) {
            alignOrStop(timer);
        } else {
            send(timer);
        }
    }

    private @Nullable CallRejectedException accept(boolean hasPlace) {
        int capacity = run.options.timerCapacity();
        if (!run.state.accepts()) {
            return run.state.notRunning(Lane.ACTIVE);
        }
        if (hasPlace) {
            counters.keepPlace();
        } else if (!counters.takePlace(capacity)) {
            return CallRejectedException.timersFull(run.name(), capacity);
        }
        // the concurrent thread makes a stop: either it sees the place that was just taken and waits for the timer, or
        // we see the stop
        // here
        if (!run.state.accepts()) {
            counters.withdraw();
            run.state.wentIdle(); // a drain may have seen the place
            return run.state.notRunning(Lane.ACTIVE);
        }
        return null;
    }

    private void send(LoopTimer timer) {
        arrivals.add(timer);
        // the concurrent thread is the active one falling asleep: it says until when, and then looks at the arrivals
        // once more
        if (queue.isParked() && (isEarlier(timer.dueAt()) || counters.pending() % MANY == 0)) {
            queue.rouse();
        }
        // the concurrent thread is the one that stops the loop, and then ends what has arrived: it sees the timer, or
        // we see the
        // stop
        if (run.isOver()) {
            timer.stop();
        }
    }

    private boolean isEarlier(long dueAt) {
        long until = wakesAt;
        return until == NEVER || dueAt - until < 0;
    }

    /** On the active thread, in code of users: puts a pending timer into the heap, or ends it when it is too late for that. */
    private void alignOrStop(LoopTimer timer) {
        if (!align(timer)) {
            timer.stop();
        }
    }

    /** On the active thread: puts a pending timer into the heap; false when it is too late for that. */
    private boolean align(LoopTimer timer) {
        if (!timer.isPending()) {
            return true;
        }
        if (run.isOver() || isTooLate(timer)) {
            return false;
        }
        heap.addInItsOrder(timer, timer.dueAt());
        // the concurrent thread ends the timer, and then looks whether it is in the heap: one of the two sees the other
        if (!timer.isPending()) {
            removeFromHeap(timer);
        }
        return true;
    }

    private boolean isTooLate(LoopTimer timer) {
        return draining && (timer.isPeriodic() || timer.dueAt() - latest > 0);
    }

    private void removeFromHeap(LoopTimer timer) {
        if (timer.heapSlot() >= 0) {
            heap.remove(timer);
        }
    }

    /** A pending timer has ended before it fell due, on any thread. */
    void ended(LoopTimer timer, Outcome outcome) {
        if (timer.isPeriodic() && outcome == Outcome.STOPPED) {
            counters.notSetAnew();
        }
        counters.ended(outcome);
        if (run.threads.isActiveCurrent() && timer.heapSlot() >= 0) {
            heap.remove(timer);
        } else if (timer.heapSlot() < 0) {
            arrivals.unwanted();
        } else if (!run.isOver()) {
            leaving.add(timer);
            queue.rouse();
        }
    }

    /**
     * On the active thread: takes out of the heap what other threads have ended, and takes over what they have set. To put a timer into
     * the heap takes longer than to look at it, and as long as to set it. So when others set many at once, those that are due soon are
     * found first, and the others go into the heap in parts: timers that fall due meanwhile wait for few of them.
     */
    void takeIn() {
        assert run.threads.isActiveCurrent();
        LoopTimer gone = leaving.takeNewestFirst();
        while (gone
                != null) { // all of them, or others could be faster for ever; there are no more than the heap has had
            LoopTimer next = gone.linked();
            gone.link(null);
            removeFromHeap(gone);
            gone = next;
        }
        if (taken == null && (later != null || !arrivals.isEmpty())) {
            take();
        }
        lookThrough();
        if (!isFresh && taken == null && !arrivals.isEmpty()) {
            takeFresh(); // also where each turn takes so long that the horizon is near again
            lookThrough();
        }
        for (int i = 0; i < FEW && later != null && taken == null; i++) {
            LoopTimer timer = later;
            later = timer.linked();
            timer.link(null);
            putIn(timer);
        }
    }

    /** Takes what has arrived; or goes once more through those that could wait, when the horizon has come near. */
    private void take() {
        long now = run.machine.nanoTime();
        boolean isFar = horizon - now > NEAR / 2;
        if (!isFar) {
            horizon = now + NEAR;
        }
        if (isFar || later == null) {
            takeFresh();
        } else {
            isFresh = false;
            taken = later;
            later = null;
        }
    }

    private void takeFresh() {
        isFresh = true;
        taken = arrivals.takeNewestFirst();
    }

    /** Looks through what was taken, until all are seen or a timer in the heap is due; the rest follows in the next turn. */
    private void lookThrough() {
        int seen = 0;
        while (taken != null) {
            if (++seen % FEW == 0 && isDue()) {
                return;
            }
            LoopTimer timer = taken;
            taken = timer.linked();
            if (canWait(timer)) {
                firstKept = firstKept == null ? timer : firstKept;
                lastKept = timer;
            } else {
                if (lastKept != null) {
                    lastKept.link(taken);
                }
                timer.link(null); // before it is in the heap: from there others link it to those that leave
                putIn(timer);
            }
        }
        if (lastKept != null) {
            lastKept.link(later);
            later = firstKept;
            firstKept = null;
            lastKept = null;
        }
    }

    /** Reads no more of a fresh timer than it must: another processor has just written it. */
    private boolean canWait(LoopTimer timer) {
        return timer.dueAt() - horizon > 0 && (isFresh || timer.isPending());
    }

    private boolean isDue() {
        return !heap.isEmpty() && heap.firstDue() - run.machine.nanoTime() <= 0;
    }

    private void putIn(LoopTimer timer) {
        try {
            if (!align(timer)) {
                stop(timer);
            }
        } catch (Throwable e) {
            // no memory is left for the heap: a timer that cannot fire must not be waited for
            run.defects.tell(e);
            timer.end(Outcome.FAILED, null, e, false);
        }
    }

    /** On the active thread, before it parks: says until when, for those who set timers. */
    void sleeps() {
        assert run.threads.isActiveCurrent();
        wakesAt = heap.isEmpty() ? NEVER : heap.firstDue();
    }

    /** Whether other threads have set or ended timers that are not yet in the heap, or still in it. On the active thread. */
    boolean hasNews() {
        return !arrivals.isEmpty() || !leaving.isEmpty() || taken != null || later != null;
    }

    /** Runs the bodies of at most as many timers that are due; says how many. */
    int fireDue(int most) {
        assert run.threads.isActiveCurrent();
        int count = 0;
        while (count < most && !heap.isEmpty() && !run.isOver()) {
            LoopTimer timer = heap.pollDue(run.machine.nanoTime());
            if (timer == null) {
                break;
            }
            count++;
            if (timer.fallDue()) {
                active.reserve(timer); // before it is no longer pending: a drain must see it on one side
                counters.fired();
                timer.runOn(active);
            }
        }
        return count;
    }

    /** On the active thread: from now on only timers up to this instant run, and none that is periodic. */
    void drain(long latestDue) {
        assert run.threads.isActiveCurrent();
        draining = true;
        latest = latestDue;
        heap.removeIf(this::isTooLate, this::stop);
    }

    /**
     * On the active thread. Code that is attached to a timer may block: so each has left when it is stopped, and the others stay where a
     * watchdog that takes over finds them.
     */
    void stopAll() {
        assert run.threads.isActiveCurrent();
        heap.removeIf(timer -> true, this::stop);
        taken = halfSeen();
        firstKept = null;
        lastKept = null;
        stopTaken();
        taken = later;
        later = null;
        stopTaken();
        while (!arrivals.isEmpty()) { // also while another thread unlinks what is unwanted
            taken = arrivals.takeNewestFirst();
            stopTaken();
        }
    }

    private void stopTaken() {
        while (taken != null) {
            LoopTimer timer = taken;
            taken = timer.linked();
            timer.link(null);
            stop(timer);
        }
    }

    private void stop(LoopTimer timer) {
        try {
            active.handOver(timer::stop);
        } catch (VirtualMachineError | LinkageError e) { // it has left the heap already
            timer.end(Outcome.STOPPED, null, e, false);
        }
    }

    /** What is being looked through: those that can wait, and behind them those that were not yet seen. */
    private @Nullable LoopTimer halfSeen() {
        LoopTimer kept = firstKept;
        return kept == null ? taken : kept;
    }

    /** On the watchdog, when the active thread is lost in somebody's code; should it come back, it stops the rest. */
    void abandonAll() {
        heap.peekAll(LoopTimer::stop);
        stopAll(halfSeen());
        stopAll(later);
        while (!arrivals.isEmpty()) {
            stopAll(arrivals.takeNewestFirst());
        }
    }

    private static void stopAll(@Nullable LoopTimer first) {
        LoopTimer timer = first;
        while (timer != null) {
            LoopTimer next = timer.linked();
            timer.link(null);
            timer.stop();
            timer = next;
        }
    }

    TimerCounters counters() {
        return counters;
    }

    /** Hands over the timers in the heap, as far as a thread can tell that is not the active one. */
    void peekAll(Consumer<LoopTimer> action) {
        heap.peekAll(action);
    }

    boolean isEmpty() {
        return counters.pending() == 0;
    }

    boolean hasNext() {
        return !heap.isEmpty();
    }

    long firstDue() {
        return heap.firstDue();
    }

    /** How many timers lie here in memory, ended ones included; on the active thread, or while it does nothing. */
    int held() {
        return heap.size() + arrivals.count() + leaving.count() + count(halfSeen()) + count(later);
    }

    private static int count(@Nullable LoopTimer first) {
        int count = 0;
        for (LoopTimer timer = first; timer != null; timer = timer.linked()) {
            count++;
        }
        return count;
    }
}
