package dev.pel;

import java.util.Objects;

/**
 * The size of a lane. A wrong value is refused here, never repaired.
 *
 * @param threads how many threads the lane has, and so how many of its operations run at once; exactly 1 for {@link Lane#ACTIVE}
 * @param capacity how many entries may wait
 * @param highWater at how many percent of the capacity the lane counts as under pressure
 * @param lowWater down to how many percent it must fall before it counts as relieved
 * @param kind the kind of its threads
 */
public record LaneOptions(int threads, int capacity, int highWater, int lowWater, ThreadKind kind) {
    /** The most platform threads a lane takes. */
    public static final int MAX_PLATFORM_THREADS = 4_096;

    /** The most virtual threads a lane takes. */
    public static final int MAX_VIRTUAL_THREADS = 1_000_000;

    /** Checks every value. */
    public LaneOptions {
        Objects.requireNonNull(kind, "kind");
        checkThreads(threads, kind);
        check(capacity >= 1, "capacity", "at least 1", capacity);
        check(highWater >= 1 && highWater <= 100, "high water", "between 1 and 100 percent", highWater);
        check(
                lowWater >= 0 && lowWater < highWater,
                "low water",
                "at least 0 and below 'high water', which is " + highWater + ",",
                lowWater);
    }

    static void checkThreads(int threads, ThreadKind kind) {
        int most = kind == ThreadKind.VIRTUAL ? MAX_VIRTUAL_THREADS : MAX_PLATFORM_THREADS;
        check(threads >= 1 && threads <= most, "threads", "between 1 and " + most, threads);
    }

    private static void check(boolean valid, String name, String rule, int value) {
        if (!valid) {
            throw new IllegalArgumentException("'%s' must be %s but was %d".formatted(name, rule, value));
        }
    }

    /**
     * The same with another number of threads.
     *
     * @param value between 1 and {@link #MAX_PLATFORM_THREADS}, or {@link #MAX_VIRTUAL_THREADS}
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
}
