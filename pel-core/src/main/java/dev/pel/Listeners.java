package dev.pel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Calls all listeners; what one of them throws is logged and goes no further. */
final class Listeners {
    private final EventLoopListener[] all;

    /** Those of them that are told of each entry. */
    private final EventLoopListener[] ofEntries;

    /** One for each listener, in the same order. */
    private final RepeatedFailureLog[] logs;

    /** Whether one of them needs exact times. */
    private final boolean exact;

    private final Executor aside;

    /**
     * Of one run.
     *
     * @param aside runs what would hold up the thread that has something to tell
     */
    Listeners(List<EventLoopListener> listeners, Machine machine, Executor aside) {
        this.aside = aside;
        this.all = listeners.toArray(EventLoopListener[]::new);
        this.logs = new RepeatedFailureLog[all.length];
        Arrays.setAll(logs, index -> RepeatedFailureLog.warnings(machine, "Listener {} failed; the loop goes on"));
        this.ofEntries = Arrays.stream(all).filter(this::needsEntries).toArray(EventLoopListener[]::new);
        boolean isExact = false;
        for (EventLoopListener listener : all) {
            isExact |= needsExactTimes(listener);
        }
        this.exact = isExact;
    }

    /** One that cannot say so gets the exact times: they are right for all. */
    private boolean needsExactTimes(EventLoopListener listener) {
        try {
            return listener.needsExactTimes();
        } catch (Throwable e) {
            failed(listener, e);
            return true;
        }
    }

    /** One that cannot say so is told. */
    private boolean needsEntries(EventLoopListener listener) {
        try {
            return listener.needsEntries();
        } catch (Throwable e) {
            failed(listener, e);
            return true;
        }
    }

    /** Has a thread that is none of a lane tell something. */
    void aside(Runnable tell) {
        aside.execute(tell);
    }

    /** Whether one of them is told of each entry. */
    boolean areOfEntries() {
        return ofEntries.length > 0;
    }

    boolean needExactTimes() {
        return exact;
    }

    // what happens with every entry is told without a lambda, which would be made each time

    void queued(CallInfo call, Lane lane) {
        for (EventLoopListener listener : ofEntries) {
            try {
                listener.queued(call, lane);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    void started(CallInfo call, Lane lane, long waiting) {
        for (EventLoopListener listener : ofEntries) {
            try {
                listener.started(call, lane, waiting);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
        for (EventLoopListener listener : ofEntries) {
            try {
                listener.ended(call, lane, outcome, waiting, running);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    void rejected(CallInfo call, CallRejectedException why) {
        tell(listener -> listener.rejected(call, why));
    }

    void unhandled(Failure failure) {
        tell(listener -> listener.unhandled(failure));
    }

    void stateChanged(LoopState from, LoopState to) {
        tell(listener -> listener.stateChanged(from, to));
    }

    void pressureHigh(Lane lane, int size) {
        tell(listener -> listener.pressureHigh(lane, size));
    }

    void pressureLow(Lane lane, int size) {
        tell(listener -> listener.pressureLow(lane, size));
    }

    private void tell(Consumer<EventLoopListener> event) {
        for (EventLoopListener listener : all) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same listener
    private void failed(EventLoopListener listener, Throwable e) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == listener) {
                logs[i].failed(listener, e);
                return;
            }
        }
    }

    /** At the end of a stop: logs the failures that no line has told yet. */
    void tellRest() {
        for (RepeatedFailureLog log : logs) {
            log.tellRest();
        }
    }
}
