package dev.pel;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The size of a lane. Immutable; a wrong value is refused here, never repaired. Begin with those of a loop's options, see
 * {@link EventLoopOptions#withPassive}: another option, added later, then has its default.
 */
public final class LaneOptions {
    /** The most platform threads a lane takes. */
    public static final int MAX_PLATFORM_THREADS = 4_096;

    /** The most virtual threads a lane takes. */
    public static final int MAX_VIRTUAL_THREADS = 1_000_000;

    private final LaneThreads threads;
    private final int capacity;
    private final int highWater;
    private final int lowWater;

    LaneOptions(int threads, int capacity, int highWater, int lowWater, ThreadKind kind) {
        this(LaneThreads.fixed(threads, kind), capacity, highWater, lowWater);
    }

    private LaneOptions(LaneThreads threads, int capacity, int highWater, int lowWater) {
        check(capacity >= 1, "capacity", "must be at least 1", capacity);
        check(highWater >= 1 && highWater <= 100, "high water", "must be between 1 and 100 percent", highWater);
        check(
                lowWater >= 0 && lowWater < highWater,
                "low water",
                "must be at least 0 and below 'high water', which is " + highWater + ",",
                lowWater);
        this.threads = threads;
        this.capacity = capacity;
        this.highWater = highWater;
        this.lowWater = lowWater;
    }

    private static void check(boolean valid, String name, String rule, int value) {
        if (!valid) {
            throw new InvalidOptionException(name, rule, String.valueOf(value));
        }
    }

    /**
     * How many threads the lane has at most, and so how many of its operations run at once.
     *
     * @return the number; exactly 1 for {@link Lane#ACTIVE}
     */
    public int threads() {
        return threads.max();
    }

    /**
     * How many threads the lane has at least.
     *
     * @return the number; the same as {@link #threads} unless {@link #withThreads(int, int)} says otherwise
     */
    public int minThreads() {
        return threads.min();
    }

    /**
     * How the threads come and go.
     *
     * @return when the lane grows and shrinks, and which threads are replaced
     */
    public ElasticOptions elastic() {
        return threads.elastic();
    }

    /**
     * Whether threads come and go while the loop runs: because their number follows the load, or because some are replaced.
     *
     * @return false by default
     */
    public boolean isElastic() {
        return threads.isElastic();
    }

    /**
     * How many entries may wait.
     *
     * @return the number
     */
    public int capacity() {
        return capacity;
    }

    /**
     * At how many percent of the capacity the lane counts as under pressure.
     *
     * @return the percentage
     */
    public int highWater() {
        return highWater;
    }

    /**
     * Down to how many percent of the capacity it must fall before it counts as relieved.
     *
     * @return the percentage, below {@link #highWater}
     */
    public int lowWater() {
        return lowWater;
    }

    /**
     * The kind of its threads.
     *
     * @return the kind
     */
    public ThreadKind kind() {
        return threads.kind();
    }

    LaneThreads laneThreads() {
        return threads;
    }

    /**
     * The same with another number of threads, which is fixed.
     *
     * @param value between 1 and {@link #MAX_PLATFORM_THREADS}, or {@link #MAX_VIRTUAL_THREADS} when {@link #withKind} has asked for virtual
     *     threads before
     * @return the changed copy
     */
    public LaneOptions withThreads(int value) {
        return withThreads(value, value);
    }

    /**
     * The same with a number of threads that follows the load: the lane begins with the smaller one, gets another thread whenever the call
     * at the head of its queue has waited for {@link ElasticOptions#growAfter}, and loses those beyond the smaller number that have been
     * idle for {@link ElasticOptions#keepAlive}. Only the passive lane may have two different numbers.
     *
     * @param min at least 1, so that an operation always begins
     * @param max at least as many, and at most {@link #MAX_PLATFORM_THREADS}, or {@link #MAX_VIRTUAL_THREADS} when {@link #withKind} has
     *     asked for virtual threads before
     * @return the changed copy
     * @throws InvalidOptionException when one of the two is out of range
     */
    public LaneOptions withThreads(int min, int max) {
        return new LaneOptions(threads.between(min, max), capacity, highWater, lowWater);
    }

    /**
     * The same with other rules for how threads come and go; for the passive lane only.
     *
     * @param change what to change on them
     * @return the changed copy
     * @throws InvalidOptionException when it sets a wrong value
     */
    public LaneOptions withElastic(UnaryOperator<ElasticOptions> change) {
        Objects.requireNonNull(change, "change");
        ElasticOptions changed = Objects.requireNonNull(change.apply(elastic()), "what 'change' returns");
        return new LaneOptions(threads.with(changed), capacity, highWater, lowWater);
    }

    /**
     * The same with another capacity.
     *
     * @param value at least 1
     * @return the changed copy
     */
    public LaneOptions withCapacity(int value) {
        return new LaneOptions(threads, value, highWater, lowWater);
    }

    /**
     * The same with other water marks.
     *
     * @param high between 1 and 100 percent
     * @param low at least 0 percent and below the high mark
     * @return the changed copy
     */
    public LaneOptions withWaterMarks(int high, int low) {
        return new LaneOptions(threads, capacity, high, low);
    }

    /**
     * The same with another kind of threads.
     *
     * @param value the kind
     * @return the changed copy
     */
    public LaneOptions withKind(ThreadKind value) {
        return new LaneOptions(threads.ofKind(value), capacity, highWater, lowWater);
    }

    int highMark() {
        return mark(highWater);
    }

    int lowMark() {
        return Math.min(mark(lowWater), highMark() - 1);
    }

    private int mark(int percent) {
        return percent == 0 ? 0 : (int) Math.max(1, (long) capacity * percent / 100);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LaneOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /**
     * All values with their names.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return "LaneOptions[minThreads=%s, threads=%s, capacity=%s, highWater=%s, lowWater=%s, kind=%s, elastic=%s]"
                .formatted(values().toArray());
    }

    private List<Object> values() {
        return List.of(minThreads(), threads(), capacity, highWater, lowWater, kind(), elastic());
    }
}
