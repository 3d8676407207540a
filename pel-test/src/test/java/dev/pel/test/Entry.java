package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;

/** One call of a scenario: what was asked for, and what ran. Only the thread that holds the token touches it. */
final class Entry {
    final int number;
    final String what;

    /** How many operations it has: two for a pair, none for a timer. */
    final int operations;

    final boolean hasBody;

    /** How often its operation may be tried again. */
    int retries;

    int operationsRun;
    int operationsReturned;
    int bodiesRun;
    boolean bodyFailed;

    /** A timer that the body of a timer has set while the loop drains. */
    boolean endsAtOnce;

    /** Its body is a dependent, attached after the submission. */
    boolean isChain;

    /** Somebody may end it, and interrupt it, before it is over. */
    boolean mayBeCut;

    /** An operation found the flag set when it began, while the loop ran. */
    boolean foundInterrupt;

    /** It was cancelled before it fell due. */
    boolean cancelled;

    /** A timer's body must not run earlier. */
    Duration due = Duration.ZERO;

    /** Null until the submission has come back. */
    LoopFuture<?> handle;

    Entry(int number, String what, int operations, boolean hasBody) {
        this.number = number;
        this.what = what;
        this.operations = operations;
        this.hasBody = hasBody;
    }

    Outcome outcome() {
        return handle.outcome();
    }

    /** What is wrong with it once the loop has stopped, or null. */
    String defect() {
        if (handle == null) {
            return "was never given back";
        }
        if (!handle.isDone()) {
            return "has not ended";
        }
        if (operationsRun > operations + retries || bodiesRun > (hasBody ? 1 : 0)) {
            return "ran twice";
        }
        Outcome outcome = outcome();
        if (outcome == Outcome.REJECTED && ran()) {
            return "was refused and ran";
        }
        if (outcome == Outcome.SUCCEEDED
                && !mayBeCut
                && (operationsReturned < operations || (hasBody && bodiesRun == 0) || bodyFailed)) {
            return "succeeded without having run";
        }
        if (bodiesRun > 0 && operationsReturned < operations) {
            return "ran its body before its operation had returned";
        }
        if (foundInterrupt && !mayBeCut && !isRefusedPair()) {
            return "was interrupted in place of another one";
        }
        return null;
    }

    /** When one of two operations is refused, the other is cancelled, maybe before its first instruction. */
    private boolean isRefusedPair() {
        return operations == 2 && outcome() == Outcome.REJECTED;
    }

    /** Whether anything ran of what can be refused: of two operations one, and of a chain the body, each for itself. */
    private boolean ran() {
        return bodiesRun > 0 || (operationsRun > 0 && operations < 2 && !isChain);
    }

    @Override
    public String toString() {
        return "call %d (%s), operations run %d of %d, returned %d, bodies run %d, handle %s"
                .formatted(number, what, operationsRun, operations, operationsReturned, bodiesRun, handle);
    }
}
