package dev.pel;

import java.time.Instant;

/** The state of one run and, while it stops, how far the stop has got. The only holder of both. */
final class RunState {
    private final EventLoopOptions options;
    private final Machine machine;
    private final Listeners listeners;
    private final OwnThreads threads;
    private final StateChanges changes;

    /** Wakes the thread that makes the steps of a stop, if there is a stop. */
    private final Runnable nudge;

    /** Changed in {@link #changes} alone, by one thread at a time. */
    private volatile Moment moment;
    /** Written by the thread that makes the steps of the stop. */
    private volatile StopPhase phase = StopPhase.OPEN;

    RunState(
            EventLoopOptions options,
            Machine machine,
            Listeners listeners,
            OwnThreads threads,
            StateChanges changes,
            LoopState first,
            Runnable nudge) {
        this.options = options;
        this.machine = machine;
        this.listeners = listeners;
        this.threads = threads;
        this.changes = changes;
        this.nudge = nudge;
        this.moment = new Moment(first, machine.now());
    }

    LoopState now() {
        return moment.state();
    }

    Moment moment() {
        return moment;
    }

    boolean isRunning() {
        return now() == LoopState.RUNNING;
    }

    boolean isOver() {
        return now().isOver();
    }

    /** Whether the current thread may submit. What comes before the start waits for it. */
    boolean accepts() {
        LoopState now = now();
        if (now == LoopState.RUNNING) {
            return true; // nearly always, and cheaper than the switch: each submission asks twice
        }
        return switch (now) {
            case NEW, RUNNING -> true;
            case DRAINING -> threads.isOneCurrent();
            case STOPPING, STOPPED -> false;
        };
    }

    CallRejectedException notRunning(Lane lane) {
        return CallRejectedException.notRunning(
                options.name(), lane, options.lane(lane).capacity(), now());
    }

    /** Makes the transition and tells it, unless a concurrent thread has made one. */
    boolean change(LoopState from, LoopState to) {
        boolean isMade = changeUntold(from, to);
        if (isMade) {
            changes.tell();
        }
        return isMade;
    }

    /** The same; the caller tells it with {@link #tell}. */
    boolean changeUntold(LoopState from, LoopState to) {
        if (now() != from) {
            return false; // a state never comes back in a run
        }
        Moment next = new Moment(to, machine.now());
        return changes.make(() -> replace(from, next), () -> listeners.stateChanged(from, to));
    }

    private boolean replace(LoopState from, Moment next) {
        if (now() != from) {
            return false;
        }
        moment = next;
        return true;
    }

    /** Makes a running loop refuse what comes from outside; the caller tells that with {@link #tell}. False when it does not run. */
    boolean drains() {
        return changeUntold(LoopState.RUNNING, LoopState.DRAINING);
    }

    /** Makes the loop refuse everything, from whatever state before; the caller tells that with {@link #tell}. */
    void overFromNowOn() {
        // a concurrent stop goes from RUNNING to DRAINING, never back
        if (!changeUntold(LoopState.RUNNING, LoopState.STOPPING)) {
            changeUntold(LoopState.DRAINING, LoopState.STOPPING);
        }
    }

    void tell() {
        changes.tell();
    }

    /** The stop has come so far. */
    void reach(StopPhase reached) {
        if (!hasReached(reached)) {
            phase = reached;
        }
    }

    boolean hasReached(StopPhase wanted) {
        return phase.compareTo(wanted) >= 0;
    }

    /** An entry has ended, or a thread of a lane has nothing to do: maybe that was the last of a drain. */
    void wentIdle() {
        if (!isRunning()) {
            nudge.run();
        }
    }

    /** A state and when it began. */
    record Moment(LoopState state, Instant since) {}
}
