package dev.pel.flow;

import dev.pel.Lane;
import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link WorkStream} says of itself.
 *
 * @param size less than 0 when it is not known
 * @param collects whether it goes on after failures
 * @param mostFailures how many failures are kept
 */
record StreamTerms(
        String label,
        @Nullable Duration timeout,
        int concurrency,
        long size,
        boolean collects,
        int mostFailures,
        Lane readOn,
        List<ProgressListener> listeners) {

    /** Who is told of the progress, and how often at most. */
    record ProgressListener(Duration interval, Consumer<? super StreamProgress> listener) {}

    StreamTerms withLabel(String value) {
        return new StreamTerms(value, timeout, concurrency, size, collects, mostFailures, readOn, listeners);
    }

    StreamTerms withTimeout(Duration value) {
        return new StreamTerms(label, value, concurrency, size, collects, mostFailures, readOn, listeners);
    }

    StreamTerms withConcurrency(int value) {
        return new StreamTerms(label, timeout, value, size, collects, mostFailures, readOn, listeners);
    }

    StreamTerms withSize(long value) {
        return new StreamTerms(label, timeout, concurrency, value, collects, mostFailures, readOn, listeners);
    }

    StreamTerms collecting(int most) {
        return new StreamTerms(label, timeout, concurrency, size, true, most, readOn, listeners);
    }

    StreamTerms withReadOn(Lane value) {
        return new StreamTerms(label, timeout, concurrency, size, collects, mostFailures, value, listeners);
    }

    StreamTerms withListener(ProgressListener value) {
        List<ProgressListener> more = new ArrayList<>(listeners);
        more.add(value);
        return new StreamTerms(label, timeout, concurrency, size, collects, mostFailures, readOn, List.copyOf(more));
    }
}
