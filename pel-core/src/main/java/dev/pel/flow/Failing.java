package dev.pel.flow;

import dev.pel.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What has gone wrong in a stream so far: as many failures as shall be kept, the one that ends it, and what its source has failed with besides.
 * Confined to the active thread, but for the kept ones, which any thread may read.
 */
final class Failing {
    private final boolean collects;
    private final int most;
    private final Queue<ItemFailure> kept = new ConcurrentLinkedQueue<>();

    /** How many are kept. */
    private int count;

    /** Failures of the source, and of closing it, that are not the one that ends the stream: two at most. */
    private final List<Throwable> further = new ArrayList<>(2);

    private @Nullable String what;
    private @Nullable Throwable why;

    Failing(StreamTerms terms) {
        this.collects = terms.collects();
        this.most = terms.mostFailures();
    }

    /** An item has failed. */
    void item(long index, Object item, Throwable error) {
        if (count < most) {
            count++;
            kept.add(new ItemFailure(index, item, error));
        }
        if (!collects && why == null) {
            ends(nameOf(index), error);
        }
    }

    private static String nameOf(long index) {
        return "item " + index;
    }

    /** The source has failed; the same failure may be told again. */
    void source(Throwable error) {
        ofSource("its source", error);
    }

    /** All has been read, and the source could not be closed. */
    void closing(Throwable error) {
        ofSource("closing its source", error);
    }

    @SuppressWarnings("ReferenceEquality") // the very same failure
    private void ofSource(String failed, Throwable error) {
        if (why == null) {
            ends(failed, error);
        } else if (why != error && further.stream().noneMatch(known -> known == error)) {
            further.add(error);
        }
    }

    private void ends(String failed, Throwable error) {
        what = failed;
        why = error;
    }

    /** Whether the stream takes no more items. */
    boolean isOver() {
        return why != null;
    }

    Collection<ItemFailure> kept() {
        return kept;
    }

    /** What the stream fails with; null when it does not. */
    @Nullable WorkStreamException failure(StreamReport report) {
        String failed = what;
        Throwable cause = why;
        return failed == null || cause == null ? null : withFurther(new WorkStreamException(failed, report, cause));
    }

    /** What the handle cannot tell, because it has ended otherwise; null when nothing has failed. */
    @Nullable WorkStreamException lost(StreamReport report, Outcome outcome) {
        ItemFailure first = kept.peek();
        String failed = what;
        Throwable cause = why;
        if (failed != null && cause != null) {
            return withFurther(WorkStreamException.lost(failed, report, cause, outcome));
        }
        return first == null ? null : WorkStreamException.lost(nameOf(first.index()), report, first.error(), outcome);
    }

    private WorkStreamException withFurther(WorkStreamException failure) {
        further.forEach(failure::addSuppressed);
        return failure;
    }
}
