package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The description of a call: its label and its timeout. Immutable, and may be used for many calls: where one is made for each of very many
 * calls, keep it in a field instead.
 *
 * <p>Its verbs are those of {@link EventLoop}.
 */
public final class CallSpec {
    private final PretendEventLoop loop;
    private final CallDetails labelled;
    private final @Nullable Duration timeout;
    private final boolean cancelsUpstream;

    CallSpec(PretendEventLoop loop, CallDetails labelled, @Nullable Duration timeout, boolean cancelsUpstream) {
        this.loop = loop;
        this.labelled = labelled;
        this.timeout = timeout;
        this.cancelsUpstream = cancelsUpstream;
    }

    /**
     * The same with a timeout. When it passes before the call has ended, the call ends as {@link Outcome#TIMED_OUT} at once:
     * a running operation is interrupted, a waiting one never starts, a result that comes late is dropped and counted. Of two operations
     * with one body it is the time of the whole: when it passes, the handle and each operation that has not ended end as
     * {@link Outcome#TIMED_OUT}.
     *
     * @param timeout from the submission to the end of the call, its body included; more than zero
     * @return the changed copy
     */
    public CallSpec timeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("'timeout' must be more than zero but was " + DurationText.of(timeout));
        }
        return new CallSpec(loop, labelled, timeout, cancelsUpstream);
    }

    /**
     * The same for a call that is cancelled when all that depends on it has been ended. By default, as with every
     * {@code CompletableFuture}, cancelling a dependent touches nothing upstream. With this, once all dependents of the call's handle have been
     * cancelled, timed out or completed by other code, the call itself is cancelled at once, as by {@code cancel(true)}: a running operation
     * is interrupted, a waiting one never starts.
     *
     * <p>It goes up a chain: when all dependents of a dependent have been ended, that is cancelled, and so on up to the call. A dependent of
     * two handles gives both up. While a thread waits for the handle, or dependents are attached through the plain
     * {@code CompletableFuture} API, such as {@code CompletableFuture.allOf(handle)}, nothing is cancelled. A stop ends the call as
     * {@link Outcome#STOPPED}, as ever.
     *
     * <pre>{@code
     * LoopFuture<String> page = loop.call("load order").cancelUpstream().next(() -> repository.load(id)).thenApply(Object::toString);
     * page.cancel(true); // interrupts repository.load
     * }</pre>
     *
     * @return the changed copy
     */
    public CallSpec cancelUpstream() {
        return new CallSpec(loop, labelled, timeout, true);
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
     * As {@link EventLoop#next(Callable, Callable, BiBody)}. Both operations have the label.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param body runs on the active thread when both operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @return the handle
     */
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> next(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loop.loopRun()
                .submissions
                .submitBoth(Lane.PASSIVE, first, second, body, labelled, timeout, cancelsUpstream);
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
     * As {@link EventLoop#work(Callable, Callable, BiBody)}. Both operations have the label.
     *
     * @param first runs on a work thread
     * @param second runs on a work thread
     * @param body runs on the active thread when both operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @return the handle
     */
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> work(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loop.loopRun()
                .submissions
                .submitBoth(Lane.WORK, first, second, body, labelled, timeout, cancelsUpstream);
    }

    /**
     * As {@link EventLoop#enqueue(Lane, Task)}.
     *
     * @param lane where the task runs
     * @param task runs on a thread of that lane
     * @return the handle
     */
    public LoopFuture<@Nullable Void> enqueue(Lane lane, Task task) {
        Objects.requireNonNull(lane, "lane");
        return loop.submit(lane, PlainTask.of(Objects.requireNonNull(task, "task")), null, this);
    }

    /**
     * As {@link EventLoop#enqueue(Lane, Callable)}.
     *
     * @param lane where the task runs
     * @param task runs on a thread of that lane
     * @param <T> what it returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> enqueue(Lane lane, Callable<? extends T> task) {
        Objects.requireNonNull(lane, "lane");
        return loop.submit(lane, PlainCallable.of(Objects.requireNonNull(task, "task")), null, this);
    }

    /**
     * As {@link EventLoop#delay(Duration, Task)}. A timeout counts from now on, the delay included.
     *
     * @param delay measured on the monotonic clock; zero or negative for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has
     * @throws IllegalArgumentException when there is a timeout that is not longer than the delay: the body would never run
     * @throws IllegalStateException when the description says {@link #cancelUpstream}, which timers do not have
     */
    public LoopFuture<@Nullable Void> delay(Duration delay, Task body) {
        Objects.requireNonNull(delay, "delay");
        if (cancelsUpstream) {
            throw new IllegalStateException(
                    "A timer has no operation that 'cancelUpstream' could interrupt: leave it out for"
                            + " call '%s', and cancel the timer itself".formatted(labelled.label()));
        }
        if (timeout != null && timeout.compareTo(delay) <= 0) {
            throw new IllegalArgumentException("'timeout' must be longer than 'delay', which is %s, but was %s"
                    .formatted(DurationText.of(delay), DurationText.of(timeout)));
        }
        return loop.loopRun().submissions.delay(delay, PlainTask.of(body), labelled, timeout);
    }

    CallDetails labelled() {
        return labelled;
    }

    @Nullable Duration timeout() {
        return timeout;
    }

    boolean cancelsUpstream() {
        return cancelsUpstream;
    }
}
