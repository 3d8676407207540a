package dev.pel;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * The active thread of one run. A <em>turn</em> runs the timers that are due, then what is queued, both up to a batch, so that neither
 * starves the other, and at its end hands on the failures nobody deals with. When the loop is over this thread runs what still comes, until
 * the stop has swept everything else, and closes the queue.
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
            runLast();
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
            if (count == 0) {
                sleep();
            }
        } catch (Throwable e) {
            run.defects.caught(e);
        }
    }

    private int runQueued() {
        int count = 0;
        while (count < BATCH && !run.isOver()) { // then the right to take is needed
            ActiveElement element = queue.poll();
            if (element == null) {
                break;
            }
            count++;
            element.runOn(lane);
        }
        return count;
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
        if (queue.isEmpty() && !timers.hasNews() && !run.isOver()) {
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

    // ------------------------------------------------------------------ the end

    /**
     * The loop is over: bodies end as STOPPED, but dependents still run for a while, because they tell others how their calls
     * ended. The concurrent thread is the watchdog, which takes the queue over when this thread is lost in user code.
     */
    private void runLast() {
        timers.stopAll();
        while (queue.lock()) {
            boolean swept =
                    run.state.hasReached(StopPhase.SWEPT); // before the look: what was posted until then is still run
            ActiveElement element = run.state.hasReached(StopPhase.IMPATIENT) ? null : queue.poll();
            if (element == null && (swept || run.state.hasReached(StopPhase.IMPATIENT))) {
                if (run.state.hasReached(StopPhase.IMPATIENT) || failures.isEmpty()) {
                    queue.close(); // and keep the right to take
                    break;
                }
                queue.unlock(); // the handler may get stuck, too
                failures.endOfTurn();
                continue;
            }
            queue.unlock();
            if (element == null) {
                failures.endOfTurn();
                waitForSweep();
            } else {
                runOne(element);
            }
        }
        timers.stopAll();
        failures.endOfTurn();
        run.commands.tellHandler(failure -> failures.report(failure, null));
        current.clearInterrupt(); // the thread may be the application's own
    }

    private void runOne(ActiveElement element) {
        try {
            element.runOn(lane);
        } catch (Throwable e) {
            run.defects.caught(e);
        }
    }

    private void waitForSweep() {
        queue.parks(true);
        if (queue.isEmpty() && !run.state.hasReached(StopPhase.SWEPT)) {
            run.machine.park(lane, 0);
        }
        queue.parks(false);
        current.clearInterrupt();
    }

    /**
     * Called by the watchdog: takes the queue over from an active thread that does not come back from user code.
     *
     * @return whether the queue is closed now
     */
    boolean takeOver() {
        if (!queue.takeOver()) {
            return queue.isClosed();
        }
        timers.abandonAll();
        failures.handOver();
        if (current.call() instanceof ActiveEntry entry) {
            entry.lost();
        }
        return true;
    }
}
