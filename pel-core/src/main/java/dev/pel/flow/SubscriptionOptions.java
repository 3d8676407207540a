package dev.pel.flow;

import java.util.Objects;

/**
 * How much waits for a subscriber of a {@link Topic}, and what becomes of the rest. Immutable.
 *
 * <pre>{@code
 * Topic<Order> orders = loop.topic("orders");
 * orders.subscribe("log", options -> options.withCapacity(10_000).withOverflow(Overflow.CANCEL), order -> System.out.println(order));
 * }</pre>
 */
public final class SubscriptionOptions {
    private static final int CAPACITY = 1_000;

    private final int capacity;
    private final Overflow overflow;

    private SubscriptionOptions(int capacity, Overflow overflow) {
        this.capacity = capacity;
        this.overflow = overflow;
    }

    /**
     * A buffer of 1 000 items, and {@link Overflow#DROP_OLDEST}.
     *
     * @return the options
     */
    public static SubscriptionOptions defaults() {
        return new SubscriptionOptions(CAPACITY, Overflow.DROP_OLDEST);
    }

    /**
     * The same with another size of the buffer.
     *
     * @param capacity how many items may wait for the subscriber; at least 1
     * @return the changed copy
     * @throws IllegalArgumentException when it is less than 1
     */
    public SubscriptionOptions withCapacity(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("'capacity' must be at least 1 but was " + capacity);
        }
        return new SubscriptionOptions(capacity, overflow);
    }

    /**
     * The same with another rule for a full buffer.
     *
     * @param overflow the rule
     * @return the changed copy
     */
    public SubscriptionOptions withOverflow(Overflow overflow) {
        return new SubscriptionOptions(capacity, Objects.requireNonNull(overflow, "overflow"));
    }

    /**
     * How many items may wait for the subscriber.
     *
     * @return the number
     */
    public int capacity() {
        return capacity;
    }

    /**
     * What becomes of an item when the buffer is full.
     *
     * @return the rule
     */
    public Overflow overflow() {
        return overflow;
    }
}
