package dev.pel.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits of a test's threads that one simulation does not see, so that no virtual time passes in them: found by {@link WaitWatch}, and told to
 * the thread that waits.
 */
final class UnseenWaits {
    /** So long, in real time, the others may go on while a thread of the test waits for them unseen. */
    private static final Duration WATCHED = Duration.ofSeconds(5);

    private final Scheduler scheduler;
    private final RealTimeLimits limits;

    /** Begins to stop all loops at once. */
    private final Runnable stopAll;

    UnseenWaits(Scheduler scheduler, Runnable stopAll) {
        this.scheduler = scheduler;
        this.limits = scheduler.limits();
        this.stopAll = stopAll;
    }

    /** The threads of a test that is not over: they may wait for what happens here. From any thread. */
    List<Strand> testThreads() {
        return scheduler.outsiders().stream().filter(strand -> strand.isAtTest).toList();
    }

    /** Whether a thread from outside lets virtual time pass, or is about to. From any thread. */
    boolean isSomebodyIn() {
        return scheduler.outsiders().stream().anyMatch(strand -> strand.waitsForToken);
    }

    /** How long such a wait may take, in real time. */
    Duration patience() {
        return limits.patience();
    }

    /** The test is over: what its threads wait for from now on is no business of this simulation's. */
    void testIsOver() {
        scheduler.outsiders().forEach(strand -> strand.isAtTest = false);
    }

    /** What the current thread would be told about a wait that was not seen; it counts as told. */
    @Nullable String take() {
        Strand mine = scheduler.outsiderOf(Thread.currentThread());
        String told = mine == null ? null : mine.unseenWait;
        if (mine != null) {
            mine.unseenWait = null;
        }
        return told;
    }

    /**
     * A thread of the test waits outside, and nothing goes on here. It is told so when it touches the simulation again. For that its wait
     * must end: the others go on until it has what it waits for; if that never comes, it is interrupted, and all loops are stopped. On
     * the watch's thread.
     */
    void tell(Strand strand, BooleanSupplier stillWaits) {
        try {
            limits.within(WATCHED, () -> {
                scheduler.current();
                if (scheduler.hasWork() && stillWaits.getAsBoolean()) {
                    strand.unseenWait = describe(strand);
                    scheduler.drive(Strand.NEVER);
                }
            });
        } catch (SimulationFailure e) {
            strand.unseenWait = describe(strand) + "\nMeanwhile: " + e.getMessage();
        }
        String told = strand.unseenWait;
        if (told != null && waitsOn(stillWaits)) {
            System.err.println(told); // an interrupt does not end a join
            strand.thread.interrupt();
            stopAll();
        }
        scheduler.release();
    }

    private void stopAll() {
        try {
            limits.within(WATCHED, () -> {
                stopAll.run();
                scheduler.drive(Strand.NEVER);
            });
        } catch (SimulationFailure e) {
            System.err.println(e.getMessage());
        }
    }

    /** Whether it does so for another second or two; a thread takes its time to wake up, and may go on here meanwhile. */
    private boolean waitsOn(BooleanSupplier stillWaits) {
        for (int look = 0; look < 40 && stillWaits.getAsBoolean(); look++) {
            LockSupport.parkNanos(this, Scheduler.LOOK);
        }
        return stillWaits.getAsBoolean();
    }

    private String describe(Strand strand) {
        return ("%s has waited for %d s in a way in which no virtual time passes, because the simulation does not see it, and nothing else"
                        + " goes on. Let it go on first, with simulation.runUntilIdle() or simulation.advance(Duration), or wait with join or"
                        + " get of a handle of the loop: for several of them one after the other instead of CompletableFuture.allOf. A wait"
                        + " for what has nothing to do with the simulation may take longer with -Dpel.sim.patience (seconds).%s")
                .formatted(strand.name, patience().toSeconds(), stack(strand.thread));
    }

    /** Where a thread is, one line for each frame. */
    static String stack(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
    }
}
