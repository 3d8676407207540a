package dev.pel;

import java.time.Duration;
import java.util.Objects;

/**
 * A limit: how many calls of one kind may run at once, and how many may start in a time. Immutable; a wrong value is refused here, never
 * repaired.
 *
 * <p>A limit is a view of the lanes, not another pool: its calls wait for their permit first in first out, without a thread and without a place
 * in front of other calls.
 */
public final class LimitOptions {
    private static final LimitOptions NONE =
            new LimitOptions(Integer.MAX_VALUE, 0, Duration.ofSeconds(1), 1, Integer.MAX_VALUE);

    private final int concurrency;
    private final int rate;
    private final Duration per;
    private final int burst;
    private final int capacity;

    private LimitOptions(int concurrency, int rate, Duration per, int burst, int capacity) {
        this.concurrency = concurrency;
        this.rate = rate;
        this.per = per;
        this.burst = burst;
        this.capacity = capacity;
    }

    /** One that limits nothing yet. */
    static LimitOptions none() {
        return NONE;
    }

    /**
     * How many operations run at once.
     *
     * @return the number; {@link Integer#MAX_VALUE} when that is not limited
     */
    public int concurrency() {
        return concurrency;
    }

    /**
     * The same with another number of operations that run at once.
     *
     * @param value at least 1; {@link Integer#MAX_VALUE} for as many as come
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public LimitOptions withConcurrency(int value) {
        return new LimitOptions(atLeastOne("concurrency", value), rate, per, burst, capacity);
    }

    /**
     * How many operations start in {@link #per()}.
     *
     * @return the number; 0 when that is not limited
     */
    public int rate() {
        return rate;
    }

    /**
     * The time in which {@link #rate()} operations start.
     *
     * @return the time
     */
    public Duration per() {
        return per;
    }

    /**
     * The same with another rate: operations start evenly, {@code time / value} after one another, but for a {@linkplain #burst burst}.
     *
     * @param value at least 1
     * @param time more than zero
     * @return the changed copy
     * @throws InvalidOptionException when one of them is less
     */
    public LimitOptions withRate(int value, Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.isNegative() || time.isZero()) {
            throw new InvalidOptionException("time", "must be more than zero", DurationText.of(time));
        }
        return new LimitOptions(concurrency, atLeastOne("rate", value), time, burst, capacity);
    }

    /**
     * The same without a rate, and without a burst: starts are not limited.
     *
     * @return the changed copy
     */
    public LimitOptions withoutRate() {
        return new LimitOptions(concurrency, 0, NONE.per, NONE.burst, capacity);
    }

    /**
     * How many operations may start at once after a quiet time.
     *
     * @return the number; 1 by default
     */
    public int burst() {
        return burst;
    }

    /**
     * The same with another number of operations that may start at once after a quiet time.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public LimitOptions withBurst(int value) {
        return new LimitOptions(concurrency, rate, per, atLeastOne("burst", value), capacity);
    }

    /**
     * How many calls may wait for a permit, or for the turn of their key before that. A further one is refused, but for the next attempt of
     * one that was accepted. They count in their lane as well, whose capacity holds in any case.
     *
     * @return the number; {@link Integer#MAX_VALUE} by default
     */
    public int capacity() {
        return capacity;
    }

    /**
     * The same with another number of calls that may wait for a permit.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public LimitOptions withCapacity(int value) {
        return new LimitOptions(concurrency, rate, per, burst, atLeastOne("capacity", value));
    }

    private static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new InvalidOptionException(name, "must be at least 1", String.valueOf(value));
        }
        return value;
    }

    /** Whether it limits anything. */
    boolean isLimit() {
        return concurrency < Integer.MAX_VALUE || rate > 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LimitOptions that
                && concurrency == that.concurrency
                && rate == that.rate
                && per.equals(that.per)
                && burst == that.burst
                && capacity == that.capacity;
    }

    @Override
    public int hashCode() {
        return Objects.hash(concurrency, rate, per, burst, capacity);
    }

    /**
     * All values with their names.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return "LimitOptions[concurrency=%d, rate=%d per %s, burst=%d, capacity=%d]"
                .formatted(concurrency, rate, DurationText.of(per), burst, capacity);
    }
}
