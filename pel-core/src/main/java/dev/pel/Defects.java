package dev.pel;

/**
 * What a thread of a loop catches at its outermost: user code is caught where it is called, so this is a defect of pel, or no memory is left.
 * The thread lives on. Should each of its turns fail, it would fill the log and take a processor: so the log is told at most once in ten
 * seconds, with a count, and the thread pauses before its next turn.
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
