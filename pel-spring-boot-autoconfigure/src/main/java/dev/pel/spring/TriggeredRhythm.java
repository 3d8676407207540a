package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

/** When a trigger says, such as a cron expression: a timer for each run, set when the last run has ended. */
final class TriggeredRhythm implements ScheduledRhythm {
    private final CallSpec call;
    private final Clock clock;
    private final Runnable task;
    private final Trigger trigger;
    private final SimpleTriggerContext times;

    /** Null before the first look, and when there is no next run. */
    private volatile @Nullable Instant due;

    /**
     * Without a timer.
     *
     * @param call names the runs
     * @param clock that of the loop
     * @param task what runs
     * @param trigger says when
     */
    TriggeredRhythm(CallSpec call, Clock clock, Runnable task, Trigger trigger) {
        this.call = call;
        this.clock = clock;
        this.task = task;
        this.trigger = trigger;
        this.times = new SimpleTriggerContext(clock);
    }

    @Override
    public @Nullable LoopFuture<?> arm(ScheduledTask scheduled) {
        Instant next = trigger.nextExecution(times);
        due = next;
        if (next == null) {
            scheduled.over(null);
            return null;
        }
        Duration wait = Duration.between(clock.instant(), next);
        int turn = scheduled.armed();
        return call.delay(wait.isNegative() ? Duration.ZERO : wait, () -> run(scheduled, turn, next));
    }

    /** Whether the trigger has said so at the first look. */
    boolean neverRuns() {
        return due == null && times.lastCompletion() == null; // in this order: a run notes its end before the next look
    }

    /** What the task throws reaches the error handler, and the next run comes at its time all the same. */
    private void run(ScheduledTask scheduled, int turn, Instant planned) {
        Throwable failure = null;
        Instant began = clock.instant();
        try {
            task.run();
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            times.update(planned, began, clock.instant());
            goOn(scheduled, turn, failure);
        }
    }

    private static void goOn(ScheduledTask scheduled, int turn, @Nullable Throwable failure) {
        try {
            scheduled.armAfter(turn);
        } catch (RuntimeException e) {
            scheduled.over(e);
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }

    @Override
    public Instant due() {
        Instant next = due;
        Instant last = times.lastScheduledExecution();
        return next != null ? next : last != null ? last : clock.instant();
    }
}
