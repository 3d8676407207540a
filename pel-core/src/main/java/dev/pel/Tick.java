package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * One tick of a periodic timer: a timer that keeps the place of the tick before it, and that a stop ends at once, because nothing is
 * lost by that.
 */
final class Tick extends LoopTimer {
    private final PeriodicTimer owner;

    /** Whether it needs a place of its own: the first does. */
    private final boolean isFirst;

    Tick(
            RunServices run,
            long dueAt,
            PeriodicTimer owner,
            boolean isFirst,
            CallDetails details,
            ContextPropagator.@Nullable Snapshot context) {
        super(run, dueAt, owner::tick, details, context);
        this.owner = owner;
        this.isFirst = isFirst;
    }

    @Override
    boolean isPeriodic() {
        return true;
    }

    /** Nobody gets its handle: its failure needs not wait for somebody who deals with it. */
    @Override
    boolean isFromOutside() {
        return false;
    }

    @Override
    boolean hasPlace() {
        return !isFirst;
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            owner.tickEnded(outcome);
        }
        return ended;
    }
}
