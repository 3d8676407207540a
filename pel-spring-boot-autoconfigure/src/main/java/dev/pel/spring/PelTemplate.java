package dev.pel.spring;

import dev.pel.BiBody;
import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.PeriodicSpec;
import dev.pel.QuadBody;
import dev.pel.Retry;
import dev.pel.ScriptBody;
import dev.pel.Settled;
import dev.pel.Task;
import dev.pel.TriBody;
import dev.pel.flow.Bound;
import dev.pel.flow.ChunkTask;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.StringValueResolver;

/**
 * What applications inject: the verbs of the loop, and {@link #offload}.
 *
 * <pre>{@code
 * pel.next(() -> repository.load(id), order -> open.add(order));
 * }</pre>
 *
 * <p>An <em>operation</em> runs on a thread of the passive lane ({@code next}: it blocks) or of the work lane ({@code work}:
 * it computes). A <em>body</em> and every dependent of a handle run on the one active thread. Every accepted call ends exactly
 * once; a call that is not accepted comes back as a handle that is already {@link dev.pel.Outcome#REJECTED}, and nothing is
 * thrown. A failure that nobody deals with on the handle reaches the {@link dev.pel.ErrorHandler}. See {@link EventLoop} for
 * the promises.
 *
 * <p>Methods may be called from any thread, and none waits. It works on through a stop and a new start of the loop. Not final,
 * so that a test can mock it.
 */
public class PelTemplate {
    private final EventLoop loop;
    private final StringValueResolver placeholders;
    private final RetryBeans rules;

    /**
     * A template for a loop.
     *
     * @param loop runs everything
     */
    public PelTemplate(EventLoop loop) {
        this(loop, text -> text, new RetryBeans(null));
    }

    PelTemplate(EventLoop loop, StringValueResolver placeholders, RetryBeans rules) {
        this.loop = loop;
        this.placeholders = placeholders;
        this.rules = rules;
    }

    /**
     * Runs an operation on the passive lane: a call that blocks.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation) {
        return loop.next(operation);
    }

    /**
     * Runs an operation without a result on the passive lane.
     *
     * @param operation runs on a passive thread
     * @return the handle, which ends when the operation has
     */
    public LoopFuture<@Nullable Void> next(Task operation) {
        return loop.next(operation);
    }

    /**
     * Runs an operation on the passive lane, then the body on the active thread with what it returned.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has, with what the operation returned
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation, Body<? super T> body) {
        return loop.next(operation, body);
    }

    /**
     * Runs an operation without a result on the passive lane, then the body on the active thread.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle, which ends when the body has
     */
    public LoopFuture<@Nullable Void> next(Task operation, Task body) {
        return loop.next(operation, body);
    }

