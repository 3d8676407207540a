package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Steps of pel's own that failed because no memory, or no stack, was left, and that must not be lost: elements for the queue of the active
 * lane, and ends of handles. The watchdog repeats each until it succeeds, every ten milliseconds. Keeping one takes no memory, because the
 * slots are made in advance; a thread that finds none free waits a while for one.
 */
final class Retries {
    static final int SLOTS = 64;

    /** How long a thread waits for a free slot, in nanoseconds. */
    private static final long LONGEST_WAIT = Duration.ofSeconds(1).toNanos();

    private final Machine machine;
    private final StackRoom stack;
    private final WatchdogThread watchdog;
    private final Defects defects;
    private @Nullable ActiveQueue queue;
    private final Slot[] slots = new Slot[SLOTS];

    /** When the watchdog repeats next, so that a step that fails again and again takes no processor. Confined to the watchdog. */
    private long nextAt;

    /** The slot whose step is repeated just now. Confined to the watchdog. */
    private @Nullable Slot repeated;

    /** How many steps are kept, or repeated just now. */
    private final AtomicInteger kept = new AtomicInteger();

    Retries(Machine machine, StackRoom stack, WatchdogThread watchdog, Defects defects) {
        this.stack = stack;
        this.machine = machine;
        this.nextAt = machine.nanoTime();
        this.watchdog = watchdog;
        this.defects = defects;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /** Called once, before another thread has the run: where the elements belong. */
    void postTo(ActiveQueue newQueue) {
        queue = newQueue;
    }

    /** Keeps an element that could not be posted, or not be run. Throws the cause when there is no slot for it. */
    void keep(ActiveElement element, Error cause) {
        keep(element, Outcome.SUCCEEDED, null, cause);
    }

    /** Keeps the end of a handle that could not be made, or not be reported. Throws the cause when there is no slot for it. */
    void keep(ResultMethods<?> handle, Outcome outcome, Throwable error, Error cause) {
        keep((Object) handle, outcome, error, cause);
    }

    private void keep(Object step, Outcome outcome, @Nullable Throwable error, Error cause) {
        stack.ensureSomeRoom(); // from here on it is kept, or nothing has happened
        kept.incrementAndGet(); // first: a concurrent drain must not find nothing left in between
        boolean isKept = false;
        try {
            isKept = isPutInTime(step, outcome, error);
        } finally {
            if (!isKept) {
                kept.decrementAndGet();
            }
        }
        if (!isKept) {
            throw cause;
        }
        watchdog.wake();
        watchdog.startAgainIfEnded();
        defects.tell(cause);
    }

    private boolean isPutInTime(Object step, Outcome outcome, @Nullable Throwable error) {
        long until = machine.nanoTime() + LONGEST_WAIT;
        boolean isPut = isPut(step, outcome, error);
        while (!isPut && until - machine.nanoTime() > 0) {
            machine.park(this, WatchdogThread.PAUSE);
            if (watchdog.isCurrent() && repeated == null) {
                repeat(); // nobody else makes room
            }
            isPut = isPut(step, outcome, error);
        }
        return isPut;
    }

    private boolean isPut(Object step, Outcome outcome, @Nullable Throwable error) {
        Slot own = repeated;
        if (own != null && watchdog.isCurrent() && own.isPutBack(step, outcome, error)) {
            return true; // it has failed once more
        }
        for (Slot slot : slots) {
            if (slot.isPut(step, outcome, error)) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return kept.get() == 0;
    }

    int size() {
        return kept.get();
    }

    /** On the watchdog: repeats what is kept, once, if the pause is over. What fails again is kept again. */
    void repeat() {
        assert watchdog.isCurrentOrNone();
        if (isEmpty() || nextAt - machine.nanoTime() > 0) {
            return;
        }
        nextAt = machine.nanoTime() + WatchdogThread.PAUSE;
        for (Slot slot : slots) {
            if (slot.isFull()) {
                repeated = slot;
                try {
                    slot.repeat(Objects.requireNonNull(queue));
                } catch (Throwable e) {
                    defects.tell(e);
                } finally {
                    repeated = null;
                    slot.freeUnlessPutBack();
                    kept.decrementAndGet();
                }
            }
        }
    }

    /**
     * Room for one step. A thread that keeps a step reserves the slot, and fills it; the watchdog empties it. While the step is repeated the
     * slot stays reserved for it, so that it cannot be lost.
     */
    private static final class Slot {
        private static final int FREE = 0;
        private static final int RESERVED = 1;
        private static final int FULL = 2;

        private final AtomicInteger state = new AtomicInteger(FREE);

        /** An element of the active lane's queue, or a handle. Guarded by {@link #state}, as are the two that follow. */
        private @Nullable Object step;

        private Outcome outcome = Outcome.SUCCEEDED;
        private @Nullable Throwable error;

        boolean isPut(Object newStep, Outcome newOutcome, @Nullable Throwable newError) {
            if (!state.compareAndSet(FREE, RESERVED)) {
                return false;
            }
            step = newStep;
            outcome = newOutcome;
            error = newError;
            state.set(FULL);
            return true;
        }

        /** On the watchdog, while it repeats what was here: false when that has put something here already. */
        boolean isPutBack(Object newStep, Outcome newOutcome, @Nullable Throwable newError) {
            if (step != null) {
                return false;
            }
            step = newStep;
            outcome = newOutcome;
            error = newError;
            return true;
        }

        /** On the watchdog, behind a repetition. */
        void freeUnlessPutBack() {
            state.set(step == null ? FREE : FULL);
        }

        boolean isFull() {
            return state.get() == FULL;
        }

        /** Only the watchdog takes a step out, so a full slot stays full until then. */
        void repeat(ActiveQueue queue) {
            Object what = step;
            Throwable why = error;
            Outcome how = outcome;
            state.set(RESERVED);
            step = null;
            error = null;
            if (why != null && what instanceof ResultMethods<?> handle) {
                handle.finishAgain(how, why);
            } else if (what instanceof ActiveElement element) {
                queue.post(element);
            }
        }
    }
}
