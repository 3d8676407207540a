package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The active lane of one run: what it accepts, and the six steps in which each of its entries runs. The queue is {@link ActiveQueue}, the
 * thread {@link ActiveThread}.
 */
final class ActiveLane {
    private final Machine machine;
    private final OwnThreads threads;
    private final ActiveQueue queue;
    private final LaneBooks books;
    private final CurrentEntry current;
    private final Propagators propagators;
    private final CoarseClock clock;

    /** Whether a listener needs exact times. */
    private final boolean isTimed;

    /** The context that the active thread had when it started; null where there are no propagators. Confined to it, as is {@link #came}. */
    private ContextPropagator.@Nullable Snapshot own;

    /** The same with the scopes that restore it; null when the thread may carry something else by now. */
    private @Nullable ThreadContext came;

    ActiveLane(
            Machine machine,
            OwnThreads threads,
            ActiveQueue queue,
            LaneBooks books,
            CurrentEntry current,
            Propagators propagators,
            CoarseClock clock) {
        this.machine = machine;
        this.threads = threads;
        this.queue = queue;
        this.books = books;
        this.current = current;
        this.propagators = propagators;
        this.clock = clock;
        this.isTimed = books.needExactTimes();
    }

    // ------------------------------------------------------------------ admission

    /** Accepts an entry, or says why not. */
    @Nullable CallRejectedException submit(ActiveEntry entry) {
        long place = books.takePlace();
        if (place < 0) {
            return books.refusal();
        }
        queue(entry, place);
        return null;
    }

    /** The same for a call that goes into the queue when it has been admitted. */
    <E extends ActiveEntry & Admitted> @Nullable CallRejectedException submitHeld(E call) {
        long place = books.takePlace();
        if (place < 0) {
            return books.refusal();
        }
        boolean begun = false;
        try {
            books.queued(call);
            books.rose(place);
            call.beginAdmission();
            begun = true;
        } finally {
            if (!begun) {
                books.withdraw(); // no memory is left: the place must not stay taken
            }
        }
        return null;
    }

    private void queue(ActiveEntry entry, long place) {
        boolean isQueued = false;
        try {
            books.queued(entry);
            books.rose(place);
            queue.post(entry);
            isQueued = true;
        } finally {
            if (!isQueued) {
                books.withdraw(); // no memory is left: the place must not stay taken
            }
        }
    }

    /** Accepts an entry that runs when there is nothing else to do, or says why not. */
    @Nullable CallRejectedException submitIdle(ActiveEntry entry) {
        long place = books.takePlace();
        if (place < 0) {
            return books.refusal();
        }
        boolean isQueued = false;
        try {
            books.queued(entry);
            books.rose(place);
            queue.postIdle(entry);
            isQueued = true;
        } finally {
            if (!isQueued) {
                books.withdraw(); // no memory is left: the place must not stay taken
            }
        }
        return null;
    }

    /** Queues an entry whose place is certain, such as a dependent whose source is done. False when the active thread has ended. */
    boolean submitCertain(ActiveEntry entry) {
        if (queue.isClosed()) {
            return false;
        }
        long place = books.reserve();
        // a concurrent end of the stop either sees the place that was just taken and waits for the entry, or its mark
        // is seen here
        if (queue.isClosed()) {
            books.withdraw();
            return false;
        }
        queue(entry, place);
        return true;
    }

    /** Counts the body of a call whose operation has returned; it was promised a place when the call was accepted. */
    void reserve(ActiveEntry entry) {
        long place = books.reserve();
        books.queued(entry);
        books.rose(place);
    }

    /**
     * The time of a submission by the current thread. For a body that is when the body began, unless a listener needs exact
     * times: a clock that is asked once for each entry, as event loops do, not for each submission.
     */
    long submissionTime() {
        if (isTimed) {
            return machine.nanoTime();
        }
        return threads.isActiveCurrent() ? current.clock : clock.time();
    }

    // ------------------------------------------------------------------ the six steps

    /**
     * On the active thread: takes an entry from its place in the queue, and makes it the running one.
     *
     * @return whether it is to {@link #run}; false when it has ended while it waited
     */
    boolean begins(ActiveEntry entry) {
        assert threads.isActiveCurrent();
        if (!entry.claim()) {
            return false;
        }
        long queuedAt = entry.queuedAt();
        try {
            leavesQueue(entry, queuedAt);
            if (entry.begin(current.clock)) {
                return true;
            }
            current.leave();
            countDropped(entry, queuedAt);
            return false;
        } catch (Throwable e) {
            isBroken(entry, e, false);
            current.leave();
            throw e;
        }
    }

