package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream of work has come, see {@link EventLoop#forEach(Iterable)}. At every instant the number of items that were taken from the source
 * is {@code done + failed + discarded + inFlight}.
 *
 * @param label the label of the stream
 * @param done how many items have succeeded
 * @param failed how many have failed
 * @param discarded how many were given up: their calls were cancelled, or their results came behind the failure that ended the stream
 * @param inFlight how many are under way
 * @param concurrency how many may be under way
 * @param size how many there are in all, where that is known; less than 0 where it is not
 * @param elapsed the time since the stream began
 * @param perSecond how many items came to their end in a second, over the last five to ten seconds. While none does, it falls with each look, and is
 *     zero at the second look after ten seconds; when the stream has ended it changes no more
 */
public record StreamProgress(
        String label,
        long done,
        long failed,
        long discarded,
        int inFlight,
        int concurrency,
        long size,
        Duration elapsed,
        double perSecond) {

    private static final double NANOS = 1e9;

    /** Checks that there is a label and a time. */
    public StreamProgress {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(elapsed, "elapsed");
    }

    /**
     * How many items have come to their end, in one way or another.
     *
     * @return their number
     */
    public long ended() {
        return done + failed + discarded;
    }

    /**
     * How many items are left, those in flight included.
     *
     * @return their number; empty when the size is not known
     */
    public OptionalLong left() {
        return size < 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, size - ended()));
    }

    /**
     * An estimate of how long it takes until the rest is done, if it goes on as fast as now.
     *
     * @return the time; null when the size is not known, or nothing has come to its end yet
     */
    public @Nullable Duration remaining() {
        OptionalLong left = left();
        if (left.isEmpty() || (left.getAsLong() > 0 && perSecond <= 0)) {
            return null;
        }
        return left.getAsLong() == 0
                ? Duration.ZERO
                : Duration.ofNanos((long) Math.min(Long.MAX_VALUE, left.getAsLong() / perSecond * NANOS));
    }
}
