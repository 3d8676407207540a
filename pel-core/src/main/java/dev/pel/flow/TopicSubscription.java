package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.CallStoppedException;
import dev.pel.LoopFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber of a {@link Topic}, with the buffer of what waits for it.
 *
 * <pre>{@code
 * TopicSubscription<Order> subscription = loop.<Order>topic("orders").subscribe("open", order -> open.add(order));
 * System.out.println(subscription.waiting() + " wait, " + subscription.dropped() + " were dropped");
 * subscription.cancel();
 * }</pre>
 *
 * @param <T> the type of the items
 */
public final class TopicSubscription<T> {
    private final String topic;
    private final String name;
    private final SubscriptionOptions options;
    private final LoopQueue<T> buffer;
    private final LoopFuture<@Nullable Void> handle;

    /** Has succeeded: what is attached to it runs on the loop, and is never refused. */
    private final LoopFuture<Boolean> teller;

    private final AtomicBoolean isTold = new AtomicBoolean();

    TopicSubscription(
            CallSpec calls,
            String topic,
            String name,
            SubscriptionOptions options,
            Function<LoopQueue<T>, LoopFuture<@Nullable Void>> consume) {
        this.topic = topic;
        this.name = name;
        this.options = options;
        this.teller = calls.promise();
        teller.complete(true);
        this.buffer = new LoopQueue<>(calls, subject(), "they are dropped", options.capacity());
        this.handle = consume.apply(buffer);
    }

    /** Takes an item into the buffer; says whether it did. */
    boolean offer(T item) {
        if (!isActive()) {
            return false;
        }
        LoopQueue.Pushed pushed = options.overflow() == Overflow.DROP_OLDEST
                ? buffer.pushDroppingOldest(item)
                : buffer.push(item) ? LoopQueue.Pushed.ACCEPTED : LoopQueue.Pushed.REFUSED;
        if (pushed != LoopQueue.Pushed.ACCEPTED && isActive() && isTold.compareAndSet(false, true)) {
            overflows();
        }
        if (!isActive()) {
            discard(); // the concurrent thread that has ended it may have discarded the rest before this item came
        }
        return pushed != LoopQueue.Pushed.REFUSED;
    }

    private void overflows() {
        boolean ends = options.overflow() == Overflow.CANCEL;
        IllegalStateException overflow = new IllegalStateException(
                "%s has a full buffer, of %d item(s): %s. Be faster, publish less, or give it a larger buffer."
                        .formatted(
                                subject(),
                                options.capacity(),
                                ends ? "it has ended" : "an item was dropped, and further ones will only be counted"));
        tell(overflow);
        if (ends) {
            handle.completeExceptionally(overflow);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure reaches the error handler
    private void tell(IllegalStateException overflow) {
        teller.thenRun(() -> {
            throw overflow;
        });
    }

    /** Has a task run on the loop when the subscription has ended. */
    @SuppressWarnings("FutureReturnValueIgnored") // it cannot fail
    void whenEnded(Runnable task) {
        handle.handle((nothing, end) -> {
            task.run();
            if (!(end instanceof CallStoppedException)) { // then the buffer tells what is left
                discard();
            }
            return null;
        });
    }

    private void discard() {
        buffer.close();
        buffer.clear();
    }

    /** Ends the subscription: it gets no more items, and what waits in its buffer is dropped. Its present item is its last. From any thread. */
    public void cancel() {
        handle.cancel(false);
        discard();
    }

    /**
     * The handle: cancelled, it ends the subscription; it fails when that ends by {@link Overflow#CANCEL}, and ends as
     * {@link dev.pel.Outcome#STOPPED} with the run of the loop, and as {@link dev.pel.Outcome#CANCELLED} when another one takes its name.
     *
     * @return always the same
     */
    public LoopFuture<@Nullable Void> handle() {
        return handle;
    }

    /**
     * The name of the subscriber.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Whether it has not ended.
     *
     * @return true when it gets items
     */
    public boolean isActive() {
        return !handle.isDone();
    }

    /**
     * How many items wait in its buffer.
     *
     * @return the number
     */
    public int waiting() {
        return buffer.size();
    }

    /**
     * How many items it was given, those included with which it has failed.
     *
     * @return the number so far
     */
    public long delivered() {
        return buffer.stats().taken();
    }

    /**
     * With how many items it has failed.
     *
     * @return the number so far
     */
    public long failed() {
        return buffer.stats().failed();
    }

    /**
     * How many items were dropped, because its buffer was full, or because it had ended.
     *
     * @return the number so far
     */
    public long dropped() {
        return buffer.lost();
    }

    private String subject() {
        return "Subscription '%s' of topic '%s'".formatted(name, topic);
    }

    @Override
    public String toString() {
        return "subscription '%s' of topic '%s', %d delivered, %d wait, %d dropped, %d failed"
                .formatted(name, topic, delivered(), waiting(), dropped(), failed());
    }
}