    /** On the active thread: takes an entry that has begun to its end. */
    void run(ActiveEntry entry) {
        assert threads.isActiveCurrent();
        long startedAt = current.clock;
        ContextPropagator.Scope scope = Propagators.NOTHING_TO_CLOSE;
        boolean isCounted = false;
        try {
            scope = propagators.open(entry.capturedContext(), came);
            books.started(entry, current.waited());
            Outcome outcome = entry.runCode();
            isCounted = true;
            if (outcome != null) {
                ended(entry, outcome, startedAt);
                entry.conclude(outcome); // runs code attached by the plain CompletableFuture API
            }
        } catch (Throwable e) {
            isBroken(entry, e, isCounted);
            throw e;
        } finally {
            propagators.close(scope);
            current.leave();
        }
    }

    /** Pel itself has failed, or had no memory: the entry ends in any case, and is counted. */
    private void isBroken(ActiveEntry entry, Throwable error, boolean isCounted) {
        Outcome outcome = entry.broken(error);
        if (outcome != null && !isCounted) {
            books.endedHere(outcome);
        }
    }

    /** Counts that the entry has left the queue, and tells when it begins. */
    private void leavesQueue(ActiveEntry entry, long queuedAt) {
        books.leftHere();
        current.enter(entry);
        if (books.isUnderPressure()) {
            tellPressure();
        }
        if (isTimed) {
            // right after the one before, unless it came later
            long before = current.nextStartsAt;
            current.clock = before == 0 ? machine.nanoTime() : before - queuedAt < 0 ? queuedAt : before;
            current.nextStartsAt = 0;
        } else {
            current.clock = clock.time();
        }
        current.waited(Math.max(0, current.clock - queuedAt)); // the coarse clock may lag behind the machine's
    }

    private void tellPressure() {
        ContextPropagator.Scope scope = openNested(null); // a listener is code of users, too
        try {
            books.fell();
        } finally {
            propagators.close(scope);
        }
    }

    private void ended(ActiveEntry entry, Outcome outcome, long startedAt) {
        books.endedHere(outcome);
        if (isTimed) {
            current.nextStartsAt = machine.nanoTime();
            books.tellEnded(entry, outcome, current.waited(), current.nextStartsAt - startedAt);
        } else if (books.hasListeners()) {
            books.tellEnded(entry, outcome, current.waited(), clock.time() - startedAt);
        }
    }

    /** Counts an entry that has left the queue and will never run, unless another thread has counted it. */
    private void countDropped(ActiveEntry entry, long queuedAt) {
        Outcome outcome = entry.endedInQueue();
        if (outcome != null) {
            books.dropped(entry, outcome, queuedAt);
        }
    }

    /** Counts an entry that was found in a closed queue and has ended with this outcome. */
    void abandoned(ActiveEntry entry, Outcome outcome, long queuedAt) {
        books.left();
        books.dropped(entry, outcome, queuedAt);
    }

    // ------------------------------------------------------------------ other code of users on the active thread

    /** The active thread begins: what it carries now is what it carries between two entries. */
    void begin() {
        assert threads.isActiveCurrent();
        ThreadContext now = propagators.ofThisThread();
        came = now;
        own = now.own();
        current.clock = clock.time();
    }

    /** The loop is over: from here on, code attached through the plain {@code CompletableFuture} API may run outside any scope. */
    void isOver() {
        came = null;
    }

    /**
     * Ends a handle, to which users may have attached code, in the context of the thread itself. The stop is to see where this thread is, and
     * that it goes on: so each handle is handed over by itself.
     */
    void handOver(Runnable ends) {
        CallInfo outer = current.enter(new HandOver());
        try {
            ContextPropagator.Scope scope = propagators.open(own, came);
            try {
                ends.run();
            } finally {
                propagators.close(scope);
            }
        } finally {
            current.backTo(outer);
        }
    }

    /** No memory was left for a signal: it is posted once more. */
    void postLater(Signal signal, Error cause) {
        queue.postLater(signal, cause);
    }

    /** Opens a context inside an entry, or for code of users that belongs to none; without one, what the thread came with. */
    ContextPropagator.Scope openNested(ContextPropagator.@Nullable Snapshot context) {
        return propagators.open(context == null ? own : context);
    }

    void turnBegins() {
        assert threads.isActiveCurrent();
        current.turnIsOver = false;
        current.clock = clock.time();
    }

    void turnEnds() {
        current.nextStartsAt = 0;
    }

    // ------------------------------------------------------------------ stopping

    /** Ends the body that runs, because the loop stops, and interrupts the thread in case it blocks there. */
    void stopRunning() {
        if (current.call() instanceof ActiveEntry entry && entry.stopRunning()) {
            current.interrupt(threads.active());
        }
    }

    /** Ends and interrupts whatever the active thread runs, also dependents and handlers, which {@link #stopRunning} leaves alone. */
    void stopAnything() {
        CallInfo running = current.call();
        if (running instanceof ActiveEntry entry) {
            entry.stopAnyway();
        }
        if (running != null) {
            current.interrupt(threads.active());
        }
    }

    // ------------------------------------------------------------------ figures

    LaneStats stats(@Nullable Long held, long now) {
        return books.stats(1, LaneStats.PoolStats.ofFixed(1), queue.oldest(), held, now);
    }
}
