package dev.pel;

import dev.pel.flow.Bound;
import dev.pel.flow.ChunkTask;
import dev.pel.flow.Fork;
import dev.pel.flow.LoopQueue;
import dev.pel.flow.Owned;
import dev.pel.flow.OwnedOptions;
import dev.pel.flow.Topic;
import dev.pel.flow.WorkStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pretended event loop: <b>one active thread runs all of your callbacks, passive threads run the calls that block, work
 * threads run the calls that burn CPU.</b>
 *
 * <p>You write {@code loop.next(blockingCall, body)}; the blocking call runs elsewhere, and the body continues on the active
 * thread. State that only bodies touch needs no lock.
 *
 * <h2>Which thread runs what</h2>
 *
 * <p>An <em>operation</em> runs on a thread of the passive or work lane. A <em>body</em> (a continuation, a timer's task, a
 * posted task, a dependent of a handle) runs on the active thread, never inline on the caller and never on a pool thread,
 * also when the handle was already complete when the dependent was attached. What the submitter wrote before it submitted is
 * visible to the operation; what the operation wrote is visible to its body; what either wrote is visible to a thread that has
 * joined the handle.
 *
 * <h2>How a call ends</h2>
 *
 * <p>Every accepted call ends exactly once, as {@link Outcome#SUCCEEDED}, {@link Outcome#FAILED}, {@link Outcome#CANCELLED},
 * {@link Outcome#TIMED_OUT} or {@link Outcome#STOPPED}. One that is not accepted is {@link Outcome#REJECTED}: the method
 * returns a handle that is already done with a {@link CallRejectedException}, and throws nothing. A failure that nobody deals
 * with on the handle reaches the {@link ErrorHandler}; refusals whose handles nobody looks at are counted in a line of the log.
 *
 * <h2>Submitting</h2>
 *
 * <p>All methods may be called from any thread. None of them waits, but for {@link #close()} and {@link #runOnCurrentThread()}.
 * A call is accepted while the loop runs, its lane has a place and the active lane is not full; the place of its body is then
 * certain. A loop that has not started yet accepts calls likewise, and runs them when it starts. While the loop drains, only its own
 * threads may submit.
 */
public interface EventLoop extends AutoCloseable {
    /**
     * Makes a loop that has not started.
     *
     * @param options all of its settings
     * @return the loop
     * @throws InvalidOptionException when virtual threads are asked for and this Java has none
     */
    static EventLoop create(EventLoopOptions options) {
        Machine machine = Objects.requireNonNull(options, "options").hooks().machine();
        return PretendEventLoop.create(options, machine == null ? new JdkMachine() : machine);
    }

    /**
     * Runs an operation on the passive lane: a call that blocks.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation);

    /**
     * Runs an operation without a result on the passive lane.
     *
     * @param operation runs on a passive thread
     * @return the handle, which ends when the operation has
     */
    LoopFuture<@Nullable Void> next(Task operation);

    /**
     * Runs an operation on the passive lane, then the body on the active thread with what it returned.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has, with what the operation returned
     */
    <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation, Body<? super T> body);

    /**
     * Runs an operation without a result on the passive lane, then the body on the active thread.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle, which ends when the body has
     */
    LoopFuture<@Nullable Void> next(Task operation, Task body);

    /**
     * Runs two operations on the passive lane, side by side, then the body on the active thread with what both returned. Figures and
     * reports count two calls.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param body runs on the active thread when both operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @return the handle, which ends when the body has, or when both operations have ended with the failure of the
     *     first that has failed, in this order, which has the other's as suppressed; cancelling it cancels both
     */
    <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> next(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body);

    /**
     * As {@link #next(Callable, Callable, BiBody)}, with three operations.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param third runs on a passive thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @return the handle, which ends when the body has; cancelling it cancels all operations
     */
    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body);

    /**
     * As {@link #next(Callable, Callable, BiBody)}, with four operations.
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
     * @return the handle, which ends when the body has; cancelling it cancels all operations
     */
    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body);

    /**
     * Runs an operation on the work lane: a computation.
     *
     * @param operation runs on a work thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation);

    /**
     * Runs an operation without a result on the work lane.
     *
     * @param operation runs on a work thread
     * @return the handle, which ends when the operation has
     */
    LoopFuture<@Nullable Void> work(Task operation);

    /**
     * Runs an operation on the work lane, then the body on the active thread with what it returned.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has, with what the operation returned
     */
    <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation, Body<? super T> body);

    /**
     * Runs an operation without a result on the work lane, then the body on the active thread.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle, which ends when the body has
     */
    LoopFuture<@Nullable Void> work(Task operation, Task body);

    /**
     * Runs two operations on the work lane, side by side, then the body on the active thread with what both returned.
     *
     * @param first runs on a work thread
     * @param second runs on a work thread
     * @param body runs on the active thread when both operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @return the handle, as of {@link #next(Callable, Callable, BiBody)}
     */
    <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> work(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body);

    /**
     * As {@link #work(Callable, Callable, BiBody)}, with three operations.
     *
     * @param first runs on a work thread
     * @param second runs on a work thread
     * @param third runs on a work thread
     * @param body runs on the active thread when all operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @param <C> what the third operation returns
     * @return the handle, which ends when the body has; cancelling it cancels all operations
     */
    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body);

    /**
     * As {@link #work(Callable, Callable, BiBody)}, with four operations.
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
     * @return the handle, which ends when the body has; cancelling it cancels all operations
     */
    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body);

    /**
     * Begins the description of a call with a label, and, if wanted, a timeout.
     *
     * <pre>{@code
     * loop.call("load order").timeout(Duration.ofSeconds(2)).next(() -> repository.load(id), this::show);
     * }</pre>
     *
     * @param label names the call in failures, reports and metrics; choose from a small set of constants
     * @return the description, which may be used many times
     * @throws IllegalArgumentException when the label is blank
     */
    CallSpec call(String label);

    /**
     * Posts a task to a lane.
     *
     * @param lane where it runs
     * @param task runs on a thread of that lane
     * @return the handle, which ends when the task has
     */
    LoopFuture<@Nullable Void> enqueue(Lane lane, Task task);

    /**
     * Posts a task that returns something to a lane. A lambda whose expression has a value is such a task, and so
     * is a reference to a method that returns something; of a method with several signatures ({@code latch::await}) the compiler wants
     * a lambda instead.
     *
     * <pre>{@code
     * LoopFuture<Integer> count = loop.enqueue(Lane.ACTIVE, () -> open.size()); // state that only bodies touch
     * }</pre>
     *
     * @param lane where it runs
     * @param task runs on a thread of that lane
     * @param <T> what it returns
     * @return the handle, which ends when the task has, with what it returned
     */
    <T extends @Nullable Object> LoopFuture<T> enqueue(Lane lane, Callable<? extends T> task);

    /**
     * Runs a body now when the current thread is the active one, inside the body that asks for it, and else in a later turn, as
     * {@link #enqueue(Lane, Task) enqueue(Lane.ACTIVE, body)} does.
     *
     * <p>So on the active thread it comes before everything that is queued, and before the rest of the current body, whereas {@code enqueue}
     * always comes after both:
     *
     * <pre>{@code
     * loop.enqueue(Lane.ACTIVE, () -> {
     *     loop.enqueue(Lane.ACTIVE, () -> System.out.println("third"));
     *     loop.execute(() -> System.out.println("first"));
     *     System.out.println("second");
     * });
     * }</pre>
     *
     * <p>It runs inside the body that asks for it, so a body that executes itself again and again runs out of stack: enqueue it.
     *
     * @param body runs on the active thread
     * @return the handle, which ends when the body has; what the body throws is the handle's failure, and ends nothing else
     */
    LoopFuture<@Nullable Void> execute(Task body);

    /**
     * Repeats a step on the active thread for as long as it returns true: a computation that is too long for one turn and needs what only bodies
     * may touch. After {@link EventLoopOptions#turnBudget()} it lets timers that are due and what is queued go first, and then goes on, so
     * it holds nobody up for longer than that and one step. A stop waits for it, as for a call; a step that never returns false holds it up to
     * its deadline.
     *
     * @param step a small part of the whole, which says whether there is more
     * @return the handle, which ends when a step has returned false, or fails with what a step throws. Cancelled, it ends before the next step
     */
    LoopFuture<@Nullable Void> loopWhile(Callable<Boolean> step);

    /**
     * Runs a body once, when the active thread has nothing else to do: when nothing is queued there and no timer is due. For work that
     * can wait, such as the refresh of a cache. On a loop that is always busy it never comes. It takes a place of the active lane while it
     * waits, and a drain waits for it.
     *
     * @param body runs on the active thread
     * @return the handle, which ends when the body has
     */
    LoopFuture<@Nullable Void> onIdle(Task body);

    /**
     * Runs a body on the active thread after a delay. The wait holds no thread of a pool.
     *
     * <p>A body may set the next timer, which makes a timer that repeats; for one with a fixed interval there is {@link #every}. While the loop drains, a timer that is set in a timer's body
     * ends at once as {@link Outcome#STOPPED}, whatever its delay, so that a repeating timer holds up no stop. What is attached to the
     * handle of a timer, before or after it has ended, directly or in a row ({@code thenRun(…).thenRun(…)}), counts as its body. What a
     * timer's body submits does not: a call, or a task of {@link #enqueue}, is accepted while the loop drains, and may set timers, which
     * run when they fall due before the deadline; a retry after a failure is such a timer.
     *
     * @param delay measured on the monotonic clock; zero or negative for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has. Cancelled before it falls due, the timer leaves nothing behind; when
     *     {@code cancel} returns true, the body never runs. Once it has fallen due, {@code cancel} changes nothing and returns false
     */
    LoopFuture<@Nullable Void> delay(Duration delay, Task body);

    /**
     * Runs a body on the active thread at a date and time, which is measured once, now, by the system's clock: when that is set anew
     * meanwhile, the timer does not move. All else is as with {@link #delay}.
     *
     * @param instant when; one that has passed for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has
     */
    LoopFuture<@Nullable Void> at(Instant instant, Task body);

    /**
     * Begins the description of a periodic timer.
     *
     * <pre>{@code
     * loop.every(Duration.ofSeconds(10)).run(() -> open.removeIf(order -> order.id() < id)); // a body
     * loop.every(Duration.ofMinutes(1)).next(() -> repository.load(id), this::show);         // a call: an operation, then a body
     * loop.every(Duration.ofMillis(100)).first(Duration.ZERO).times(5).run(() -> System.out.print("."));
     * }</pre>
     *
     * <p>Unlike a timer that sets itself again, it keeps to a grid without drift, survives its failures, counts what it has missed, and ends
     * with the first moment of a stop.
     *
     * @param interval from one run to the next, on the monotonic clock; more than zero
     * @return the description
     * @throws IllegalArgumentException when the interval is not more than zero
     */
    PeriodicSpec every(Duration interval);

    /**
     * Begins the description of a stream of work: one call for each item, so many at once, and nothing is read ahead.
     *
     * <pre>{@code
     * ForEach load = loop.forEach(List.of(1L, 2L, 3L)).concurrency(2).run(key -> loop.next(() -> repository.load(key)));
     * }</pre>
     *
     * @param items read on the active thread when it is a collection, and else on a passive one
     * @param <T> the type of the items
     * @return the description, to be started by {@code run} or {@code map}
     */
    default <T> WorkStream<T> forEach(Iterable<? extends T> items) {
        return WorkStream.of(this, items);
    }

    /**
     * As {@link #forEach(Iterable)}.
     *
     * @param items read on a passive thread, because it may block, and closed at the end when it is {@code AutoCloseable}
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    default <T> WorkStream<T> forEach(Iterator<? extends T> items) {
        return WorkStream.of(this, items);
    }

    /**
     * As {@link #forEach(Iterable)}.
     *
     * <pre>{@code
     * loop.forEach(Stream.of("a", "b")).map(name -> loop.next(() -> name + id), System.out::println);
     * }</pre>
     *
     * @param items read on a passive thread, because it may block, and closed at the end
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    default <T> WorkStream<T> forEach(Stream<? extends T> items) {
        return WorkStream.of(this, items);
    }

    /**
     * As {@link #forEach(Iterable)}, for a source of Reactive Streams.
     *
     * @param items asked for as many items as there are places
     * @param <T> the type of the items
     * @return the description
     */
    default <T> WorkStream<T> forEach(Flow.Publisher<? extends T> items) {
        return WorkStream.of(this, items);
    }

    /**
     * Splits a computation over the threads of the work lane: each part of the list is one call there.
     *
     * <pre>{@code
     * LoopFuture<Long> sum = loop.fork(List.of(1L, 2L, 3L), part -> part.stream().mapToLong(i -> i).sum())
     *         .thenApply(sums -> sums.stream().mapToLong(i -> i).sum());
     * }</pre>
     *
     * <p>On the active thread it gives the handle and waits for nothing. An operation may wait for it ({@code join}): its thread then runs parts that
     * wait in the queue, so an operation that forks, and parts that fork again, need no more threads than there are, at any depth.
     *
     * <p>When a part fails, the whole fails with that failure, and the other parts are cancelled: those that have not begun do not run. Cancelling the
     * handle does the same.
     *
     * @param items what to compute, not to be changed until the handle has ended; split into four parts for each thread of the work lane
     * @param task runs on work threads, with a part of the list
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results of all parts in their order
     */
    default <T, R extends @Nullable Object> LoopFuture<List<R>> fork(List<T> items, ChunkTask<T, ? extends R> task) {
        return Fork.start(this, items, task);
    }

    /**
     * As {@link #fork(List, ChunkTask)}, with parts of a given size.
     *
     * @param items what to compute, not to be changed until the handle has ended
     * @param chunkSize how many items a part has; the last one may have fewer
     * @param task runs on work threads, with a part of the list
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results of all parts in their order
     * @throws IllegalArgumentException when the size is less than 1
     */
    default <T, R extends @Nullable Object> LoopFuture<List<R>> fork(
            List<T> items, int chunkSize, ChunkTask<T, ? extends R> task) {
        return Fork.start(this, items, chunkSize, task);
    }

    /**
     * Joins handles: ends when all have ended, with their results in their order, or with the first failure in that order, which
     * gets those of the others as suppressed, up to ten of them.
     *
     * <p>On a thread of a pool it may be waited for like a call: the thread runs what of it waits in a queue.
     *
     * @param stages handles of this loop, or any other stages; none for a join that has succeeded
     * @param <T> the type of the results
     * @return the handle; ending it ends none of those that it joins
     */
    <T extends @Nullable Object> LoopFuture<List<T>> all(Collection<? extends CompletionStage<? extends T>> stages);

    /**
     * As {@link #all}, with how each has ended: it fails in no case, and deals with the failures.
     *
     * @param stages handles of this loop, or any other stages
     * @param <T> the type of the results
     * @return the handle
     */
    <T extends @Nullable Object> LoopFuture<List<Settled<T>>> allSettled(
            Collection<? extends CompletionStage<? extends T>> stages);

    /**
     * Ends with the first success of several handles, or, when all have failed, with the failure of the first in their order, which gets those
     * of the others as suppressed, up to ten of them. After a success the other calls of this loop go on, and a drain waits for them, but not for
     * stages of others; how they end is not told any more: attach to their own handles, if that counts.
     *
     * @param stages handles of this loop, or any other stages; at least one
     * @param <T> the type of the results
     * @return the handle; ending it ends none of those that it joins
     * @throws IllegalArgumentException when there is none
     */
    <T extends @Nullable Object> LoopFuture<T> any(Collection<? extends CompletionStage<? extends T>> stages);

    /**
     * Runs straight-line code on the loop: where a body would attach what comes next, it waits, and lets others have their turns meanwhile.
     *
     * <pre>{@code
     * LoopFuture<Order> taken = loop.script(script -> {
     *     Order order = script.await(loop.next(() -> repository.load(id)));
     *     while (open.contains(order)) { // only bodies and scripts touch it
     *         script.sleep(Duration.ofMillis(100));
     *     }
     *     open.add(order);
     *     return order;
     * });
     * }</pre>
     *
     * <p>When the handle is cancelled or times out, the wait that is under way throws that, or the next one does, and {@code finally} blocks
     * run; a script that holds the loop at that moment is not interrupted. A drain waits for what the script waits for, and then for the
     * script. When the loop stops, a script that still waits, because the deadline has passed, or for another script that waits for it, ends
     * as {@link Outcome#STOPPED}.
     *
     * <p>On virtual threads a wait inside a static initializer, and before Java 24 inside {@code synchronized}, holds a thread that all virtual
     * threads share; as many such waits as there are processors hold up all scripts.
     *
     * @param body runs on a thread of its own, a virtual one where this Java has them, which holds the loop whenever it does not wait
     * @param <T> what it returns
     * @return the handle, which ends when the script has
     */
    <T extends @Nullable Object> LoopFuture<T> script(ScriptBody<? extends T> body);

    /**
     * Makes a handle that your code completes, for what is under way elsewhere and will be told of by a callback: a message, another
     * library's future, a user's answer. A drain waits until it is completed, and a stop ends it as {@link Outcome#STOPPED}.
     *
     * @param <T> the type of the result
     * @return the handle, to be ended by {@code complete} or {@code completeExceptionally} from any thread; already rejected when the loop
     *     does not accept calls
     */
    <T extends @Nullable Object> LoopFuture<T> promise();

    /**
     * Brings a stage of others onto this loop: what is attached to the handle runs on the active thread. A drain waits for the stage.
     *
     * @param stage a future of another library, or a handle of another loop; a handle of this one is returned as it is
     * @param <T> the type of the result
     * @return the handle, which ends as the stage does; ending it leaves the stage alone, and no drain waits for that any more
     */
    <T extends @Nullable Object> LoopFuture<T> adopt(CompletionStage<T> stage);

    /**
     * Binds calls to a connection: they come in turn, and are skipped once the connection is gone.
     *
     * @param key the connection's identity, as of {@link CallSpec#key}
     * @param alive whether the connection is open; quick, and safe for use by several threads
     * @return what submits its calls, whose label is {@code bound} unless {@link Bound#with} says another one
     */
    default Bound bind(Object key, BooleanSupplier alive) {
        return new Bound(call("bound"), key, alive);
    }

    /**
     * Owns a thing that is not thread-safe, such as a connection, a device or a file: one operation at a time touches it. It is opened by the
     * first of them, and closed when the loop stops.
     *
     * <pre>{@code
     * Owned<RandomAccessFile> journal = loop.own(() -> new RandomAccessFile("journal", "rw"));
     * journal.next(RandomAccessFile::length, length -> System.out.println(length));
     * }</pre>
     *
     * @param supplier opens it; runs on a passive thread
     * @param <R> its type
     * @return what submits its operations
     */
    default <R> Owned<R> own(Callable<? extends R> supplier) {
        return own(supplier, options -> options);
    }

    /**
     * As {@link #own(Callable)}, with other options.
     *
     * @param supplier opens it; runs on a passive thread
     * @param options changes the options, which are {@link OwnedOptions#defaults} before
     * @param <R> its type
     * @return what submits its operations
     */
    default <R> Owned<R> own(Callable<? extends R> supplier, UnaryOperator<OwnedOptions<R>> options) {
        Objects.requireNonNull(options, "options");
        OwnedOptions<R> changed =
                Objects.requireNonNull(options.apply(OwnedOptions.defaults()), "what 'options' returns");
        return new Owned<>(call(changed.label()), supplier, changed);
    }

    /**
     * Makes a bounded queue whose items are taken on the loop.
     *
     * @param label names it in failures, reports and metrics; choose from a small set of constants
     * @param capacity how many items may wait; at least 1
     * @param <T> the type of the items
     * @return the queue
     * @throws IllegalArgumentException when the label is blank, or the capacity less than 1
     */
    default <T> LoopQueue<T> queue(String label, int capacity) {
        return new LoopQueue<>(call(label), label, capacity);
    }

    /**
     * Makes a topic, which hands each item that is published to all its subscribers, on the loop.
     *
     * @param label names it in failures, reports and metrics; choose from a small set of constants
     * @param <T> the type of the items
     * @return the topic
     * @throws IllegalArgumentException when the label is blank
     */
    default <T> Topic<T> topic(String label) {
        return new Topic<>(call(label), label);
    }

    /**
     * The clock of the loop, which never goes back, and which a test can set: for measuring times in bodies.
     *
     * @return nanoseconds since an arbitrary instant; only differences have a meaning
     */
    long nanoTime();

    /**
     * Has an operation run when the loop stops: on a passive thread, when everything else has drained. Of several the last one runs first, one
     * after the other. What it throws is its handle's failure, and keeps no other from running. When the deadline of the stop has passed before
     * that, or the stop is forced, they run all the same, on a completion thread, and the stop waits for them until its grace is over.
     *
     * @param operation closes or saves something, say
     * @return the handle; cancelled before the stop, the operation does not run
     */
    LoopFuture<@Nullable Void> atStop(Task operation);

    /**
     * How many entries wait in a lane. Those that run are not counted: see {@link #running(Lane)}.
     *
     * @param lane which
     * @return the number
     */
    int size(Lane lane);

    /**
     * How many entries of a lane run now.
     *
     * @param lane which
     * @return the number; at most 1 for {@link Lane#ACTIVE}
     */
    int running(Lane lane);

    /**
     * Whether a lane is full: it refuses entries then. The passive and the work lane refuse also when the active lane is full, because the
     * body of a call would have no certain place there.
     *
     * @param lane which
     * @return true when as many wait as its capacity allows
     */
    boolean isFull(Lane lane);

    /**
     * All figures at once.
     *
     * @return a snapshot
     */
    LoopStats stats();

    /**
     * What the loop has left to do, in words, for a log or for the message of a test: what each lane runs, and how much waits there; how many timers
     * are pending, and which fall due next; how many handles wait for something outside of the loop. Calls and timers are named by their labels, or
     * else by the place of their submission where that was taken ({@link EventLoopOptions#callSiteInterval}). From any thread, without stopping
     * anything; it looks at each pending timer, and so takes longer than {@link #stats}.
     *
     * @return one text for each kind; none when nothing is left
     */
    List<String> leftToDo();

    /**
     * The settings.
     *
     * @return what the loop was made with; {@link #resize} does not change them
     */
    EventLoopOptions options();

    /**
     * The state.
     *
     * @return the state now
     */
    LoopState state();

    /**
     * Starts the loop. The first time it runs what has been submitted before; after a stop it is a new run with new queues, threads
     * and counters. Does nothing when the loop is running.
     *
     * @throws IllegalStateException when the loop is draining or stopping
     * @throws OutOfMemoryError when a thread cannot be started; those that were started are stopped again. What a
     *     {@linkplain EventLoopOptions#withThreadFactory thread factory} throws is thrown on, likewise.
     */
    void start();

    /**
     * Starts the loop with the current thread as its active thread, and returns when the loop has stopped. For a plain
     * {@code main}. An interrupt of the thread neither ends the loop nor reaches a body that does not wait: the flag is set again when
     * this method returns, unless the stop itself had to interrupt the thread before.
     *
     * @return the report of the stop
     * @throws IllegalStateException when the loop is not {@link LoopState#NEW} or {@link LoopState#STOPPED}, or the current
     *     thread belongs to it
     */
    StopReport runOnCurrentThread();

    /**
     * Stops the loop, gracefully. From any thread, any number of times; all callers get the same report, and the earliest
     * deadline counts.
     *
     * <p>Outside callers are refused first; chains in flight go on and may submit their next link. Timers that fall due before the deadline
     * run, the others end as {@link Outcome#STOPPED}; a timer that a timer's body sets meanwhile ends so at once, see {@link #delay}. When
     * nothing is left in any lane, or the deadline has passed, what is running is interrupted and the rest ends as {@link Outcome#STOPPED}.
     * When the future is complete, every handle is done and every thread has ended, but for those the report calls
     * {@linkplain StopReport#completing() completing} or {@linkplain StopReport#stuck() stuck}.
     *
     * <p>What holds a drain up for a second is named in the log, and again in intervals that double.
     *
     * <p>When this method returns, outside callers are refused. A loop that never started ends what waits in it as
     * {@link Outcome#STOPPED}, on the calling thread.
     *
     * @param deadline how long the drain may take
     * @return the report to come; it never fails. Dependents attached to it run on the thread that completes it, which is none
     *     of the loop's lanes.
     */
    CompletableFuture<StopReport> stop(Duration deadline);

    /**
     * Stops the loop now: {@link #stop} with its deadline already past. Handles that are held up by code attached through the plain
     * {@code CompletableFuture} API are waited for as long as the {@linkplain EventLoopOptions#interruptGrace() interrupt grace}, then the
     * report counts them.
     *
     * @return the report to come
     */
    CompletableFuture<StopReport> forceStop();

    /**
     * Stops the loop with {@link EventLoopOptions#stopDeadline()} and waits for it. It does not wait where the stop would wait for
     * the caller: on a thread of the loop, in the function of a dependent on an executor of its own, and in a listener or a thread
     * factory while the loop starts, or is stopped before it has started.
     */
    @Override
    void close();

    /**
     * Changes the number of threads of the passive or work lane, also while it is busy. Threads too many end after the
     * operation they are in. Holds until the loop stops. On a passive lane whose number of threads follows the load, see
     * {@link LaneOptions#withThreads(int, int)}, this changes the largest number, which must not be below the smallest.
     *
     * @param lane {@link Lane#PASSIVE} or {@link Lane#WORK}
     * @param threads the new number
     * @throws IllegalArgumentException when the lane is {@link Lane#ACTIVE} or the number is out of range
     * @throws IllegalStateException when the loop is not running, or still starting
     * @throws OutOfMemoryError when a thread cannot be started; the lane keeps those that could. What a
     *     {@linkplain EventLoopOptions#withThreadFactory thread factory} throws is thrown on, likewise.
     */
    void resize(Lane lane, int threads);

    /**
     * Changes a limit while the loop runs; a new start begins with {@link #options()} again. Operations that run go on, calls that wait go by
     * the new values at once: with a rate that is twice as high, what is left of the time until the next start is half as long.
     *
     * <p>Operations that wait in a {@code join} for other calls of the same limit need a permit each: lowered below that, the limit may leave
     * them waiting for each other.
     *
     * @param limit the name of one of {@link EventLoopOptions#limits()}
     * @param change what to change on its values
     * @throws IllegalArgumentException when the loop has no limit of that name
     * @throws InvalidOptionException when a value is wrong
     */
    void changeLimit(String limit, UnaryOperator<LimitOptions> change);

    /**
     * Whether the current thread is the active thread of this loop.
     *
     * @return true in a body
     */
    boolean onActiveThread();

    /**
     * A lane as an {@code Executor}, for APIs that want one.
     *
     * @param lane where the commands run
     * @return the view; its {@code execute} throws {@link CallRejectedException} when the command is not accepted, and a
     *     command's failure reaches the error handler. A command that a stop cuts off is cancelled when it is a
     *     {@code Future}; of the others (those of {@code CompletableFuture.supplyAsync} among them) the number reaches the error
     *     handler and the log, because a thread that waits for what they were to complete may wait for ever; the log alone, when the stop
     *     has given the active thread up
     */
    Executor executor(Lane lane);
}
