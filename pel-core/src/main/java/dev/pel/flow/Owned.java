package dev.pel.flow;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A resource that is not thread-safe, and that operations of a loop use one at a time, in the order in which they were submitted. From any thread.
 *
 * <pre>{@code
 * Owned<RandomAccessFile> journal = loop.own(() -> new RandomAccessFile("journal", "rw"));
 * journal.use(file -> file.writeLong(id));
 * journal.next(RandomAccessFile::length, length -> System.out.println(length));
 * journal.close();
 * }</pre>
 *
 * <p><b>Opened</b> by the first operation, on its thread; when that fails, the call fails with a {@link ResourceException}, and the next one tries
 * again. To try again within one call, say so: {@code journal.with(call -> call.retry(Retry.times(3).when(ResourceException.class::isInstance)))}.
 *
 * <p><b>Opened again</b> after a failure that leaves it of no use ({@link OwnedOptions#withReopenAfter}): it is closed at once, and the next
 * operation, or the next attempt of this one, opens it. A failure to close it is told to the {@link dev.pel.ErrorHandler}.
 *
 * <p><b>Closed</b> by {@link #close}, and at the stop of the loop, when all else has drained. An operation that a stop had to give up, because
 * it runs on, closes it when it has come to its end. After a new start of the loop it is opened again.
 *
 * <p>The operations have a {@linkplain CallSpec#key key} of their own: a call has its turn until its code has left, also when it was cancelled
 * or timed out before that, and at most {@link dev.pel.EventLoopOptions#keyCapacity} wait; further ones are rejected.
 *
 * @param <R> the type of the resource
 */
public final class Owned<R> {
    private final Resource<R> resource;

    /** As users have described them: without the key. */
    private final CallSpec described;

    private final CallSpec calls;

    /**
     * Owns a resource; see {@link dev.pel.EventLoop#own}.
     *
     * @param calls describes each of its calls; without a key
     * @param supplier opens it; runs on a passive thread
     * @param options how it is closed, and after which failures it is opened again
     * @throws IllegalArgumentException when the calls have a key
     */
    public Owned(CallSpec calls, Callable<? extends R> supplier, OwnedOptions<R> options) {
        this(new Resource<>(calls, supplier, options), calls);
    }

    private Owned(Resource<R> resource, CallSpec calls) {
        this.resource = resource;
        this.described = calls;
        this.calls = resource.inTurn(calls);
    }

    /**
     * The same resource, for calls of which more is said: a label, a timeout, retries, a limit, a priority, a condition ({@code onlyWhile}),
     * {@code cancelUpstream}; all but a key. It holds for {@link #next} and {@link #use}; {@link #close} is that of the resource, whatever the view.
     *
     * @param change changes the description of the calls
     * @return another view of this resource
     * @throws IllegalArgumentException when the description is that of another loop's calls, or has a key: the calls come in turn already
     */
    public Owned<R> with(UnaryOperator<CallSpec> change) {
        return new Owned<>(resource, described.with(change));
    }

    /**
     * Runs an operation on the resource.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    public <T extends @Nullable Object> LoopFuture<T> next(ResourceOperation<? super R, ? extends T> operation) {
        Objects.requireNonNull(operation, "operation");
        return calls.next(() -> resource.<T>apply(operation));
    }

    /**
     * Runs an operation on the resource, then the body on the active thread with what it returned.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded, before the next operation
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has
     */
    public <T extends @Nullable Object> LoopFuture<T> next(
            ResourceOperation<? super R, ? extends T> operation, Body<? super T> body) {
        Objects.requireNonNull(operation, "operation");
        return calls.next(() -> resource.<T>apply(operation), body);
    }

    /**
     * Runs an operation without a result on the resource.
     *
     * @param operation runs on a passive thread
     * @return the handle, which ends when the operation has
     */
    public LoopFuture<@Nullable Void> use(ResourceTask<? super R> operation) {
        Objects.requireNonNull(operation, "operation");
        Task task = () -> resource.apply(it -> {
            operation.accept(it);
            return true;
        });
        return calls.next(task);
    }

    /**
     * Closes the resource for good, in turn: after all operations that were submitted before. Those that are submitted later fail with a
     * {@link ResourceException}.
     *
     * @return the handle, which ends when it is closed, also if it was not open; or fails when the closer does. It is rejected like an
     *     operation when too many wait: then close it again later, or leave it to the stop
     */
    public LoopFuture<@Nullable Void> close() {
        return resource.calls().next(resource::close);
    }

    /**
     * How often it has been opened.
     *
     * @return the number so far
     */
    public long openings() {
        return resource.openings();
    }

    @Override
    public String toString() {
        return "owned '%s', opened %d times".formatted(resource, openings());
    }
}
