package dev.pel.flow;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection: they come in turn, one at a time from the start of the operation to the end of the body, and are skipped once the
 * connection is gone. From any thread.
 *
 * <pre>{@code
 * Bound session = loop.bind("session 7", () -> true); // the second argument: whether the connection is open
 * session.next(() -> repository.load(id), order -> open.add(order));
 * session.defer(() -> show(open.get(0))); // after that body
 * session.close();                        // ends what waits
 * }</pre>
 *
 * <p>A call that is skipped ends as {@link dev.pel.Outcome#CANCELLED}, with a message that names the connection, and counts in {@link #skipped}. The connection is asked for when an operation
 * is about to start, and when its body is. {@link #close} ends all calls that wait for their turn, at once; one that has its turn and has
 * not begun is skipped when it would begin; what runs goes on.
 *
 * <p>The turn is that of a {@linkplain CallSpec#key key}: calls of the same key elsewhere come in turn with these, and at most
 * {@link dev.pel.EventLoopOptions#keyCapacity} wait, further ones are rejected. It works on through a stop and a new start of the loop; an
 * operation that a stop had to give up, because it runs on, may then overlap the operations of the new run.
 */
public final class Bound implements AutoCloseable {
    private final Connection connection;

    /** As users have described them: without the key and the condition. */
    private final CallSpec described;

    private final CallSpec calls;

    /**
     * Binds calls to a connection; see {@link dev.pel.EventLoop#bind}.
     *
     * @param calls describes each of its calls; without a key or a condition
     * @param key the connection's identity, as of {@link CallSpec#key}
     * @param alive whether the connection is open; quick, and safe for use by several threads. When it throws, that is told to the
     *     {@link dev.pel.ErrorHandler}, and the call is skipped: it is the cause of the cancellation
     * @throws IllegalArgumentException when the calls have a key or a condition
     */
    public Bound(CallSpec calls, Object key, BooleanSupplier alive) {
        this(new Connection(key, alive), calls);
    }

    private Bound(Connection connection, CallSpec calls) {
        this.connection = connection;
        this.described = calls;
        this.calls = connection.describe(calls);
    }

    /**
     * The same connection, for calls of which more is said: a label, a timeout, {@code cancelUpstream}, and what only operations have, which is
     * retries, a limit and a priority; not a key or a condition ({@code onlyWhile}).
     *
     * @param change changes the description of the calls
     * @return another view of this connection
     * @throws IllegalArgumentException when the description is that of another loop's calls, or has a key or a condition: the calls come in turn
     *     already, and only while the connection is open
     */
    public Bound with(UnaryOperator<CallSpec> change) {
        return new Bound(connection, described.with(change));
    }

    /**
     * Runs a body in a later turn of the active thread, after all calls that were submitted before.
     *
     * @param body runs on the active thread
     * @return the handle, which ends when the body has
     * @throws IllegalStateException when the calls are described by what only an operation has, such as a limit
     */
    public LoopFuture<@Nullable Void> defer(Task body) {
        Objects.requireNonNull(body, "body");
        return submitted(calls.enqueue(Lane.ACTIVE, body));
    }

    /**
     * Runs an operation on the passive lane.
     *
     * @param operation runs on a passive thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation) {
        return submitted(calls.next(operation));
    }

    /**
     * Runs an operation without a result on the passive lane.
     *
     * @param operation runs on a passive thread
     * @return the handle, which ends when the operation has
     */
    public LoopFuture<@Nullable Void> next(Task operation) {
        return submitted(calls.next(operation));
    }

    /**
     * Runs an operation on the passive lane, then the body on the active thread.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has
     */
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation, Body<? super T> body) {
        return submitted(calls.next(operation, body));
    }

    /**
     * Runs an operation without a result on the passive lane, then the body on the active thread.
     *
     * @param operation runs on a passive thread
     * @param body runs on the active thread when the operation has succeeded
     * @return the handle, which ends when the body has
     */
    public LoopFuture<@Nullable Void> next(Task operation, Task body) {
        return submitted(calls.next(operation, body));
    }

    /**
     * Runs an operation on the work lane.
     *
     * @param operation runs on a work thread
     * @param <T> what it returns
     * @return the handle, which ends when the operation has
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation) {
        return submitted(calls.work(operation));
    }

    /**
     * Runs an operation on the work lane, then the body on the active thread.
     *
     * @param operation runs on a work thread
     * @param body runs on the active thread when the operation has succeeded
     * @param <T> what the operation returns
     * @return the handle, which ends when the body has
     */
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation, Body<? super T> body) {
        return submitted(calls.work(operation, body));
    }

    /** A concurrent {@code close} either finds the call among those that wait, or has set its mark before, and is seen here. */
    private <T extends @Nullable Object> LoopFuture<T> submitted(LoopFuture<T> call) {
        if (connection.isClosed()) {
            calls.cancelWaiting();
        }
        return call;
    }

    /**
     * Whether it was closed; the connection itself is not asked.
     *
     * @return true when calls are skipped for that
     */
    public boolean isClosed() {
        return connection.isClosed();
    }

    /**
     * How many calls were skipped, because the connection was gone or this was closed. What others have cancelled does not count.
     *
     * @return the number so far
     */
    public long skipped() {
        return connection.skipped.get();
    }

    /** Ends the calls that wait, and lets all later ones be skipped. What runs goes on. Any number of times, from any thread. */
    @Override
    public void close() {
        connection.close();
        calls.cancelWaiting();
    }

    @Override
    public String toString() {
        return "bound to '%s'%s, %d skipped"
                .formatted(connection.key, connection.isClosed() ? " (closed)" : "", skipped());
    }

    /** What all views of a connection share. */
    private static final class Connection {
        final AtomicLong skipped = new AtomicLong();
        private final Object key;
        private final AtomicBoolean closed = new AtomicBoolean();

        /** One instance for all calls: by it those that wait are found. */
        private final BooleanSupplier isWanted;

        private final Runnable count = skipped::incrementAndGet;

        Connection(Object key, BooleanSupplier alive) {
            this.key = Objects.requireNonNull(key, "'key' must not be null: it tells the connection from others");
            Objects.requireNonNull(alive, "alive");
            this.isWanted = () -> !closed.get() && alive.getAsBoolean();
        }

        CallSpec describe(CallSpec calls) {
            if (Objects.requireNonNull(calls, "calls").hasKey()) {
                throw refused("key", "an order", "come in turn already: leave it out");
            }
            if (calls.hasCondition()) {
                throw refused("onlyWhile", "a condition", "have one: leave it out, or let 'alive' look at it, too");
            }
            return calls.key(key).onlyWhile(isWanted, count, this::whyNot);
        }

        private IllegalArgumentException refused(String term, String without, String why) {
            return new IllegalArgumentException(
                    "'%s' is for calls without %s, and those of connection '%s' %s".formatted(term, without, key, why));
        }

        private String whyNot() {
            return "connection '%s' %s".formatted(key, isClosed() ? "was closed" : "is not alive any more");
        }

        boolean isClosed() {
            return closed.get();
        }

        void close() {
            closed.set(true);
        }
    }
}
