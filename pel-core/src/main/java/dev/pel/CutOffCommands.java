package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sees to commands of executor views that a stop has cut off, while they waited or ran: somebody may wait for what they were to
 * complete. One that is a {@code Future} is cancelled, as Spring's executors do. The others cannot be told, those of
 * {@code CompletableFuture.supplyAsync} among them; their number goes to the error handler and to the log.
 */
final class CutOffCommands {
    private static final Log log = new Log();

    private final LoopRun run;
    private final List<OfLane> lanes = new ArrayList<>();
    private final RepeatedFailureLog failures;

    CutOffCommands(LoopRun run) {
        this.run = run;
        this.failures = RepeatedFailureLog.warnings(
                run.machine, "A command of {} failed while the stop of its loop cancelled it");
        for (Lane lane : Lane.values()) {
            lanes.add(new OfLane(lane));
        }
    }

    /** A command will not run, or does not come back. From any thread that makes steps of the stop. */
    void cutOff(Lane lane, Runnable command, CallSites.@Nullable Trail trail, long queuedAt) {
        if (command instanceof LoopCommand) {
            return;
        }
        if (command instanceof Future<?> future && !isUntold(command)) {
            // its done() is somebody's code, and may block
            run.completeAside(future, () -> cancel(lane, future));
        } else {
            for (OfLane each : lanes) {
                each.countIf(lane, trail, queuedAt);
            }
        }
    }

    /** The tasks of CompletableFuture are futures by their type alone: to cancel one does not end the future that it completes. */
    private static boolean isUntold(Runnable command) {
        return command instanceof CompletableFuture.AsynchronousCompletionTask;
    }

    private void cancel(Lane lane, Future<?> future) {
        try {
            future.cancel(true);
        } catch (Throwable e) {
            failures.failed("executor(%s) of loop '%s'".formatted(lane, run.name()), e);
        }
    }

    /** On the active thread, when all that waited and ran in the lanes has been ended. */
    void tellHandler() {
        lanes.forEach(OfLane::tellHandler);
    }

    /** At the end of a stop. */
    void tellRest() {
        lanes.forEach(OfLane::tellLog);
        failures.tellRest();
    }

    /** The first of the commands that could not be told. */
    private record First(CallSites.@Nullable Trail trail, long queuedAt) {}

    /** The commands of one lane that could not be told. */
    private final class OfLane {
        private final Lane lane;
        private final AtomicLong count = new AtomicLong();

        /** The first, until one comes that knows where it was submitted. */
        private final AtomicReference<@Nullable First> first = new AtomicReference<>();

        OfLane(Lane lane) {
            this.lane = lane;
        }

        void countIf(Lane where, CallSites.@Nullable Trail trail, long queuedAt) {
            if (where == lane) {
                count.getAndIncrement();
                First known = first.get();
                if (known == null || (known.trail == null && trail != null)) {
                    // when a concurrent thread is faster, its command is as good
                    first.compareAndSet(known, new First(trail, known == null ? queuedAt : known.queuedAt));
                }
            }
        }

        private @Nullable StackTraceElement site() {
            First known = first.get();
            return known == null || known.trail == null ? null : known.trail.place();
        }

        private CallStoppedException told(long number) {
            return CallStoppedException.ofCommands(run.name(), lane, number, site());
        }

        void tellHandler() {
            First known = first.get();
            if (known != null) {
                run.failures.report(
                        new Failure(
                                told(count.get()),
                                -1,
                                null,
                                lane,
                                Duration.ofNanos(run.machine.nanoTime() - known.queuedAt),
                                site()),
                        null);
            }
        }

        void tellLog() {
            long cutOff = count.get();
            if (cutOff > 0) {
                log.warn("{}", String.valueOf(told(cutOff).getMessage()));
            }
        }
    }
}
