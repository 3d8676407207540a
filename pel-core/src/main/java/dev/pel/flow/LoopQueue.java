package dev.pel.flow;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue whose items are taken on the loop: one by one, or by a standing consumer. First in, first out, for use by any thread; nobody waits
 * in a method of it.
 *
 * <pre>{@code
 * LoopQueue<Order> orders = loop.queue("orders", 1000);
 * orders.consume(order -> open.add(order));                   // a body, for one item after the other
 * boolean isAccepted = orders.push(repository.load(id));      // from any thread; false when it is full
 * }</pre>
 *
 * <p>An item that was accepted is taken exactly once: by the {@code pop} that has waited longest, among them the consumer's. One that is cancelled or
 * times out takes none. When the consumer fails with an item, that reaches the {@link dev.pel.ErrorHandler}, is counted, and the next item
 * comes.
 *
 * <p>A drain of the loop lets the consumer come to the end of what waits. What nobody has taken when the loop has stopped stays in the queue, for a
 * consumer of the next run, and the {@link dev.pel.ErrorHandler} is told how many items that are.
 *
 * @param <T> the type of the items
 */
public final class LoopQueue<T> implements AutoCloseable {
    private final CallSpec calls;

    /** The first words of messages. */
    private final String name;

    private final WaitingItems<T> items;

    /** Null when there is none. */
    private final AtomicReference<@Nullable QueueConsumer<T>> consumer = new AtomicReference<>();

    private final QueueRun run;
    private final QueueHold hold;

    /**
     * Makes a queue; see {@link dev.pel.EventLoop#queue}.
     *
     * @param calls describes the handles of {@code pop} and of consumers
     * @param label names it in messages
     * @param capacity how many items may wait; at least 1
     * @throws IllegalArgumentException when the capacity is less than 1
     */
    public LoopQueue(CallSpec calls, String label, int capacity) {
        this(
                calls,
                "Queue '%s'".formatted(Objects.requireNonNull(label, "label")),
                "they wait for its next start",
                capacity);
    }

    LoopQueue(CallSpec calls, String name, String fate, int capacity) {
        this.calls = Objects.requireNonNull(calls, "calls");
        this.name = name;
        this.hold = new QueueHold(calls, this::isConsumerNeeded);
        this.items = new WaitingItems<>(capacity, hold::letGo, this::runLater);
        this.run = new QueueRun(calls, name, fate, items::size);
    }

    /** Runs code on the active thread, in a later turn. What is attached to a handle is never refused. */
    @SuppressWarnings("FutureReturnValueIgnored") // the code of the queue itself does not fail
    private void runLater(Runnable code) {
        LoopFuture<Boolean> ended = calls.backgroundPromise();
        ended.complete(true);
        ended.handle((value, error) -> { // refused by a loop that stops: then it runs as well
            code.run();
            return true;
        });
    }

    /**
     * Adds an item at the end, if there is a place for it.
     *
     * @param item the item
     * @return whether it was accepted; false when the queue is full or closed, when the loop has stopped, and while it drains, unless code of
     *     the loop pushes that is under way
     */
    public boolean push(T item) {
        Objects.requireNonNull(item, () -> name + ": 'item' must not be null");
        boolean isAdded = run.accepts() && isAdded(item);
        if (!isAdded) {
            items.refused();
        }
        return isAdded;
    }

    /**
     * The place comes first. From then on a consumer has the drain wait; only if that has not begun before, or this is a thread of the loop, the item
     * comes in.
     */
    private boolean isAdded(T item) {
        if (!items.takePlace()) {
            return false;
        }
        if (!hold.take() || !calls.accepts()) {
            items.givePlaceBack();
            return false;
        }
        items.add(item);
        run.tellIfEnded();
        return true;
    }

    /** The same, and if the queue is full the oldest item goes. */
    Pushed pushDroppingOldest(T item) {
        boolean isAccepted = run.accepts();
        if (isAccepted && isAdded(item)) {
            return Pushed.ACCEPTED;
        }
        if (isAccepted && !isClosed() && calls.accepts() && items.dropOldest() && isAdded(item)) {
            return Pushed.INSTEAD_OF_OLDEST;
        }
        items.refused(); // also when a concurrent thread has taken the place
        return Pushed.REFUSED;
    }

    /** What has become of an item. */
    enum Pushed {
        ACCEPTED,
        INSTEAD_OF_OLDEST,
        REFUSED
    }

    /** Drops what waits. */
    void clear() {
        while (items.dropOldest()) {
            // one after the other
        }
    }

