package dev.pel.spring.actuate;

import dev.pel.StreamProgress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One stream of work in JSON. What is not known is null, and so left out.
 *
 * @param label its label
 * @param done how many items have succeeded
 * @param failed how many have failed
 * @param discarded how many were given up
 * @param inFlight how many are under way
 * @param concurrency how many may be under way
 * @param size how many there are in all
 * @param elapsedMillis how long it has been under way
 * @param perSecond how many items came to their end in a second, of late
 * @param remainingMillis how long the rest takes, if it goes on as fast
 */
record StreamDescription(
        String label,
        long done,
        long failed,
        long discarded,
        int inFlight,
        int concurrency,
        @Nullable Long size,
        long elapsedMillis,
        double perSecond,
        @Nullable Long remainingMillis) {

    static StreamDescription of(StreamProgress progress) {
        Duration remaining = progress.remaining();
        return new StreamDescription(
                progress.label(),
                progress.done(),
                progress.failed(),
                progress.discarded(),
                progress.inFlight(),
                progress.concurrency(),
                progress.size() < 0 ? null : progress.size(),
                progress.elapsed().toMillis(),
                progress.perSecond(),
                remaining == null ? null : remaining.toMillis());
    }
}
