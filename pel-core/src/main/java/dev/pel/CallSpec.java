package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The description of a call: its label, and what else is said of it. Immutable, and may be used for many calls: where one is made for each of very many
 * calls, keep it in a field instead.
 *
 * <p>Its verbs are those of {@link EventLoop}.
 */
public final class CallSpec {
    private final Runs loop;
    private final CallTerms terms;

    CallSpec(Runs loop, CallTerms terms) {
        this.loop = loop;
        this.terms = terms;
    }

    private CallSpec with(CallTerms changed) {
        return new CallSpec(loop, changed);
    }

    /**
     * The same with what a function says of it, for code that lets its users describe calls.
     *
     * @param change makes the changed copy; runs at once
     * @return what it returns
     * @throws IllegalArgumentException when it returns the description of another loop's calls
     */
    @SuppressWarnings("ReferenceEquality") // a loop equals itself alone
    public CallSpec with(UnaryOperator<CallSpec> change) {
        Objects.requireNonNull(change, "change");
        CallSpec changed = Objects.requireNonNull(change.apply(this), "what 'change' returns");
        if (changed.loop != loop) {
            throw new IllegalArgumentException(
                    "'change' must return a changed copy of what it is given, which describes calls of loop '%s', but returned '%s', which describes calls of loop '%s'"
                            .formatted(
                                    loop.loopRun().name(),
                                    changed.terms.labelled().label(),
                                    changed.loop.loopRun().name()));
        }
        return changed;
    }

    /**
     * The same with another label.
     *
     * @param label names the call in failures, reports and metrics; choose from a small set of constants
     * @return the changed copy
     * @throws IllegalArgumentException when the label is blank
     */
    public CallSpec label(String label) {
        return with(terms.labelled(CallDetails.labelled(label)));
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
        return with(terms.timeout(timeout));
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
        return with(terms.cancelUpstream());
    }

    /**
     * The same for a call that comes in turn: of all calls with the same key one at a time is under way, in the order in which they were
     * submitted, from the start of its operation to the end of its body. The next one begins when its code has left, also when it was
     * cancelled or timed out before that; what is attached to a handle counts as what comes later. No thread waits for a turn, and calls with
     * other keys, or none, pass by. Keys are the same in all lanes of a loop.
     *
     * <p>A call that waits for its turn counts as queued in its lane. At most {@link EventLoopOptions#keyCapacity()} wait for the same key; a
     * further one is rejected. A timer waits for its turn when it has fallen due, and is never rejected then: it counts in the capacity of
     * the timers before.
     *
     * <p>A key is for one operation, with or without a body, for a task and for a plain timer. Several operations with one body, and
     * {@code every(…).run}, throw an {@code IllegalStateException}.
     *
     * @param key compared by {@code equals}, and not to be changed while it is in use; an identifier or a record, say
     * @return the changed copy
     * @throws NullPointerException when the key is null
     */
    public CallSpec key(Object key) {
        return with(terms.key(Objects.requireNonNull(key, this::nullKey)));
    }

    private String nullKey() {
        return "Call '%s': 'key' must not be null".formatted(terms.labelled().label());
    }

    /**
     * Whether it says a {@linkplain #key key}, for code that gives calls an order of its own.
     *
     * @return true when calls described by this come in turn
     */
    public boolean hasKey() {
        return terms.key() != null;
    }

    /**
     * The same for an operation that needs a permit of a limit, first in first out. No thread waits for it, and calls of other limits, or
     * none, pass by.
     *
     * <p>With a key as well the turn comes first, then the permit, which is given back when the operation has left; the turn ends with the body.
     *
     * @param limit the name of one of {@link EventLoopOptions#limits()}
     * @return the changed copy
     * @throws IllegalArgumentException when the loop has no limit of that name
     */
    public CallSpec limit(String limit) {
        Objects.requireNonNull(limit, "limit");
        if (!loop.loopRun().options.limits().containsKey(limit)) {
            throw CallTerms.unknownLimit(loop.loopRun().options, limit);
        }
        return with(terms.limit(limit));
    }

    /**
     * The same for an operation that is tried again after a failure.
     *
     * @param retry how often, when, and after what
     * @return the changed copy
     */
    public CallSpec retry(Retry retry) {
        return with(terms.retry(Objects.requireNonNull(retry, "retry")));
    }

