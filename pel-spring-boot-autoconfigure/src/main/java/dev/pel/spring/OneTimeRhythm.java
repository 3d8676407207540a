package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Once, at a date and time. */
final class OneTimeRhythm implements ScheduledRhythm {
    private final CallSpec call;
    private final Clock clock;
    private final Runnable task;
    private final Instant due;

    /** Whether it has begun, maybe in a thread that a stop of the loop could not end. */
    private volatile boolean begun;

    /**
     * Without a timer.
     *
     * @param call names the run
     * @param clock that of the loop
     * @param task what runs
     * @param due when; one that has passed for at once
     */
    OneTimeRhythm(CallSpec call, Clock clock, Runnable task, Instant due) {
        this.call = call;
        this.clock = clock;
        this.task = task;
        this.due = due;
    }

    @Override
    public @Nullable LoopFuture<?> arm(ScheduledTask scheduled) {
        if (begun) {
            return null; // its end comes, or never
        }
        Duration wait = Duration.between(clock.instant(), due);
        return call.delay(wait.isNegative() ? Duration.ZERO : wait, () -> run(scheduled));
    }

    /** What the task throws is in its future, and reaches the error handler as well: mostly nobody has the future. */
    private void run(ScheduledTask scheduled) {
        begun = true;
        Throwable failure = null;
        try {
            task.run();
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            scheduled.over(failure);
        }
    }

    @Override
    public Instant due() {
        return due;
    }
}
