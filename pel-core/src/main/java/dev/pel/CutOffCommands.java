package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees to commands of executor views that a stop has cut off, while they waited or ran: somebody may wait for what they were to
 * complete. One that is a {@code Future} is cancelled, as Spring's executors do. The others cannot be told, those of
 * {@code CompletableFuture.supplyAsync} among them; their number goes to the error handler and to the log.
 */
final class CutOffCommands {
    private static final Log log = new Log();

    private final Machine machine;
    private final String loop;
    private final Completions completions;
    private final List<Untold> lanes = Stream.of(Lane.values()).map(Untold::new).toList();
    private final RepeatedFailureLog failures;

    CutOffCommands(Machine machine, String loop, Completions completions) {
        this.machine = machine;
        this.loop = loop;
        this.completions = completions;
        this.failures =
                RepeatedFailureLog.warnings(machine, "A command of {} failed while the stop of its loop cancelled it");
    }

    /** A command will not run, or does not come back. From any thread that makes steps of the stop. */
    void cutOff(Lane lane, Runnable command, CallSites.@Nullable Trail trail, long queuedAt) {
        if (command instanceof LoopCommand) {
            return;
        }
        if (command instanceof Future<?> future && !isUntold(command)) {
            // its done() is somebody's code, and may block
            completions.complete(future, () -> cancel(lane, future));
        } else {
            for (Untold each : lanes) {
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
            failures.failed("executor(%s) of loop '%s'".formatted(lane, loop), e);
        }
    }

    /** On the active thread, when all that waited and ran in the lanes has been ended. */
    void tellHandler(Consumer<Failure> handler) {
        for (Untold each : lanes) {
            First first = each.first.get();
            if (first != null) {
                Duration age = Duration.ofNanos(machine.nanoTime() - first.queuedAt);
                handler.accept(new Failure(each.asException(loop), -1, null, each.lane, age, first.site()));
            }
        }
    }

    /** At the end of a stop. */
    void tellRest() {
        for (Untold each : lanes) {
            if (each.count.get() > 0) {
                log.warn("{}", String.valueOf(each.asException(loop).getMessage()));
            }
        }
        failures.tellRest();
    }

    /** The first of the commands that could not be told. */
    private record First(CallSites.@Nullable Trail trail, long queuedAt) {
        @Nullable StackTraceElement site() {
            return trail == null ? null : trail.place();
        }
    }

    /**
     * The commands of one lane that could not be told.
     *
     * @param first the first one, or the first whose place of submission is known
     */
    private record Untold(Lane lane, AtomicLong count, AtomicReference<@Nullable First> first) {
        Untold(Lane lane) {
            this(lane, new AtomicLong(), new AtomicReference<>());
        }

        void countIf(Lane where, CallSites.@Nullable Trail trail, long queuedAt) {
            if (where != lane) {
                return;
            }
            count.getAndIncrement();
            First known = first.get();
            if (known == null || (known.trail == null && trail != null)) {
                // when a concurrent thread is faster, its command is as good
                first.compareAndSet(known, new First(trail, known == null ? queuedAt : known.queuedAt));
            }
        }

        CallStoppedException asException(String loop) {
            First known = first.get();
            return CallStoppedException.ofCommands(loop, lane, count.get(), known == null ? null : known.site());
        }
    }
}