    /**
     * The same with another priority within its lane.
     *
     * @param priority {@link Priority#NORMAL} by default
     * @return the changed copy
     */
    public CallSpec priority(Priority priority) {
        return with(terms.priority(Objects.requireNonNull(priority, "priority")));
    }

    /**
     * The same for a call that is of use only while a condition holds, such as that a connection is open. The condition is looked at when its
     * operation is about to start, and when its body is: when it does not hold then, the call ends as {@link Outcome#CANCELLED}, and nothing
     * more of it runs. A condition that throws counts as one that does not hold: its failure is told to the {@link ErrorHandler}, and is the cause of
     * the cancellation. Timers have none, nor have their runs: {@code delay}, {@code at} and {@code every} throw an {@code IllegalStateException}.
     *
     * @param condition quick, and safe for use by several threads
     * @return the changed copy
     */
    public CallSpec onlyWhile(BooleanSupplier condition) {
        return with(terms.condition(new Condition(Objects.requireNonNull(condition, "condition"), null, null)));
    }

    /**
     * As {@link #onlyWhile(BooleanSupplier)}, with somebody who is told of each call that ends as {@link Outcome#CANCELLED} because the
     * condition does not hold, or by {@link #cancelWaiting}: once for each, before its handle is told. Several operations with one body throw an
     * {@code IllegalStateException}.
     *
     * @param condition quick, and safe for use by several threads
     * @param whenSkipped counts, say; quick, and runs on the thread that ends the call. What it throws is told to the {@link ErrorHandler}
     * @return the changed copy
     */
    public CallSpec onlyWhile(BooleanSupplier condition, Runnable whenSkipped) {
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(whenSkipped, "whenSkipped");
        return with(terms.condition(new Condition(condition, whenSkipped, null)));
    }

    /**
     * As {@link #onlyWhile(BooleanSupplier, Runnable)}, with the words in which the cancellation says why, for code whose users have not written the
     * condition.
     *
     * @param condition quick, and safe for use by several threads
     * @param whenSkipped counts, say; quick, and runs on the thread that ends the call. What it throws is told to the {@link ErrorHandler}
     * @param reason what follows on "Cancelled because", asked for each call that is skipped; quick, and runs on the thread that ends the
     *     call. What it throws is told to the {@link ErrorHandler}
     * @return the changed copy
     */
    public CallSpec onlyWhile(BooleanSupplier condition, Runnable whenSkipped, Supplier<String> reason) {
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(whenSkipped, "whenSkipped");
        return with(terms.condition(new Condition(condition, whenSkipped, Objects.requireNonNull(reason, "reason"))));
    }

    /**
     * Whether it says a {@linkplain #onlyWhile condition}, for code that gives calls one of its own.
     *
     * @return true when calls described by this are skipped once that does not hold
     */
    public boolean hasCondition() {
        return terms.condition() != null;
    }

