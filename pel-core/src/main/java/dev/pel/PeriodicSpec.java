package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The description of a periodic timer, made by {@link EventLoop#every}. Immutable, and may be used for many timers.
 *
 * <pre>{@code
 * PeriodicTimer refresh = loop.every(Duration.ofSeconds(10)).first(Duration.ZERO).next(() -> repository.load(id), this::show);
 * refresh.cancel(true);
 * }</pre>
 */
public final class PeriodicSpec {
    private final Runs loop;

    /** What each run is described with; null where nothing was said. */
    private final @Nullable CallTerms call;

    private final Rhythm rhythm;

    PeriodicSpec(Runs loop, @Nullable CallTerms call, Rhythm rhythm) {
        this.loop = loop;
        this.call = call;
        this.rhythm = rhythm;
    }

    private PeriodicSpec with(Rhythm changed) {
        return new PeriodicSpec(loop, call, changed);
    }

    /**
     * The same with another time to the first run, which is the interval by default.
     *
     * @param delay from the making of the timer; zero for as soon as possible, but never inline
     * @return the changed copy
     * @throws IllegalArgumentException when it is negative
     */
    public PeriodicSpec first(Duration delay) {
        return with(rhythm.first(Objects.requireNonNull(delay, "delay")));
    }

    /**
     * The same with an end after a number of runs. Failed runs count, missed ticks do not.
     *
     * @param count exactly that many
     * @return the changed copy
     * @throws IllegalArgumentException when it is less than 1
     */
    public PeriodicSpec times(long count) {
        return with(rhythm.times(count));
    }

    /**
     * The same with another rule for ticks that fall due while the timer cannot run; {@link MissedTicks#SKIP} by default.
     *
     * @param policy the rule
     * @return the changed copy
     */
    public PeriodicSpec missed(MissedTicks policy) {
        return with(rhythm.missed(Objects.requireNonNull(policy, "policy")));
    }

    /**
     * The same with an end after that many failed runs, one after the other; by default no failure ends the timer.
     *
     * @param inARow how many
     * @return the changed copy
     * @throws IllegalArgumentException when it is less than 1
     */
    public PeriodicSpec endAfterFailures(int inARow) {
        return with(rhythm.endAfterFailures(inARow));
    }

    // ------------------------------------------------------------------ what it runs

    /**
     * Starts a timer that runs a body.
     *
     * @param body runs on the active thread, never early, and never beside itself
     * @return the handle
     * @throws IllegalStateException when the description says more than a label, which only runs that are calls can have
     */
    public PeriodicTimer run(Task body) {
        Objects.requireNonNull(body, "body");
        if (call != null) {
            call.refuseTermsOfOperations();
        }
        return loop.loopRun().submissions.every(rhythm, call, PlainTask.of(body));
    }

    /**
     * Starts a timer each of whose runs is a call of the passive lane, such as a look at something that has to be polled. A tick that falls due
     * while the last call is under way is missed, or caught up with after it: runs never overlap.
     *
     * @param operation runs on a passive thread
     * @return the handle
     */
    public PeriodicTimer next(Task operation) {
        return submit(Lane.PASSIVE, PlainTask.of(Objects.requireNonNull(operation, "operation")), null);
    }

    /**
     * The same, and each call has a body.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle
     */
    public PeriodicTimer next(Task operation, Task body) {
        return submit(
                Lane.PASSIVE,
                PlainTask.of(Objects.requireNonNull(operation, "operation")),
                PlainTask.of(Objects.requireNonNull(body, "body")));
    }

    /**
     * The same with a body that gets what the operation returned.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle
     */
    public <T extends @Nullable Object> PeriodicTimer next(Callable<? extends T> operation, Body<? super T> body) {
        return submit(
                Lane.PASSIVE, Objects.requireNonNull(operation, "operation"), Objects.requireNonNull(body, "body"));
    }

    /**
     * As {@link #next(Task)}, with an operation that computes.
     *
     * @param operation runs on a work thread
     * @return the handle
     */
    public PeriodicTimer work(Task operation) {
        return submit(Lane.WORK, PlainTask.of(Objects.requireNonNull(operation, "operation")), null);
    }

    /**
     * As {@link #next(Task, Task)}, with an operation that computes.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle
     */
    public PeriodicTimer work(Task operation, Task body) {
        return submit(
                Lane.WORK,
                PlainTask.of(Objects.requireNonNull(operation, "operation")),
                PlainTask.of(Objects.requireNonNull(body, "body")));
    }

    /**
     * As {@link #next(Callable, Body)}, with an operation that computes.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle
     */
    public <T extends @Nullable Object> PeriodicTimer work(Callable<? extends T> operation, Body<? super T> body) {
        return submit(Lane.WORK, Objects.requireNonNull(operation, "operation"), Objects.requireNonNull(body, "body"));
    }

    private PeriodicTimer submit(Lane lane, Object operation, @Nullable Object body) {
        return loop.loopRun().submissions.every(rhythm, call, lane, operation, body);
    }
}
