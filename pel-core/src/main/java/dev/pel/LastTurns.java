package dev.pel;

/**
 * What the active thread does when the loop is over: it runs what still comes, until the stop has swept everything else, and closes the
 * queue. Bodies end as STOPPED, but dependents still run for a while, because they tell others how their calls ended.
 */
final class LastTurns {
    private final RunServices run;
    private final Timers timers;
    private final Failures failures;
    private final ActiveQueue queue;

    /** Confined to the watchdog. */
    private boolean hasTakenOver;

    LastTurns(RunServices run, Timers timers, Failures failures) {
        this.run = run;
        this.timers = timers;
        this.failures = failures;
        this.queue = run.queue;
    }

    /** On the active thread. The concurrent thread is the watchdog, which takes the queue over when this thread is lost in user code. */
    void run() {
        timers.stopAll();
        boolean hasClosed = false;
        while (queue.lock()) {
            // before the look: what was posted until then is still run
            boolean swept = run.state.hasReached(StopPhase.SWEPT);
            boolean impatient = run.state.hasReached(StopPhase.IMPATIENT);
            if (impatient) {
                queue.refuse();
            }
            ActiveElement element = queue.poll();
            if (element == null && (impatient || (swept && failures.isEmpty()))) {
                queue.close(); // and keep the right to take
                hasClosed = true;
                break;
            }
            queue.unlock(); // the handler may get stuck, too, and so may what hears of an end
            if (element != null) {
                runOrAbandon(element, impatient);
                continue;
            }
            failures.endOfTurn();
            waitForSweep();
        }
        timers.stopAll();
        failures.endOfTurn();
        if (hasClosed) { // else this thread was given up, and a new run may have begun
            run.commands.tellHandler(failure -> failures.reports().tell(failure, null));
        }
        run.current.clearInterrupt(); // the thread may be the application's own
    }

    private void runOrAbandon(ActiveElement element, boolean abandons) {
        if (abandons) {
            queue.abandon(element);
            return;
        }
        try {
            element.runOn(run.active);
        } catch (Throwable e) {
            run.defects.caught(e);
        }
    }

    private void waitForSweep() {
        queue.parks(true);
        if (queue.isEmpty() && !run.state.hasReached(StopPhase.SWEPT)) {
            run.machine.park(run.active, 0);
        }
        queue.parks(false);
        run.current.clearInterrupt();
    }

    /**
     * On the watchdog: takes the queue over from an active thread that does not come back from user code.
     *
     * @return whether the queue is closed now
     */
    boolean takeOver() {
        assert run.watchdogThread.isCurrentOrNone();
        if (hasTakenOver || !queue.takeOver()) {
            return hasTakenOver;
        }
        hasTakenOver = true;
        timers.abandonAll();
        failures.handOver();
        if (run.current.call() instanceof ActiveEntry entry) {
            entry.lost();
        }
        return true;
    }
}
