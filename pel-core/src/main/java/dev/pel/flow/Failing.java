package dev.pel.flow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has gone wrong in a stream so far: as many failures as shall be kept, and the one that ends it. Confined to the active thread. */
final class Failing {
    private final boolean collects;
    private final int most;
    private final List<ItemFailure> kept = new ArrayList<>();
    private @Nullable String what;
    private @Nullable Throwable why;

    Failing(StreamTerms terms) {
        this.collects = terms.collects();
        this.most = terms.mostFailures();
    }

    /** An item has failed. */
    void item(long index, Object item, Throwable error) {
        if (kept.size() < most) {
            kept.add(new ItemFailure(index, item, error));
        }
        if (!collects) {
            ends("item " + index, error);
        }
    }

    /** The source, or the end of it, has failed. */
    void source(Throwable error) {
        ends("its source", error);
    }

    private void ends(String failed, Throwable error) {
        if (why == null) {
            what = failed;
            why = error;
        }
    }

    /** Whether the stream takes no more items. */
    boolean isOver() {
        return why != null;
    }

    List<ItemFailure> kept() {
        return kept;
    }

    /** What the stream fails with; null when it does not. */
    @Nullable WorkStreamException failure(StreamReport report) {
        String failed = what;
        Throwable cause = why;
        return failed == null || cause == null ? null : new WorkStreamException(failed, report, cause);
    }
}
