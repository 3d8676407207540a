package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import dev.pel.MissedTicks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** At a fixed rate, or with a fixed delay: a periodic timer of the loop. */
final class PeriodicRhythm implements ScheduledRhythm {
    private final CallSpec call;
    private final Clock clock;
    private final Runnable task;
    private final Duration period;
    private final MissedTicks missed;

    /** Written when the timer is set, and then by the active thread. */
    private volatile Instant due;

    /**
     * Without a timer.
     *
     * @param call names the runs
     * @param clock that of the loop
     * @param task what runs
     * @param first when it runs first
     * @param period from one run to the next
     * @param missed {@link MissedTicks#CATCH_UP} for a fixed rate, as Spring's own schedulers have it; or {@link MissedTicks#FIXED_DELAY}
     */
    PeriodicRhythm(CallSpec call, Clock clock, Runnable task, Instant first, Duration period, MissedTicks missed) {
        this.call = call;
        this.clock = clock;
        this.task = task;
        this.due = first;
        this.period = period;
        this.missed = missed;
    }

    /** What fell due while the loop did not run is not made up for: one run at once stands for it. */
    @Override
    public LoopFuture<?> arm(ScheduledTask scheduled) {
        Instant now = clock.instant();
        if (due.isBefore(now)) {
            due = now;
        }
        return call.every(period)
                .first(Duration.between(now, due))
                .missed(missed)
                .run(this::run);
    }

    private void run() {
        try {
            task.run();
        } finally {
            due = missed == MissedTicks.FIXED_DELAY ? clock.instant().plus(period) : due.plus(period);
        }
    }

    @Override
    public Instant due() {
        return due;
    }
}
