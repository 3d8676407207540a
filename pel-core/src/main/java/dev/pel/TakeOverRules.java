package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * When one of the {@link CompletionThreads} takes over from another, how long each stays, and how many there may be.
 *
 * @param stuckNanos how long one may be in a task while others wait
 * @param lingerNanos how long one without a task stays
 * @param mostThreads how many there are at most; all but one of them are stuck
 * @param beside tells that a task runs beside a stuck one; null where that breaks no promise
 */
record TakeOverRules(
        long stuckNanos,
        long lingerNanos,
        int mostThreads,
        @Nullable RepeatedFailureLog beside) {
    /** How long a task may hold up others, in nanoseconds. */
    static final long STUCK_NANOS = 100_000_000;

    /** The same for an action that is to run alone: only after so long another one may run beside it. */
    static final long STUCK_ACTION_NANOS = 1_000_000_000;

    /** How long a thread without a task stays, in nanoseconds, so that tasks which come one by one share it. */
    private static final long LINGER_NANOS = 1_000_000_000;

    private static final int MOST_THREADS = 64;

    /** For futures that end now and then. */
    static final TakeOverRules COMPLETIONS = new TakeOverRules(STUCK_NANOS, LINGER_NANOS, MOST_THREADS, null);

    /** For futures that all end at the same time. */
    static final TakeOverRules ONCE = new TakeOverRules(STUCK_NANOS, 0, MOST_THREADS, null);

    /** For actions that are to run alone. */
    static TakeOverRules actions(Machine machine) {
        RepeatedFailureLog beside = RepeatedFailureLog.warnings(
                machine,
                "An action that is attached to a handle of loop '{}', which has no active thread, has not returned for a"
                        + " second; the next action runs beside it");
        return new TakeOverRules(STUCK_ACTION_NANOS, LINGER_NANOS, MOST_THREADS, beside);
    }
}
