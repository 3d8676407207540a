package dev.pel;

/**
 * Handles what a thread of a loop catches in its outermost loop. What user code throws is caught where it is called, so this is a defect of
 * pel, or no memory is left. The thread goes on. In case each of its turns fails, it logs at most one line in ten seconds, with a count,
 * and pauses before its next turn, so that it neither fills the log nor takes a processor.
 */
final class Defects {
    /** In nanoseconds. */
    private static final long PAUSE = 1_000_000;

    private final String loop;
    private final Machine machine;
    private final RepeatedFailureLog log;

    Defects(String loop, Machine machine) {
        this.loop = loop;
        this.machine = machine;
        this.log = RepeatedFailureLog.errors(machine, "A thread of loop '{}' caught what should not have reached it");
    }

    /** Logs what has reached the outermost catch of the current thread, and pauses that. Throws nothing. */
    void caught(Throwable error) {
        tell(error);
        try {
            machine.park(this, PAUSE);
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** Logs what was caught further inside. Throws nothing. */
    void tell(Throwable error) {
        try {
            log.failed(loop, error);
        } catch (Throwable e) {
            // no memory is left, not even to say so; the thread must go on all the same
        }
    }

    /** At the end of a stop: logs what no line has told yet. */
    void tellRest() {
        log.tellRest();
    }
}
