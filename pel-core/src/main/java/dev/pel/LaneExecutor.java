package dev.pel;

import java.util.concurrent.Executor;

/** A lane as an executor. */
record LaneExecutor(PretendEventLoop loop, Lane lane) implements Executor {
    @Override
    public void execute(Runnable command) {
        loop.loopRun().execute(lane, command);
    }
}
