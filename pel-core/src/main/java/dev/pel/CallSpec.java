package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The description of a call: its label and its timeout. Immutable, and may be used for many calls.
 *
 * <p>Its verbs are those of {@link EventLoop}.
 */
public final class CallSpec {
    private final PretendEventLoop loop;
    private final String label;
    private final @Nullable Duration timeout;

    CallSpec(PretendEventLoop loop, String label, @Nullable Duration timeout) {
        this.loop = loop;
        this.label = label;
        this.timeout = timeout;
    }

    /**
     * The same with a timeout. When it passes before the call has ended, the call ends as {@link Outcome#TIMED_OUT} at once:
     * a running operation is interrupted, a waiting one never starts, a result that comes late is dropped and counted.
     *
     * @param timeout from the submission to the end of the call, its body included; more than zero
     * @return the changed copy
     */
    public CallSpec timeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("'timeout' must be more than zero but was " + DurationText.of(timeout));
        }
        return new CallSpec(loop, label, timeout);
    }

    /**
     * As {@link EventLoop#next(Callable)}.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation) {
        return loop.submit(Lane.PASSIVE, operation, null, this);
    }

    /**
     * As {@link EventLoop#next(Task)}.
     *
     * @param operation runs on a passive thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> next(Task operation) {
        return loop.submit(Lane.PASSIVE, PlainTask.of(operation), null, this);
    }

    /**
     * As {@link EventLoop#next(Callable, Body)}.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread
     * @param <T> what the operation returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation, Body<? super T> body) {
        return loop.submit(Lane.PASSIVE, operation, Objects.requireNonNull(body, "body"), this);
    }

    /**
     * As {@link EventLoop#next(Task, Task)}.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> next(Task operation, Task body) {
        Task plain = PlainTask.of(Objects.requireNonNull(body, "body"));
        return loop.submit(Lane.PASSIVE, PlainTask.of(operation), plain, this);
    }

    /**
     * As {@link EventLoop#work(Callable)}.
     *
     * @param operation runs on a work thread
     * @param <T> what it returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation) {
        return loop.submit(Lane.WORK, operation, null, this);
    }

    /**
     * As {@link EventLoop#work(Task)}.
     *
     * @param operation runs on a work thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> work(Task operation) {
        return loop.submit(Lane.WORK, PlainTask.of(operation), null, this);
    }

    /**
     * As {@link EventLoop#work(Callable, Body)}.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread
     * @param <T> what the operation returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation, Body<? super T> body) {
        return loop.submit(Lane.WORK, operation, Objects.requireNonNull(body, "body"), this);
    }

    /**
     * As {@link EventLoop#work(Task, Task)}.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> work(Task operation, Task body) {
        Task plain = PlainTask.of(Objects.requireNonNull(body, "body"));
        return loop.submit(Lane.WORK, PlainTask.of(operation), plain, this);
    }

    /**
     * As {@link EventLoop#enqueue(Lane, Task)}.
     *
     * @param lane where the task runs
     * @param task runs on a thread of that lane
     * @return the handle
     */
    public LoopFuture<@Nullable Void> enqueue(Lane lane, Task task) {
        return loop.generation()
                .submit(
                        Objects.requireNonNull(lane, "lane"),
                        PlainTask.of(Objects.requireNonNull(task, "task")),
                        null,
                        label,
                        timeout);
    }

    String label() {
        return label;
    }

    @Nullable Duration timeout() {
        return timeout;
    }
}
