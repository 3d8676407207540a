package dev.pel;

import org.jspecify.annotations.Nullable;

/** A command of a pool lane's executor view. Nobody has its handle, so when the stop ends it, the command itself is told. */
final class CommandCall extends Call<@Nullable Void> {
    /** Let go when the call has been ended from outside. */
    private volatile @Nullable Runnable command;

    CommandCall(RunServices run, Lane lane, Runnable command) {
        super(run, lane, (Task) command::run, null, null);
        this.command = command;
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        Runnable cutOff = command;
        if (ended && outcome == Outcome.STOPPED && cutOff != null) {
            command = null;
            run.commands.cutOff(lane(), cutOff, trail(), queuedAt());
        }
        return ended;
    }
}
