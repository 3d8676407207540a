package dev.pel.demo;

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
 * @param retried how many tries beyond the first were made for them
 * @param refused the rows of the file that name nobody
 * @param finished since when nobody is pending, or null
 * @param channels the same by channel: sms, email, popup
 * @param reasons why people failed, and how many for each reason
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
        Map<String, Integer> reasons) {

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
}
