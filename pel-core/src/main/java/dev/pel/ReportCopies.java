package dev.pel;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Hands the report of a stop to all who asked for that stop. Each has a future of its own: what one of them does when the report is there
 * must not keep it from the others.
 */
final class ReportCopies {
    private final ReportFuture.Guard guard;

    /**
     * Runs what is attached to the report. Not the threads that complete handles, so that close() does not wait for what is attached to
     * those.
     */
    private final CompletionThreads threads;

    private final Queue<CompletableFuture<StopReport>> copies = new ConcurrentLinkedQueue<>();
    private volatile @Nullable StopReport report;

    ReportCopies(ReportFuture.Guard guard, CompletionThreads threads) {
        this.guard = guard;
        this.threads = threads;
    }

    /** One more asks. */
    @SuppressWarnings("CollectionUndefinedEquality") // the very same copy
    CompletableFuture<StopReport> copy() {
        CompletableFuture<StopReport> copy = new ReportFuture<>(guard);
        copies.add(copy);
        StopReport done = report;
        if (done != null && copies.remove(copy)) { // the concurrent stop may have handed out before it saw this one
            copy.complete(done);
        }
        return copy;
    }

    /** The report is there. */
    void handOut(StopReport done) {
        report = done;
        for (CompletableFuture<StopReport> copy = copies.poll(); copy != null; copy = copies.poll()) {
            handOut(copy, done);
        }
    }

    private void handOut(CompletableFuture<StopReport> copy, StopReport done) {
        boolean isHandedOn = false;
        try {
            if (copy.getNumberOfDependents() > 0) {
                threads.execute(() -> copy.complete(done));
                isHandedOn = true;
            }
        } finally {
            if (!isHandedOn) {
                copy.complete(done); // also when no memory is left for a thread: somebody waits for it
            }
        }
    }
}
