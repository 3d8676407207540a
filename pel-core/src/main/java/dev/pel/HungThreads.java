package dev.pel;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The workers of a lane that do not come back from their operation and have been replaced, and what is told of them. */
final class HungThreads {
    private final RunServices run;
    private final PoolLane lane;
    private final ElasticOptions options;

    /** Each with the call in whose operation it is. Changed under the lock of {@link ThreadBounds}. */
    private final Map<Worker, Call<?>> workers = new ConcurrentHashMap<>();

    private final AtomicLong replaced = new AtomicLong();

    /** Confined to the watchdog, as the next one. */
    private final RepeatedWaitLog hung = RepeatedWaitLog.warnings();

    private final RepeatedWaitLog full = RepeatedWaitLog.errors();

    HungThreads(RunServices run, PoolLane lane, ElasticOptions options) {
        this.run = run;
        this.lane = lane;
        this.options = options;
    }

    void add(Worker worker, Call<?> call) {
        workers.put(worker, call);
        replaced.incrementAndGet();
    }

    void remove(Worker worker) {
        workers.remove(worker);
    }

    boolean isFull() {
        return workers.size() >= options.maxHung();
    }

    long replaced() {
        return replaced.get();
    }

    /** In the order of their names. */
    List<LaneStats.HungThread> all() {
        long now = run.machine.nanoTime();
        return workers.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().index()))
                .map(entry -> describe(entry.getKey(), entry.getValue(), now))
                .toList();
    }

    private static LaneStats.HungThread describe(Worker worker, Call<?> call, long now) {
        return new LaneStats.HungThread(
                worker.thread().getName(),
                call.id(),
                call.label(),
                Duration.ofNanos(Math.max(0, now - call.startedAt())));
    }

    // ------------------------------------------------------------------ the log

    /** A worker has been replaced. */
    void tell(Worker worker, Call<?> call, long since, long now) {
        String what = description(worker, call, now - since);
        hung.found(
                ("%s, longer than 'hung after', which is %s. Another thread takes its place, and it ends when it comes back. The lane may"
                                + " have %d such threads at most. Give such calls a timeout, and operations that end when they are interrupted.")
                        .formatted(what, DurationText.of(options.hungAfter()), options.maxHung()),
                times ->
                        "%d more thread(s) of lane %s of loop '%s' hung and were replaced since this was last said. The latest: %s"
                                .formatted(times, lane.lane(), run.name(), what),
                now);
    }

    /** A worker hangs, and is not replaced. */
    void tellFull(Worker worker, Call<?> call, long since, long now) {
        String what = description(worker, call, now - since);
        full.found(
                ("%s, and is not replaced, because %d thread(s) of the lane hang already, which is the most ('max hung'). The lane has"
                                + " one thread less to work with until one of them comes back.")
                        .formatted(what, options.maxHung()),
                times ->
                        "Lane %s of loop '%s' could not replace a hung thread %d more time(s) since this was last said. The latest: %s"
                                .formatted(lane.lane(), run.name(), times, what),
                now);
    }

    private String description(Worker worker, Call<?> call, long nanos) {
        return "Thread %s of lane %s of loop '%s' has been in the operation of call %d%s for %s (now at %s)"
                .formatted(
                        worker.thread().getName(),
                        lane.lane(),
                        run.name(),
                        call.id(),
                        CallNames.hint(call.ownDetails()),
                        DurationText.about(nanos),
                        HiddenWait.place(worker.thread().getStackTrace()));
    }

    /** Writes the counts that are due. */
    void tellDue(long now) {
        assert run.watchdogThread.isCurrentOrNone();
        hung.tellDue(now);
        full.tellDue(now);
    }

    void tellRest() {
        hung.tellRest();
        full.tellRest();
    }
}
