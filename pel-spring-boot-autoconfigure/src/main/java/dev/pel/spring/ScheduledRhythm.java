package dev.pel.spring;

import dev.pel.LoopFuture;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a scheduled task runs. */
interface ScheduledRhythm {
    /**
     * Sets the next timer: the first one, or the one after a stop and a new start of the loop.
     *
     * @param task told when there is no next run
     * @return the timer; null when there is no next run
     */
    @Nullable LoopFuture<?> arm(ScheduledTask task);

    /**
     * When the next run is due.
     *
     * @return the date and time; that of the last run when there is no next one
     */
    Instant due();
}
