package dev.pel.flow;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Hands each item that is published to all its subscribers, on the loop. For use by any thread; nobody waits in a method of it.
 *
 * <pre>{@code
 * Topic<Order> orders = loop.topic("orders");
 * orders.subscribe("open", order -> open.add(order));                                    // a body, for one item after the other
 * orders.subscribeByCalls("load", order -> loop.next(() -> repository.load(order.id()))); // a call, likewise
 * orders.publish(repository.load(id));                                                   // from any thread
 * }</pre>
 *
 * <p>Each subscriber has a bounded buffer of its own, so one that is slow, or fails, holds up nobody else. It gets the items one after the other,
 * in the order in which they were published. What becomes of items when its buffer is full says its {@link Overflow}; they are counted, and the first
 * of them is told to the {@link dev.pel.ErrorHandler}. When it fails with an item, that reaches the {@link dev.pel.ErrorHandler}, is counted,
 * and the next item comes.
 *
 * <p>Subscriptions end with the run of the loop: subscribe again after a new start.
 *
 * @param <T> the type of the items
 */
public final class Topic<T> {
    private final CallSpec calls;
    private final String label;
    private final Map<String, TopicSubscription<T>> subscriptions = new ConcurrentHashMap<>();

    /**
     * Makes a topic; see {@link dev.pel.EventLoop#topic}.
     *
     * @param calls describes the handles of subscriptions
     * @param label names it in messages
     */
    public Topic(CallSpec calls, String label) {
        this.calls = Objects.requireNonNull(calls, "calls");
        this.label = Objects.requireNonNull(label, "label");
    }

    /**
     * Hands an item to all subscribers.
     *
     * @param item the item
     * @return how many have taken it into their buffer
     */
    public int publish(T item) {
        Objects.requireNonNull(item, () -> "Topic '%s': 'item' must not be null".formatted(label));
        int count = 0;
        for (TopicSubscription<T> subscription : subscriptions.values()) {
            count += subscription.offer(item) ? 1 : 0;
        }
        return count;
    }

    /**
     * Subscribes a body, with {@link SubscriptionOptions#defaults}. A subscription with the same name ends: it gets no more items, and what waits
     * in its buffer is dropped.
     *
     * @param name of the subscriber; not blank
     * @param body runs on the active thread, for one item after the other, in the context of the current thread
     * @return the subscription; already rejected when the loop does not accept calls
     * @throws IllegalArgumentException when the name is blank
     */
    public TopicSubscription<T> subscribe(String name, Body<? super T> body) {
        return subscribe(name, options -> options, body);
    }

    /**
     * The same with other options.
     *
     * @param name of the subscriber; not blank
     * @param options changes the options
     * @param body runs on the active thread, for one item after the other, in the context of the current thread
     * @return the subscription
     * @throws IllegalArgumentException when the name is blank
     */
    public TopicSubscription<T> subscribe(
            String name, UnaryOperator<SubscriptionOptions> options, Body<? super T> body) {
        Objects.requireNonNull(body, "body");
        return subscribed(name, options, queue -> queue.consume(body));
    }

    /**
     * Subscribes a call for each item: the next item comes when that has ended.
     *
     * @param name of the subscriber; not blank
     * @param call makes the call; runs on the active thread, for one item after the other
     * @return the subscription
     * @throws IllegalArgumentException when the name is blank
     */
    public TopicSubscription<T> subscribeByCalls(
            String name, Function<? super T, ? extends CompletionStage<? extends @Nullable Object>> call) {
        return subscribeByCalls(name, options -> options, call);
    }

    /**
     * The same with other options.
     *
     * @param name of the subscriber; not blank
     * @param options changes the options
     * @param call makes the call; runs on the active thread, for one item after the other
     * @return the subscription
     * @throws IllegalArgumentException when the name is blank
     */
    public TopicSubscription<T> subscribeByCalls(
            String name,
            UnaryOperator<SubscriptionOptions> options,
            Function<? super T, ? extends CompletionStage<? extends @Nullable Object>> call) {
        Objects.requireNonNull(call, "call");
        return subscribed(name, options, queue -> queue.consumeByCalls("subscribeByCalls", call));
    }

    private TopicSubscription<T> subscribed(
            String name,
            UnaryOperator<SubscriptionOptions> options,
            Function<LoopQueue<T>, LoopFuture<@Nullable Void>> consume) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("'name' must not be blank but was '" + name + "'");
        }
        Objects.requireNonNull(options, "options");
        SubscriptionOptions changed =
                Objects.requireNonNull(options.apply(SubscriptionOptions.defaults()), "what 'options' returns");
        TopicSubscription<T> fresh =
                new TopicSubscription<>(calls.label(label + "/" + name), label, name, changed, consume);
        if (fresh.isActive()) {
            TopicSubscription<T> before = subscriptions.put(name, fresh);
            if (before != null) {
                before.cancel();
            }
            fresh.whenEnded(() -> subscriptions.remove(name, fresh)); // also when it has ended already
        }
        return fresh;
    }

    /**
     * Ends a subscription.
     *
     * @param name of the subscriber
     * @return whether there was one
     */
    public boolean unsubscribe(String name) {
        TopicSubscription<T> gone = subscriptions.remove(Objects.requireNonNull(name, "name"));
        if (gone != null) {
            gone.cancel();
        }
        return gone != null;
    }

    /**
     * The subscriptions that have not ended.
     *
     * @return a snapshot
     */
    public Collection<TopicSubscription<T>> subscriptions() {
        return List.copyOf(subscriptions.values());
    }

    @Override
    public String toString() {
        return "topic '%s', %d subscriptions".formatted(label, subscriptions.size());
    }
}