    /** How many items were refused or dropped. */
    long lost() {
        return items.lost();
    }

    /**
     * Takes the next item, now or when it comes.
     *
     * @return the handle, for which a drain does not wait; it ends as {@link dev.pel.Outcome#CANCELLED} when the queue is closed and empty
     */
    public LoopFuture<T> pop() {
        run.isAttached(); // first: a drain that has begun before that refuses the pop as well
        LoopFuture<T> pop = calls.backgroundPromise();
        if (!pop.isDone()) {
            items.request(pop);
        }
        return pop;
    }

    /**
     * Has a body take all items from now on, one per turn. There may be one consumer at a time; what has been popped before comes first. When
     * the handle of the one before was cancelled and its present item is not done, this one begins after that.
     *
     * @param body runs on the active thread, for one item after the other
     * @return the handle: cancelled, it ends the consumer, whose present item is its last; it succeeds when the queue is closed and
     *     empty, and ends as {@link dev.pel.Outcome#STOPPED} with the run of the loop
     * @throws IllegalStateException when there is a consumer already
     */
    public LoopFuture<@Nullable Void> consume(Body<? super T> body) {
        Objects.requireNonNull(body, "body");
        return consume(new QueueConsumer<>(this, calls, item -> {
            body.accept(item);
            return null;
        }));
    }

    /**
     * As {@link #consume}, with a call for each item: the next item comes when that has ended.
     *
     * <pre>{@code
     * LoopQueue<Order> orders = loop.queue("orders", 1000);
     * orders.consumeByCalls(order -> loop.next(() -> repository.load(order.id())));
     * }</pre>
     *
     * @param call makes the call; runs on the active thread, for one item after the other
     * @return the handle, as of {@code consume}
     * @throws IllegalStateException when there is a consumer already
     */
    public LoopFuture<@Nullable Void> consumeByCalls(
            Function<? super T, ? extends CompletionStage<? extends @Nullable Object>> call) {
        return consumeByCalls("consumeByCalls", call);
    }

    /** The same for another verb. */
    LoopFuture<@Nullable Void> consumeByCalls(
            String verb, Function<? super T, ? extends CompletionStage<? extends @Nullable Object>> call) {
        Objects.requireNonNull(call, "call");
        return consume(new QueueConsumer<>(this, calls, item -> Returned.stage(call.apply(item), () -> name, verb)));
    }

    private LoopFuture<@Nullable Void> consume(QueueConsumer<T> fresh) {
        QueueConsumer<T> before = consumer.get();
        boolean isFree = before == null || before.handle().isDone();
        if (!isFree || !consumer.compareAndSet(before, fresh)) {
            fresh.handle().cancel(false);
            throw new IllegalStateException(
                    "%s has a consumer: cancel its handle first, or make another queue".formatted(name));
        }
        hold.take(); // before it begins: its what waits is its own. Refused only where its handle was, or will be
        fresh.beginAfter(before); // one that is refused, because the loop does not run, leaves at once
        return fresh.handle();
    }

    /** The consumer has ended, and takes nothing more. */
    void left(QueueConsumer<T> gone) {
        consumer.compareAndSet(gone, null);
    }

    /** A drain need not wait for the consumer any more, when its handle has ended. */
    void lookWhetherDrainWaits() {
        hold.letGo();
    }

    private boolean isConsumerNeeded() {
        QueueConsumer<T> present = consumer.get();
        return items.size() > 0 && present != null && !present.handle().isDone();
    }

    /** An item that the consumer got from a run of the loop that is over. */
    void putBack(T item) {
        items.putBack(item);
        run.tellIfEnded();
    }

    void consumerFailed() {
        items.failed();
    }

    /**
     * Closes the queue: it accepts no more items. What waits can still be taken; then handles of {@code pop} are cancelled, and the consumer
     * ends. Any number of times.
     */
    @Override
    public void close() {
        items.close(name + " has been closed");
    }

    /**
     * Whether it was closed.
     *
     * @return true when it accepts no more items
     */
    public boolean isClosed() {
        return items.isClosed();
    }

    /** Whether it was closed, and nothing is left. */
    boolean isOver() {
        return items.isOver();
    }

    /**
     * How many items wait. After a stop, those that are left.
     *
     * @return the number
     */
    public int size() {
        return items.size();
    }

    /**
     * Its figures.
     *
     * @return a snapshot
     */
    public QueueStats stats() {
        return items.stats();
    }

    @Override
    public String toString() {
        return "%s%s, %s".formatted(name, isClosed() ? " (closed)" : "", stats());
    }
}