    /**
     * Runs two operations on the passive lane, side by side, then the body on the active thread with what both returned.
     *
     * @param first runs on a passive thread
     * @param second runs on a passive thread
     * @param body runs on the active thread when both operations have succeeded
     * @param <A> what the first operation returns
     * @param <B> what the second operation returns
     * @return the handle, which ends when the body has, or with the first failure when both operations have ended;
     *     cancelling it cancels both
     */
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> next(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loop.next(first, second, body);
    }

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
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loop.next(first, second, third, body);
    }

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
        return loop.next(first, second, third, fourth, body);
    }

    /**
     * Runs an operation on the work lane: a computation.
     *
     * @param operation runs on a work thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation) {
        return loop.work(operation);
    }

    /**
     * Runs an operation without a result on the work lane.
     *
     * @param operation runs on a work thread
     * @return the handle, which ends when the operation has
     */
    public LoopFuture<@Nullable Void> work(Task operation) {
        return loop.work(operation);
    }

    /**
     * Runs an operation on the work lane, then the body on the active thread with what it returned.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has, with what the operation returned
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation, Body<? super T> body) {
        return loop.work(operation, body);
    }

    /**
     * Runs an operation without a result on the work lane, then the body on the active thread.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle, which ends when the body has
     */
    public LoopFuture<@Nullable Void> work(Task operation, Task body) {
        return loop.work(operation, body);
    }

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
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> work(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loop.work(first, second, body);
    }

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
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loop.work(first, second, third, body);
    }

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
        return loop.work(first, second, third, fourth, body);
    }

    /**
     * Begins the description of a call with a label, and, if wanted, a timeout.
     *
     * @param label names the call in failures, reports and metrics; choose from a small set of constants
     * @return the description, which may be used many times
     */
    public CallSpec call(String label) {
        return loop.call(label);
    }

    /**
     * Posts a task to a lane.
     *
     * @param lane where it runs
     * @param task runs on a thread of that lane
     * @return the handle, which ends when the task has
     */
    public LoopFuture<@Nullable Void> enqueue(Lane lane, Task task) {
        return loop.enqueue(lane, task);
    }

    /**
     * Posts a task that returns something to a lane.
     *
     * @param lane where it runs
     * @param task runs on a thread of that lane
     * @param <T> what it returns
     * @return the handle, which ends when the task has, with what it returned
     */
    public <T extends @Nullable Object> LoopFuture<T> enqueue(Lane lane, Callable<? extends T> task) {
        return loop.enqueue(lane, task);
    }

    /**
     * Runs a body on the active thread after a delay. The wait holds no thread of a pool.
     *
     * @param delay measured on the monotonic clock; zero or negative for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has; {@link EventLoop#delay} says what its {@code cancel} does
     */
    public LoopFuture<@Nullable Void> delay(Duration delay, Task body) {
        return loop.delay(delay, body);
    }

    /**
     * Runs a body on the active thread at a date and time; see {@link EventLoop#at}.
     *
     * @param instant when; one that has passed for as soon as possible, but never inline
     * @param body runs on the active thread, never early
     * @return the handle of the timer, which ends when the body has
     */
    public LoopFuture<@Nullable Void> at(Instant instant, Task body) {
        return loop.at(instant, body);
    }

    /**
     * Begins the description of a periodic timer; see {@link EventLoop#every}.
     *
     * @param interval from one run to the next, on the monotonic clock; more than zero
     * @return the description
     * @throws IllegalArgumentException when the interval is not more than zero
     */
    public PeriodicSpec every(Duration interval) {
        return loop.every(interval);
    }

    /**
     * Runs a body now when the current thread is the active one, and else in a later turn; see {@link EventLoop#execute}.
     *
     * @param body runs on the active thread
     * @return the handle, which ends when the body has
     */
    public LoopFuture<@Nullable Void> execute(Task body) {
        return loop.execute(body);
    }

    /**
     * Repeats a step on the active thread for as long as it returns true, and lets others have their turns meanwhile; see
     * {@link EventLoop#loopWhile}.
     *
     * @param step a small part of the whole, which says whether there is more
     * @return the handle, which ends when a step has returned false
     */
    public LoopFuture<@Nullable Void> loopWhile(Callable<Boolean> step) {
        return loop.loopWhile(step);
    }

    /**
     * Joins handles: ends when all have ended, with their results in their order; see {@link EventLoop#all}.
     *
     * @param stages handles of this loop, or any other stages
     * @param <T> the type of the results
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<List<T>> all(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return loop.all(stages);
    }

    /**
     * Joins handles and says how each has ended; see {@link EventLoop#allSettled}.
     *
     * @param stages handles of this loop, or any other stages
     * @param <T> the type of the results
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<List<Settled<T>>> allSettled(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return loop.allSettled(stages);
    }

    /**
     * Ends with the first success of several handles; see {@link EventLoop#any}.
     *
     * @param stages handles of this loop, or any other stages; at least one
     * @param <T> the type of the results
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> any(Collection<? extends CompletionStage<? extends T>> stages) {
        return loop.any(stages);
    }

    /**
     * Begins the description of a stream of work: one call for each item, so many at once; see {@link EventLoop#forEach(Iterable)}.
     *
     * <pre>{@code
     * pel.forEach(List.of(1L, 2L, 3L)).concurrency(2).map(key -> pel.next(() -> repository.load(key)), this::show);
     * }</pre>
     *
     * @param items read on the active thread when it is a collection, and else on a passive one
     * @param <T> the type of the items
     * @return the description
     */
    public <T> WorkStream<T> forEach(Iterable<? extends T> items) {
        return loop.forEach(items);
    }

    /**
     * The same for an iterator; see {@link EventLoop#forEach(Iterator)}.
     *
     * @param items read on a passive thread, and closed at the end when it is {@code AutoCloseable}
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    public <T> WorkStream<T> forEach(Iterator<? extends T> items) {
        return loop.forEach(items);
    }

    /**
     * The same for a {@code Stream}; see {@link EventLoop#forEach(Stream)}.
     *
     * @param items read on a passive thread, and closed at the end
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    public <T> WorkStream<T> forEach(Stream<? extends T> items) {
        return loop.forEach(items);
    }

    /**
     * The same for a publisher of Reactive Streams; see {@link EventLoop#forEach(Flow.Publisher)}.
     *
     * @param items asked for as many items as there are places
     * @param <T> the type of the items
     * @return the description
     */
    public <T> WorkStream<T> forEach(Flow.Publisher<? extends T> items) {
        return loop.forEach(items);
    }

    /**
     * Splits a computation over the threads of the work lane; see {@link EventLoop#fork(List, ChunkTask)}.
     *
     * @param items what to compute, not to be changed until the handle has ended
     * @param task runs on work threads, with a part of the list
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results of all parts in their order
     */
    public <T, R extends @Nullable Object> LoopFuture<List<R>> fork(List<T> items, ChunkTask<T, ? extends R> task) {
        return loop.fork(items, task);
    }

    /**
     * The same with parts of a given size; see {@link EventLoop#fork(List, int, ChunkTask)}.
     *
     * @param items what to compute, not to be changed until the handle has ended
     * @param chunkSize how many items a part has; the last one may have fewer
     * @param task runs on work threads, with a part of the list
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results of all parts in their order
     */
    public <T, R extends @Nullable Object> LoopFuture<List<R>> fork(
            List<T> items, int chunkSize, ChunkTask<T, ? extends R> task) {
        return loop.fork(items, chunkSize, task);
    }

    /**
     * Runs straight-line code on the loop, which waits where a body would attach what comes next; see {@link EventLoop#script}.
     *
     * @param body runs on a thread of its own, which holds the loop whenever it does not wait
     * @param <T> what it returns
     * @return the handle, which ends when the script has
     */
    public <T extends @Nullable Object> LoopFuture<T> script(ScriptBody<? extends T> body) {
        return loop.script(body);
    }

    /**
     * Makes a handle that your code completes; see {@link EventLoop#promise}.
     *
     * @param <T> the type of the result
     * @return the handle
     */
    public <T extends @Nullable Object> LoopFuture<T> promise() {
        return loop.promise();
    }

    /**
     * Brings a stage of others onto this loop; see {@link EventLoop#adopt}.
     *
     * @param stage a future of another library, or a handle of another loop
     * @param <T> the type of the result
     * @return the handle, which ends as the stage does
     */
    public <T extends @Nullable Object> LoopFuture<T> adopt(CompletionStage<T> stage) {
        return loop.adopt(stage);
    }

    /**
     * Has an operation run when the loop stops; see {@link EventLoop#atStop}.
     *
     * @param operation closes or saves something, say
     * @return the handle; cancelled before the stop, the operation does not run
     */
    public LoopFuture<@Nullable Void> atStop(Task operation) {
        return loop.atStop(operation);
    }

    /**
     * Binds calls to a connection: they come in turn, and are skipped once the connection is gone; see {@link EventLoop#bind}.
     *
     * @param key the connection's identity
     * @param alive whether the connection is open; quick, and safe for use by several threads
     * @return what submits its calls
     */
    public Bound bind(Object key, BooleanSupplier alive) {
        return loop.bind(key, alive);
    }

    /**
     * Owns a resource that is not thread-safe, for one operation at a time; see {@link EventLoop#own(Callable)}.
     *
     * @param supplier opens it; runs on a passive thread
     * @param <R> its type
     * @return what submits its operations
     */
    public <R> Owned<R> own(Callable<? extends R> supplier) {
        return loop.own(supplier);
    }

    /**
     * As {@link #own(Callable)}, with other options.
     *
     * @param supplier opens it; runs on a passive thread
     * @param options changes the options, which are {@link OwnedOptions#defaults} before
     * @param <R> its type
     * @return what submits its operations
     */
    public <R> Owned<R> own(Callable<? extends R> supplier, UnaryOperator<OwnedOptions<R>> options) {
        return loop.own(supplier, options);
    }

    /**
     * Makes a bounded queue whose items are taken on the loop; see {@link EventLoop#queue}.
     *
     * @param label names it in failures, reports and metrics; choose from a small set of constants
     * @param capacity how many items may wait; at least 1
     * @param <T> the type of the items
     * @return the queue
     */
    public <T> LoopQueue<T> queue(String label, int capacity) {
        return loop.queue(label, capacity);
    }

    /**
     * Makes a topic, which hands each item that is published to all its subscribers, on the loop; see {@link EventLoop#topic}.
     *
     * @param label names it in failures, reports and metrics; choose from a small set of constants
     * @param <T> the type of the items
     * @return the topic
     */
    public <T> Topic<T> topic(String label) {
        return loop.topic(label);
    }

    /**
     * Runs a body once, when the active thread has nothing else to do; see {@link EventLoop#onIdle}.
     *
     * @param body runs on the active thread
     * @return the handle, which ends when the body has
     */
    public LoopFuture<@Nullable Void> onIdle(Task body) {
        return loop.onIdle(body);
    }

    /**
     * How many entries wait in a lane. Those that run are not counted.
     *
     * @param lane which
     * @return the number
     */
    public int size(Lane lane) {
        return loop.size(lane);
    }

    /**
     * How many entries of a lane run now.
     *
     * @param lane which
     * @return the number
     */
    public int running(Lane lane) {
        return loop.running(lane);
    }

    /**
     * Whether a lane is full: it refuses entries then. False does not promise that an entry is accepted: the passive and the work lane
     * refuse also when the active lane is full, and every lane refuses when the loop does not accept calls.
     *
     * @param lane which
     * @return true when as many wait as its capacity allows
     */
    public boolean isFull(Lane lane) {
        return loop.isFull(lane);
    }

    /**
     * All figures at once.
     *
     * @return a snapshot
     */
    public LoopStats stats() {
        return loop.stats();
    }

    /**
     * Whether the current thread is the active thread of the loop.
     *
     * @return true in a body
     */
    public boolean onActiveThread() {
        return loop.onActiveThread();
    }

    /**
     * Makes a rule for retries of Spring's policy, which is asked about each failure, and says the pauses, and their number. Its pauses hold no thread.
     * The policy's timeout counts from the first failure of a call, the pause included that would come next.
     *
     * @param policy may be used for many rules
     * @return the rule, for {@link CallSpec#retry}
     */
    public Retry retry(RetryPolicy policy) {
        return PolicyRetry.of(policy, loop.options());
    }

    /**
     * Puts an interface whose methods return futures in front of an object whose methods block, or compute. The object is not
     * touched.
     *
     * <pre>{@code
     * interface AsyncOrders {
     *     @Next(timeout = "2s")
     *     CompletableFuture<Order> load(long id);
     * }
     *
     * AsyncOrders orders = pel.offload(AsyncOrders.class, blockingOrders);
     * }</pre>
     *
     * <p>A method with {@link Next} runs the service's method of the same name and parameter types on a passive thread (types as the
     * service's class and interfaces make them: {@code findById} of a {@code CrudRepository<Order, Long>} takes a {@code Long}), one
     * with {@link Work} on a work thread; an annotation on the interface counts for all of its methods. They return
     * {@code CompletableFuture}, {@code CompletionStage}, {@code Future}, {@link LoopFuture} or {@code void}; the handle carries
     * what the service returns, or the very throwable that it throws. A future that the service returns is waited for there.
     * Default methods of the interface run on the caller. Everything is checked here, nothing at the first call.
     *
     * @param facade the interface
     * @param service has, for every annotated method of the interface, a public method with the same name and parameter types
     * @param <F> the interface
     * @return a proxy, to be kept: making one is reflection, calling it is cheap
     * @throws NullPointerException when a parameter is null, which it names
     * @throws IllegalArgumentException when the facade is no interface, or one of its methods has no annotation, another return
     *     type, no counterpart in the service, more than one, or one whose result does not fit
     */
    public <F> F offload(Class<F> facade, Object service) {
        return Offload.proxy(loop, placeholders, rules, facade, service);
    }
}
