package dev.pel;

import java.util.List;
import java.util.function.Consumer;

/** Tells all listeners, and survives each of them. */
final class Listeners {
    private static final Log log = new Log();

    private final EventLoopListener[] all;

    Listeners(List<EventLoopListener> listeners) {
        this.all = listeners.toArray(EventLoopListener[]::new);
    }

    boolean isEmpty() {
        return all.length == 0;
    }

    void queued(CallInfo call, Lane lane) {
        if (all.length > 0) {
            tell(listener -> listener.queued(call, lane));
        }
    }

    void started(CallInfo call, Lane lane, long waiting) {
        if (all.length > 0) {
            tell(listener -> listener.started(call, lane, waiting));
        }
    }

    void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
        if (all.length > 0) {
            tell(listener -> listener.ended(call, lane, outcome, waiting, running));
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
                log.warn("Listener {} failed; the loop goes on", listener, e);
            }
        }
    }
}
