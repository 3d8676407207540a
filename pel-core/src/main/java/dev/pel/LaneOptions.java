package dev.pel;

import java.util.List;
import java.util.Objects;
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

    private final int threads;
    private final int capacity;
    private final int highWater;
    private final int lowWater;
    private final ThreadKind kind;

    LaneOptions(int threads, int capacity, int highWater, int lowWater, ThreadKind kind) {
        Objects.requireNonNull(kind, "kind");
        checkThreads(threads, kind);
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
        this.kind = kind;
    }

    static void checkThreads(int threads, ThreadKind kind) {
        int most = kind == ThreadKind.VIRTUAL ? MAX_VIRTUAL_THREADS : MAX_PLATFORM_THREADS;
        check(threads >= 1 && threads <= most, "threads", "must be between 1 and " + most, threads);
    }

    private static void check(boolean valid, String name, String rule, int value) {
        if (!valid) {
            throw new InvalidOptionException(name, rule, String.valueOf(value));
        }
    }

    /**
     * How many threads the lane has, and so how many of its operations run at once.
     *
     * @return the number; exactly 1 for {@link Lane#ACTIVE}
     */
    public int threads() {
        return threads;
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
        return kind;
    }

    /**
     * The same with another number of threads.
     *
     * @param value between 1 and {@link #MAX_PLATFORM_THREADS}, or {@link #MAX_VIRTUAL_THREADS} when {@link #withKind} has asked for virtual
     *     threads before
     * @return the changed copy
     */
    public LaneOptions withThreads(int value) {
        return new LaneOptions(value, capacity, highWater, lowWater, kind);
    }

    /**
     * The same with another capacity.
     *
     * @param value at least 1
     * @return the changed copy
     */
    public LaneOptions withCapacity(int value) {
        return new LaneOptions(threads, value, highWater, lowWater, kind);
    }

    /**
     * The same with other water marks.
     *
     * @param high between 1 and 100 percent
     * @param low at least 0 percent and below the high mark
     * @return the changed copy
     */
    public LaneOptions withWaterMarks(int high, int low) {
        return new LaneOptions(threads, capacity, high, low, kind);
    }

    /**
     * The same with another kind of threads.
     *
     * @param value the kind
     * @return the changed copy
     */
    public LaneOptions withKind(ThreadKind value) {
        return new LaneOptions(threads, capacity, highWater, lowWater, value);
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
        return "LaneOptions[threads=%d, capacity=%d, highWater=%d, lowWater=%d, kind=%s]"
                .formatted(threads, capacity, highWater, lowWater, kind);
    }

    private List<Object> values() {
        return List.of(threads, capacity, highWater, lowWater, kind);
    }
}