    /**
     * As {@link EventLoop#next(Callable)}.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation) {
        return loop.loopRun().submissions.submit(Lane.PASSIVE, operation, null, terms);
    }

    /**
     * As {@link EventLoop#next(Task)}.
     *
     * @param operation runs on a passive thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> next(Task operation) {
        return loop.loopRun().submissions.submit(Lane.PASSIVE, PlainTask.of(operation), null, terms);
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
        return loop.loopRun().submissions.submit(Lane.PASSIVE, operation, Objects.requireNonNull(body, "body"), terms);
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
        return loop.loopRun().submissions.submit(Lane.PASSIVE, PlainTask.of(operation), plain, terms);
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
        return loop.loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, body, terms);
    }

    /**
     * As {@link EventLoop#next(Callable, Callable, Callable, TriBody)}.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param third runs on a passive thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @return the handle
     */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loop.loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, third, body, terms);
    }

    /**
     * As {@link EventLoop#next(Callable, Callable, Callable, Callable, QuadBody)}.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param third runs on a passive thread
     * @param fourth runs on a passive thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @param <D> what the fourth operation returns
     * @return the handle
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body) {
        return loop.loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, third, fourth, body, terms);
    }

    /**
     * As {@link EventLoop#work(Callable)}.
     *
     * @param operation runs on a work thread
     * @param <T> what it returns
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation) {
        return loop.loopRun().submissions.submit(Lane.WORK, operation, null, terms);
    }

    /**
     * As {@link EventLoop#work(Task)}.
     *
     * @param operation runs on a work thread
     * @return the handle
     */
    public LoopFuture<@Nullable Void> work(Task operation) {
        return loop.loopRun().submissions.submit(Lane.WORK, PlainTask.of(operation), null, terms);
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
        return loop.loopRun().submissions.submit(Lane.WORK, operation, Objects.requireNonNull(body, "body"), terms);
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
        return loop.loopRun().submissions.submit(Lane.WORK, PlainTask.of(operation), plain, terms);
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
        return loop.loopRun().submissions.joined.submit(Lane.WORK, first, second, body, terms);
    }

    /**
     * As {@link EventLoop#work(Callable, Callable, Callable, TriBody)}.
     *
     * @param first runs on a work thread
     * @param second runs on a work thread
     * @param third runs on a work thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @return the handle
     */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loop.loopRun().submissions.joined.submit(Lane.WORK, first, second, third, body, terms);
    }

    /**
     * As {@link EventLoop#work(Callable, Callable, Callable, Callable, QuadBody)}.
     *
     * @param first runs on a work thread
     * @param second runs on a work thread
     * @param third runs on a work thread
     * @param fourth runs on a work thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @param <D> what the fourth operation returns
     * @return the handle
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body) {
        return loop.loopRun().submissions.joined.submit(Lane.WORK, first, second, third, fourth, body, terms);
    }

    /**
     * As {@link EventLoop#enqueue(Lane, Task)}.
     *
     * @param lane where the task runs
     * @param task runs on a thread of that lane
     * @return the handle
     */
    public LoopFuture<@Nullable Void> enqueue(Lane lane, Task task) {
        checkLane(lane);
        return loop.loopRun().submissions.submit(lane, PlainTask.of(Objects.requireNonNull(task, "task")), null, terms);
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
        checkLane(lane);
        return loop.loopRun()
                .submissions
                .submit(lane, PlainCallable.of(Objects.requireNonNull(task, "task")), null, terms);
    }

    /**
     * As {@link EventLoop#delay(Duration, Task)}. A timeout counts from now on, the delay included.
     *
     * @param delay measured on the monotonic clock; zero or negative for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has
     * @throws IllegalArgumentException when there is a timeout that is not longer than the delay: the body would never run
     * @throws IllegalStateException when the description says {@link #cancelUpstream} or {@link #onlyWhile}, which timers do not have
     */
    public LoopFuture<@Nullable Void> delay(Duration delay, Task body) {
        Objects.requireNonNull(delay, "delay");
        terms.refuseCancelUpstream();
        Duration timeout = terms.timeout();
        if (timeout != null && timeout.compareTo(delay) <= 0) {
            throw new IllegalArgumentException("'timeout' must be longer than 'delay', which is %s, but was %s"
                    .formatted(DurationText.of(delay), DurationText.of(timeout)));
        }
        terms.refuseForActive("delay");
        terms.refuseCondition("delay");
        return loop.loopRun().submissions.delay(delay, PlainTask.of(body), terms);
    }

    /**
     * As {@link EventLoop#script}. A timeout is that of the whole script.
     *
     * @param body runs on a thread of its own, which holds the loop whenever it does not wait
     * @param <T> what it returns
     * @return the handle
     * @throws IllegalStateException when the description says more than a label and a timeout
     */
    public <T extends @Nullable Object> LoopFuture<T> script(ScriptBody<? extends T> body) {
        terms.refuseTermsOfCalls("script");
        return loop.loopRun().submissions.scripts.start(body, terms);
    }

    /**
     * As {@link EventLoop#promise}.
     *
     * @param <T> the type of the result
     * @return the handle, which your code completes
     * @throws IllegalStateException when the description says more than a label and a timeout
     */
    public <T extends @Nullable Object> LoopFuture<T> promise() {
        terms.refuseTermsOfCalls("promise");
        return Promise.open(loop.loopRun(), terms);
    }

    /**
     * As {@link EventLoop#promise}, with code that runs when the handle has ended, whoever ended it: your code, a {@code cancel}, a timeout or a
     * stop. It lets go of what the handle stands for:
     *
     * <pre>{@code
     * CompletableFuture<String> request = new CompletableFuture<>(); // of another library
     * LoopFuture<String> answer = loop.call("answer").timeout(Duration.ofSeconds(5)).promise(outcome -> request.cancel(true));
     * request.thenAccept(answer::complete);
     * }</pre>
     *
     * <p>Unlike what is attached to the handle, it does not deal with a failure: one at which nobody looks reaches the {@link ErrorHandler}.
     *
     * @param onEnd is told the outcome, on the active thread, once, and where the loop has none as a dependent would; what it throws reaches the
     *     {@link ErrorHandler}
     * @param <T> the type of the result
     * @return the handle, which your code completes
     * @throws IllegalStateException when the description says more than a label and a timeout
     */
    public <T extends @Nullable Object> LoopFuture<T> promise(Consumer<? super Outcome> onEnd) {
        Objects.requireNonNull(onEnd, "onEnd");
        terms.refuseTermsOfCalls("promise");
        return Promise.open(loop.loopRun(), terms, onEnd);
    }

    /**
     * Makes a {@linkplain #promise promise} for which a drain does not wait, for what may never come, such as the next message. It ends as
     * {@link Outcome#STOPPED} when all else has drained. The loop holds it weakly: keep it until it is completed.
     *
     * @param <T> the type of the result
     * @return the handle, which your code completes
     * @throws IllegalStateException when the description says more than a label and a timeout
     */
    public <T extends @Nullable Object> LoopFuture<T> backgroundPromise() {
        terms.refuseTermsOfCalls("backgroundPromise");
        return Promise.inBackground(loop.loopRun(), terms);
    }

    /**
     * Whether the state of the loop lets the current thread submit: it runs, or has not started; or it drains, and this is a thread of it that
     * is in the middle of something. A lane may still be full.
     *
     * @return false when all verbs would be rejected here
     */
    public boolean accepts() {
        return loop.loopRun().state.accepts();
    }

    /**
     * As {@link EventLoop#atStop}.
     *
     * @param operation closes or saves something, say
     * @return the handle; cancelled before the stop, the operation does not run
     * @throws IllegalStateException when the description says more than a label
     */
    public LoopFuture<@Nullable Void> atStop(Task operation) {
        terms.refuseTermsOfCalls("atStop");
        terms.refuseTimeout("atStop");
        Task plain = PlainTask.of(Objects.requireNonNull(operation, "operation"));
        return loop.loopRun().stopHooks.add(plain, terms.labelled().label());
    }

    /**
     * Cancels the calls that wait for the turn of this description's key, and that were given the same {@linkplain #onlyWhile condition}, or
     * none like this. The call that has the turn goes on, and so do calls of the key with another condition. No code of a cancelled call
     * has begun.
     *
     * @return how many were cancelled
     * @throws IllegalStateException when the description has no key
     */
    public int cancelWaiting() {
        Object key = terms.key();
        if (key == null) {
            throw new IllegalStateException("'cancelWaiting' is for calls with a key, and '%s' has none: add key(…)"
                    .formatted(terms.labelled().label()));
        }
        Condition condition = terms.condition();
        return loop.loopRun()
                .admissions
                .keys()
                .cancelWaiting(HashedKey.of(key), condition == null ? null : condition.holds());
    }

    /**
     * As {@link EventLoop#at(Instant, Task)}.
     *
     * @param instant when, by the date and time of the system
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has
     * @throws IllegalArgumentException when there is a timeout that ends before the instant: the body would never run
     * @throws IllegalStateException when the description says {@link #cancelUpstream} or {@link #onlyWhile}, which timers do not have
     */
    public LoopFuture<@Nullable Void> at(Instant instant, Task body) {
        return delay(loop.loopRun().submissions.until(instant), body);
    }

    /**
     * As {@link EventLoop#every(Duration)}, for a timer whose runs are described by this: its label is that of each run. When runs are calls a
     * timeout is that of each call.
     *
     * @param interval from one run to the next
     * @return the description of the timer, which starts with one of its verbs
     * @throws IllegalArgumentException when the interval is not more than zero
     * @throws IllegalStateException when the description says {@link #cancelUpstream} or {@link #onlyWhile}, which timers do not have
     */
    public PeriodicSpec every(Duration interval) {
        terms.refuseCancelUpstream();
        terms.refuseCondition("every(…)");
        return new PeriodicSpec(loop, terms, Rhythm.every(Objects.requireNonNull(interval, "interval")));
    }

    private void checkLane(Lane lane) {
        if (Objects.requireNonNull(lane, "lane") == Lane.ACTIVE) {
            terms.refuseForActive("enqueue(ACTIVE, …)");
        }
    }
}
