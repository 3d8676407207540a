package dev.pel;

import java.util.concurrent.Executor;

/** A lane as an executor. */
record LaneExecutor(Runs loop, Lane lane) implements Executor {
    @Override
    public void execute(Runnable command) {
        loop.loopRun().submissions.execute(lane, command);
    }

    boolean isActiveLaneOf(RunServices run) {
        return lane == Lane.ACTIVE && loop.loopRun() == run;
    }
}
