package dev.pel.flow;

import dev.pel.LoopFuture;
import dev.pel.StreamInfo;
import dev.pel.StreamProgress;

/**
 * A stream of work that is under way: what {@link WorkStream#run} and {@link WorkStream#map} return. All methods may be called from any thread.
 *
 * <pre>{@code
 * ForEach load = loop.forEach(List.of(1L, 2L, 3L)).concurrency(2).run(key -> loop.next(() -> repository.load(key)));
 * System.out.println(load.progress().done());
 * load.concurrency(8);
 * load.future().thenAccept(report -> System.out.println(report.failed()));
 * }</pre>
 */
public final class ForEach {
    private final Run run;

    /** The stream itself. */
    interface Run extends StreamInfo {
        LoopFuture<StreamReport> handle();

        StreamReport report();

        void concurrency(int places);
    }

    ForEach(Run run) {
        this.run = run;
    }

    /**
     * The handle of the stream. It ends with the report when all items have come to their end, and fails with a {@link WorkStreamException}.
     * Cancelled, and when it has timed out or the loop stops, it ends at once: the calls in flight are cancelled, nothing new is read, and what
     * was read from is closed. What had failed in the stream before that, and what {@link #report} tells, reaches the error handler of the loop, as one
     * {@link WorkStreamException}. A failure at which nobody looks reaches the error handler of the loop.
     *
     * @return the handle, always the same
     */
    public LoopFuture<StreamReport> future() {
        return run.handle();
    }

    /**
     * How far it has come; also when it has ended.
     *
     * @return the figures now
     */
    public StreamProgress progress() {
        return run.progress();
    }

    /**
     * The counts and the failures so far, as many as {@link WorkStream#collectFailures} keeps; also when it has ended, and when its handle cannot give
     * the report, because it was cancelled, has timed out or was stopped.
     *
     * @return the report as of now
     */
    public StreamReport report() {
        return run.report();
    }

    /**
     * Changes how many items may be under way. With fewer than before, those in flight go on, and no new one begins until there is room.
     *
     * @param places at least 1
     * @throws IllegalArgumentException when it is less
     */
    public void concurrency(int places) {
        run.concurrency(WorkStream.atLeastOne("concurrency", places));
    }

    /**
     * Cancels the handle, and with it the stream.
     *
     * @return whether it is cancelled; false when it had ended before
     */
    public boolean cancel() {
        return run.handle().cancel(true);
    }

    @Override
    public String toString() {
        StreamProgress now = run.progress();
        return "stream '%s': %d done, %d failed, %d in flight"
                .formatted(now.label(), now.done(), now.failed(), now.inFlight());
    }
}
