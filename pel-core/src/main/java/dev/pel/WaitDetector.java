package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds threads of a loop that wait for futures which pel cannot see through, such as {@code CompletableFuture.allOf}, and says so in
 * the log, as a {@link RepeatedWaitLog} does. A pool lane all of whose threads wait like that gets spare threads. Confined to the watchdog,
 * which looks from time to time while the loop is busy.
 */
final class WaitDetector {
    /** How long between two looks, in nanoseconds: two of them tell a wait from a short stop, well within a second. */
    static final long BEAT = Duration.ofMillis(250).toNanos();

    private final RunServices run;
    private final List<PoolLane> pools;
    private final List<LaneWaits> lanes = new ArrayList<>();

    /** When to look next; only while {@link #isLooking}. */
    private long nextLook;

    private boolean isLooking;

    /** What the active thread was in at the last look, what it waited for there, and what has been told already. */
    private @Nullable CallInfo entry;

    private @Nullable Object entryWaitsFor;
    private @Nullable CallInfo told;
    private final RepeatedWaitLog activeWaits = RepeatedWaitLog.warnings();

    WaitDetector(RunServices run, List<PoolLane> pools) {
        this.run = run;
        this.pools = pools;
    }

    /**
     * Looks, when it is time.
     *
     * @return nanoseconds until the next look; 0 when all threads of the lanes sleep, and no look is needed
     */
    long step(long now) {
        assert run.watchdogThread.isCurrentOrNone();
        if (!isLooking) {
            isLooking = true;
            nextLook = now + BEAT;
        } else if (now - nextLook >= 0) {
            nextLook = now + look(now);
        }
        if (isAllAsleep()) {
            lanes.forEach(LaneWaits::takeBack); // there is no next look that would
            isLooking = false;
            entry = null;
            entryWaitsFor = null;
            told = null;
            return 0;
        }
        return nextLook - now;
    }

    /** Whether no thread of a lane has anything to do. */
    boolean isAllAsleep() {
        for (PoolLane pool : pools) {
            if (!pool.isAsleep()) {
                return false;
            }
        }
        return run.queue.isIdle();
    }

    /** At the end of a stop: logs what no line has told yet. */
    void tellRest() {
        activeWaits.tellRest();
        lanes.forEach(LaneWaits::tellRest);
    }

    private long look(long now) {
        if (lanes.isEmpty()) {
            pools.forEach(pool -> lanes.add(new LaneWaits(run, pool)));
        }
        lookAtActiveThread(now);
        long next = BEAT;
        for (LaneWaits lane : lanes) {
            next = Math.min(next, lane.look(now));
        }
        return next;
    }

    // ------------------------------------------------------------------ the active thread

    /** Nothing can help it, but somebody should know. */
    @SuppressWarnings("ReferenceEquality") // the very same entry, and the very same wait
    private void lookAtActiveThread(long time) {
        Thread thread = run.threads.active();
        CallInfo now = run.current.call();
        Object waitsFor = now == null ? null : HiddenWait.of(thread, run.machine);
        if (thread != null && waitsFor != null && now == entry && waitsFor == entryWaitsFor && now != told) {
            told = now;
            StackTraceElement[] stack = thread.getStackTrace();
            activeWaits.found(
                    ("The active thread of loop '%s' waits for a future in %s: no body, timer or dependent runs meanwhile, and if the"
                                    + " future needs one of these, it waits for ever. Do not wait there, attach what comes next:"
                                    + " future.thenAccept(value -> …), future.whenComplete((value, error) -> …).%s")
                            .formatted(run.name(), describe(now), HiddenWait.describe(stack)),
                    times ->
                            ("The active thread of loop '%s' has waited for futures %d more time(s) since this was last said, the latest"
                                            + " in %s at %s.")
                                    .formatted(run.name(), times, describe(now), HiddenWait.place(stack)),
                    time);
        }
        activeWaits.tellDue(time);
        entry = now;
        entryWaitsFor = waitsFor;
    }

    private static String describe(@Nullable CallInfo call) {
        String label = call == null ? null : call.label();
        return label == null ? "a body or dependent" : "'" + label + "'";
    }
}
