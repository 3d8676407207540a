package dev.pel;

import java.time.Duration;
import java.util.function.LongFunction;

/**
 * What {@link WaitDetector} knows of one pool lane: whether all its threads wait for futures that pel cannot see through, and the spare
 * threads that it gets then. Confined to the watchdog.
 */
final class LaneWaits {
    /** How long between two looks after a lane has got a spare thread, which may soon wait like the others. */
    private static final long SOON = Duration.ofMillis(10).toNanos();

    /** The longest time between two tries to start a spare thread when none can be had. */
    private static final long LATE = Duration.ofSeconds(8).toNanos();

    private static final String ADVICE =
            "Do not wait inside an operation for what waits in the same lane: attach what comes next"
                    + " (thenCompose, whenComplete), or run what is waited for on another lane.";

    private final RunServices run;
    private final PoolLane lane;

    /** How many operations had returned, and whether all threads waited, at the last look. */
    private long returned;

    private boolean allWaited;

    /** How many of the lane's spare threads are there because of what was seen here. */
    private int spare;

    private long pause = WaitDetector.BEAT;
    private boolean isTold;
    private boolean isToldToStand;
    private final RepeatedWaitLog waits = RepeatedWaitLog.warnings();
    private final RepeatedWaitLog standstills = RepeatedWaitLog.errors();

    LaneWaits(RunServices run, PoolLane lane) {
        this.run = run;
        this.lane = lane;
    }

    /** Says after how many nanoseconds to look again. */
    long look(long time) {
        assert run.watchdogThread.isCurrentOrNone();
        waits.tellDue(time);
        standstills.tellDue(time);
        long now = lane.returned();
        int threads = lane.alive();
        boolean allWait = lane.isBehind() && threads > 0 && waiting() >= threads;
        boolean hasReturned = now != returned;
        boolean stands = allWait && allWaited && !hasReturned;
        returned = now;
        allWaited = allWait;
        if (stands) {
            giveSpare(time);
        } else {
            if (!allWait) {
                takeBack();
            }
            pause = nextPause(allWait && !hasReturned);
        }
        return pause;
    }

    /** While operations return, the pauses grow: in a short one none may return by chance, and the lane does not stand still for that. */
    private long nextPause(boolean mayStand) {
        if (spare == 0) {
            return WaitDetector.BEAT;
        }
        return mayStand ? SOON : Math.min(WaitDetector.BEAT, 2 * pause);
    }

    private int waiting() {
        int count = 0;
        for (Worker worker : lane.workers()) {
            if (!worker.searcher().isDismissed() // a hung one has been replaced, and is none of the lane's
                    && worker.current() != null
                    && HiddenWait.of(worker.thread(), run.machine) != null) {
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
        String situation = isTold && isToldToStand ? "" : situation(); // as it is before the spare thread changes it
        if (lane.addSpare()) {
            spare++;
            pause = SOON;
            if (!isTold) {
                isTold = true;
                waits.found(
                        situation + "It gets spare threads. " + ADVICE, again(situation, "got spare threads"), time);
            }
            return;
        }
        pause = Math.min(LATE, Math.max(WaitDetector.BEAT, 2 * pause));
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
                        lane.alive(),
                        lane.lane(),
                        run.name(),
                        example(),
                        lane.counters().size());
    }

    private String example() {
        for (Worker worker : lane.workers()) {
            StackTraceElement place = CallSites.innermost(worker.thread().getStackTrace());
            if (place != null) {
                return HiddenWait.describe(place);
            }
        }
        return "code of the JDK";
    }

    /** Ends the spare threads that are more than the threads that wait; with fewer, the lane would stand still again at once. */
    void takeBack() {
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
