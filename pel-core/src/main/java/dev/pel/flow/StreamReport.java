package dev.pel.flow;

import java.util.List;
import java.util.Objects;

/**
 * How a stream of work has ended.
 *
 * @param label the label of the stream
 * @param done how many items have succeeded
 * @param failed how many items have failed
 * @param discarded how many were given up: their calls were cancelled, or their results came behind the failure that ended the stream
 * @param failures the first failures, in the order in which they happened; at most as many as {@link WorkStream#collectFailures(int)} says
 */
public record StreamReport(String label, long done, long failed, long discarded, List<ItemFailure> failures) {

    /** Copies the list. */
    public StreamReport {
        Objects.requireNonNull(label, "label");
        failures = List.copyOf(failures);
    }

    /**
     * Whether all has gone well.
     *
     * @return true when no item has failed and none was given up
     */
    public boolean isClean() {
        return failed == 0 && discarded == 0;
    }
}
