package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds threads of a loop that wait for futures which pel cannot see through, such as {@code CompletableFuture.allOf}, and says so in
 * the log, as a {@link RepeatedWaitLog} does. A pool lane all of whose threads wait like that gets spare threads. Confined to the watchdog,
 * which looks from time to time while the loop is busy.
 */
final class WaitDetector {
    /** How long between two looks, in nanoseconds: two of them tell a wait from a short stop, well within a second. */
    static final long BEAT = Duration.ofMillis(250).toNanos();

    /** How long between two looks after a lane has got a spare thread: it may wait like the others in no time. */
    private static final long SOON = Duration.ofMillis(10).toNanos();

    /** The longest time between two tries to start a spare thread when none can be had. */
    private static final long LATE = Duration.ofSeconds(8).toNanos();

    /** Where the JDK's {@code CompletableFuture} parks; the class is private. */
    private static final String SIGNALLER = "java.util.concurrent.CompletableFuture$Signaller";

    private static final String ADVICE =
            "Do not wait inside an operation for what waits in the same lane: attach what comes next"
                    + " (thenCompose, whenComplete), or run what is waited for on another lane.";

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
            pools.forEach(pool -> lanes.add(new LaneWaits(pool)));
        }
        lookAtActiveThread(now);
        long next = BEAT;
        for (LaneWaits lane : lanes) {
            next = Math.min(next, lane.look(now));
        }
        return next;
    }

    private @Nullable Object waitsFor(@Nullable Thread thread) {
        Object blocker = thread == null ? null : run.machine.blocker(thread);
        boolean isFuture = blocker instanceof Future<?>
                || (blocker != null && blocker.getClass().getName().equals(SIGNALLER));
        return isFuture ? blocker : null;
    }

    // ------------------------------------------------------------------ the active thread

    /** Nothing can help it, but somebody should know. */
    @SuppressWarnings("ReferenceEquality") // the very same entry, and the very same wait
    private void lookAtActiveThread(long time) {
        Thread thread = run.threads.active();
        CallInfo now = run.current.call();
        Object waitsFor = now == null ? null : waitsFor(thread);
        if (thread != null && waitsFor != null && now == entry && waitsFor == entryWaitsFor && now != told) {
            told = now;
            StackTraceElement[] stack = thread.getStackTrace();
            activeWaits.found(
                    ("The active thread of loop '%s' waits for a future in %s: no body, timer or dependent runs meanwhile, and if the"
                                    + " future needs one of these, it waits for ever. Do not wait there, attach what comes next:"
                                    + " future.thenAccept(value -> …), future.whenComplete((value, error) -> …).%s")
                            .formatted(run.name(), describe(now), stack(stack)),
                    times ->
                            ("The active thread of loop '%s' has waited for futures %d more time(s) since this was last said, the latest"
                                            + " in %s at %s.")
                                    .formatted(run.name(), times, describe(now), place(stack)),
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

    private static String place(StackTraceElement[] stack) {
        StackTraceElement place = CallSites.innermost(stack);
        return place == null ? "code of the JDK" : describe(place);
    }

    private static String stack(StackTraceElement[] stack) {
        return Stream.of(stack).map(frame -> "\n    at " + describe(frame)).collect(Collectors.joining());
    }

    private static String describe(StackTraceElement frame) {
        return "%s.%s(%s:%d)"
                .formatted(frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
    }

    // ------------------------------------------------------------------ the pools

    /** What is known of one pool lane. */
    private final class LaneWaits {
        private final PoolLane lane;

        /** How many operations had returned, and whether all threads waited, at the last look. */
        private long returned;

        private boolean allWaited;

        /** How many of the lane's spare threads are there because of what was seen here. */
        private int spare;

        private long pause = BEAT;
        private boolean isTold;
        private boolean isToldToStand;
        private final RepeatedWaitLog waits = RepeatedWaitLog.warnings();
        private final RepeatedWaitLog standstills = RepeatedWaitLog.errors();

        LaneWaits(PoolLane lane) {
            this.lane = lane;
        }

        /** Says after how many nanoseconds to look again. */
        long look(long time) {
            waits.tellDue(time);
            standstills.tellDue(time);
            long now = lane.returned();
            int threads = lane.workers().size();
            boolean allWait = lane.isBehind() && threads > 0 && waiting() >= threads;
            boolean stands = allWait && allWaited && now == returned;
            returned = now;
            allWaited = allWait;
            if (stands) {
                giveSpare(time);
            } else if (allWait) {
                pause = spare == 0 ? BEAT : SOON;
            } else {
                takeBack();
                pause = spare == 0 ? BEAT : Math.min(BEAT, 2 * pause);
            }
            return pause;
        }

        private int waiting() {
            int count = 0;
            for (Worker worker : lane.workers()) {
                if (worker.current() != null && waitsFor(worker.thread()) != null) {
                    count++;
                }
            }
            return count;
        }

        void tellRest() {
            waits.tellRest();
            standstills.tellRest();
        }

        private void giveSpare(long time) {
            String situation =
                    isTold && isToldToStand ? "" : situation(); // as it is before the spare thread changes it
            if (lane.addSpare()) {
                spare++;
                pause = SOON;
                if (!isTold) {
                    isTold = true;
                    waits.found(
                            situation + "It gets spare threads. " + ADVICE,
                            again(situation, "got spare threads"),
                            time);
                }
                return;
            }
            pause = Math.min(LATE, Math.max(BEAT, 2 * pause));
            if (!isToldToStand) {
                isToldToStand = true;
                standstills.found(
                        situation
                                + ("It can have no further spare thread, of which there are at most %d: unless somebody else completes"
                                                + " one of these futures, the lane stands still. ")
                                        .formatted(ThreadCount.MOST_SPARE)
                                + ADVICE,
                        again(situation, "could have no further spare thread"),
                        time);
            }
        }

        private LongFunction<String> again(String latest, String what) {
            return times -> "Lane %s of loop '%s' %s %d more time(s) since this was last said. The latest: %s"
                    .formatted(lane.lane(), run.name(), what, times, latest.strip());
        }

        private String situation() {
            return "All %d threads of lane %s of loop '%s' wait for futures, for example in %s, while %d of its calls wait for a thread. "
                    .formatted(
                            lane.workers().size(),
                            lane.lane(),
                            run.name(),
                            example(),
                            lane.counters().size());
        }

        private String example() {
            for (Worker worker : lane.workers()) {
                StackTraceElement place = CallSites.innermost(worker.thread().getStackTrace());
                if (place != null) {
                    return describe(place);
                }
            }
            return "code of the JDK";
        }

        /** A spare thread stays as long as as many threads wait: what comes next would else stand still at once. */
        private void takeBack() {
            int waiting = spare == 0 ? 0 : waiting();
            while (spare > waiting) {
                spare--;
                lane.endSpare();
            }
            if (spare == 0) {
                isTold = false;
                isToldToStand = false;
            }
        }
    }
}
