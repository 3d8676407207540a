package dev.pel.demo;

import dev.pel.StreamProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert as the outside sees it: an immutable copy, made on the active thread, that any thread may read.
 *
 * @param id part of its address
 * @param accepted how many people are to be notified
 * @param delivered how many have been
 * @param failed how many cannot be
 * @param retried how many tries beyond the first were made for those who are delivered or failed
 * @param refused the rows of the file that name nobody
 * @param finished since when nobody is pending, or null
 * @param channels the same by channel: sms, email, popup
 * @param reasons why people failed, and how many for each reason
 * @param stream how fast it goes; null when it has ended
 */
record AlertView(
        String id,
        int accepted,
        int delivered,
        int failed,
        int retried,
        List<RefusedRow> refused,
        @Nullable Instant finished,
        Map<String, Progress> channels,
        Map<String, Integer> reasons,
        @Nullable Stream stream) {

    /** How far one channel is. */
    record Progress(int pending, int delivered, int failed, int retried) {
        static final Progress NONE = new Progress(0, 0, 0, 0);

        Progress plus(Progress other) {
            return new Progress(
                    pending + other.pending,
                    delivered + other.delivered,
                    failed + other.failed,
                    retried + other.retried);
        }
    }

    /**
     * What pel says of the stream of work that notifies the people.
     *
     * @param done how many people are done with
     * @param failed how many have failed
     * @param inFlight how many are on their way through the lanes
     * @param perSecond how many came to their end in a second, of late
     * @param remainingMillis how long the rest takes if it goes on as fast, or null as long as nobody can know
     */
    record Stream(
            long done,
            long failed,
            int inFlight,
            double perSecond,
            @Nullable Long remainingMillis) {

        static Stream of(StreamProgress progress) {
            Duration remaining = progress.remaining();
            return new Stream(
                    progress.done(),
                    progress.failed(),
                    progress.inFlight(),
                    progress.perSecond(),
                    remaining == null ? null : remaining.toMillis());
        }
    }
}
