package dev.pel;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * The active thread of one run. A <em>turn</em> runs the timers that are due, then what is queued, both up to a batch, so that neither
 * starves the other, and at its end hands on the failures nobody deals with. When the loop is over this thread makes its
 * {@link LastTurns}.
 */
final class ActiveThread implements Runnable, TickingLane {
    private static final int BATCH = 256;

    private final RunServices run;
    private final ActiveLane lane;
    private final ActiveQueue queue;
    private final CurrentEntry current;
    private final Timers timers;
    private final Failures failures;
    private final BooleanSupplier shortRunning;
    private final IntSupplier shortBacklog;
    private final Runnable ended;
    private final LastTurns lastTurns;
    private final Spin spin;

    /** Whether a turn has been full, so that the watchdog is to tick. */
    private volatile boolean flooded;

    ActiveThread(
            RunServices run,
            Timers timers,
            Failures failures,
            BooleanSupplier shortRunning,
            IntSupplier shortBacklog,
            Runnable ended) {
        this.run = run;
        this.lane = run.active;
        this.queue = run.queue;
        this.current = run.current;
        this.timers = timers;
        this.failures = failures;
        this.shortRunning = shortRunning;
        this.shortBacklog = shortBacklog;
        this.ended = ended;
        this.lastTurns = new LastTurns(run, timers, failures);
        this.spin = new Spin(run.machine, () -> queue.hasFirst() || timers.hasNews() || run.isOver());
    }

    @Override
    public void run() {
        try {
            run.watchdogThread.startBeating();
            lane.begin();
            run.late.giveWayTo(queue, current, Machine.nanos(run.options.interruptGrace()));
            while (!run.isOver()) {
                turn();
            }
            lane.isOver();
            lastTurns.run();
        } finally {
            run.threads.active(null); // it may be the application's own, and live on
            ended.run();
        }
    }

    private void turn() {
        try {
            lane.turnBegins();
            timers.takeIn();
            int count = timers.fireDue(BATCH) + runQueued();
            if (count >= BATCH) {
                flood();
            }
            lane.turnEnds();
            failures.endOfTurn();
            if (count == 0 && !runIdle()) {
                sleep();
            }
        } catch (Throwable e) {
            run.defects.caught(e);
        }
    }

    private int runQueued() {
        int count = 0;
        while (count < BATCH && !current.turnIsOver && !run.isOver()) { // then the right to take is needed
            ActiveElement element = queue.poll();
            if (element == null) {
                break;
            }
            count++;
            element.runOn(lane);
        }
        return count;
    }

    /** Runs one of the bodies that wait until there is nothing else to do. */
    private boolean runIdle() {
        ActiveElement element = queue.pollIdle();
        if (element != null) {
            element.runOn(lane);
        }
        return element != null;
    }

    // ------------------------------------------------------------------ floods

    private void flood() {
        if (!flooded) {
            flooded = true;
            run.clock.startTicking();
        }
    }

    @Override
    public boolean wantsTicks() {
        return flooded;
    }

    /** Whether a turn has been full since the last tick. */
    @Override
    public boolean onTick() {
        boolean was = flooded;
        if (was) {
            flooded = false;
        }
        return was;
    }

    // ------------------------------------------------------------------ sleep

    private void sleep() {
        if (spin.isWorthwhile() && shortRunning.getAsBoolean() && spin.found(shortBacklog.getAsInt())) {
            return;
        }
        long since = run.machine.nanoTime();
        timers.sleeps();
        queue.parks(true);
        // a producer queues first and looks at the mark then: one of the two sees the other
        if (queue.isEmpty() && !queue.hasIdle() && !timers.hasNews() && !run.isOver()) {
            long wait = untilNext();
            if (wait >= 0) {
                run.state.wentIdle();
                run.machine.park(lane, wait);
            }
        }
        queue.parks(false);
        run.watchdogThread.startBeating();
        spin.slept(run.machine.nanoTime() - since);
        current.clearInterrupt(); // bodies are not interrupted before the loop is over
    }

    /** Nanoseconds until something falls due, 0 for never, negative for at once. */
    private long untilNext() {
        if (!timers.hasNext() && failures.isEmpty()) {
            return 0;
        }
        long now = run.machine.nanoTime();
        long wait = Long.MAX_VALUE;
        if (timers.hasNext()) {
            wait = timers.firstDue() - now;
        }
        if (!failures.isEmpty()) {
            wait = Math.min(wait, failures.next() - now);
        }
        return wait <= 0 ? -1 : wait;
    }

    /**
     * Called by the watchdog: takes the queue over from an active thread that does not come back from user code.
     *
     * @return whether the queue is closed now
     */
    boolean takeOver() {
        return lastTurns.takeOver();
    }
}
