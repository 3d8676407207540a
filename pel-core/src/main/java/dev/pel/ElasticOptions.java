package dev.pel;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the threads of the passive lane come and go: when another one is started, how long one may be idle, after how many operations a
 * thread is replaced, and when one counts as hung. Immutable; a wrong value is refused here, never repaired.
 *
 * <pre>{@code
 * EventLoopOptions.defaults()
 *         .withPassive(passive -> passive
 *                 .withThreads(4, 200)
 *                 .withElastic(elastic -> elastic
 *                         .withKeepAlive(Duration.ofMinutes(5))
 *                         .withHungAfter(Duration.ofMinutes(2))));
 * }</pre>
 *
 * <p>{@link #growAfter} and {@link #keepAlive} mean something only where the lane may have more threads than it has at least, see
 * {@link LaneOptions#withThreads(int, int)}. The others hold for a lane with a fixed number of threads as well.
 */
public final class ElasticOptions {
    /** The shortest time of each kind: the watchdog looks as often as that while the lane is busy. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final ElasticOptions DEFAULTS =
            new ElasticOptions(Duration.ofMillis(10), Duration.ofSeconds(60), 0, new Hung(Duration.ZERO, 16));

    private final Duration growAfter;
    private final Duration keepAlive;
    private final int recycleAfter;
    private final Hung hung;

    private ElasticOptions(Duration growAfter, Duration keepAlive, int recycleAfter, Hung hung) {
        checkTime("grow after", growAfter);
        checkTime("keep alive", keepAlive);
        check(recycleAfter >= 0, "recycle after", "must not be negative", String.valueOf(recycleAfter));
        this.growAfter = growAfter;
        this.keepAlive = keepAlive;
        this.recycleAfter = recycleAfter;
        this.hung = hung;
    }

    /** What belongs to threads that do not come back. */
    private record Hung(Duration after, int most) {
        Hung {
            Objects.requireNonNull(after, "hung after");
            check(
                    after.isZero() || after.compareTo(SHORTEST) >= 0,
                    "hung after",
                    "must be at least 1 ms, or zero for never",
                    DurationText.of(after));
            check(most >= 1, "max hung", "must be at least 1", String.valueOf(most));
        }
    }

    private static void checkTime(String name, Duration value) {
        Objects.requireNonNull(value, name);
        check(value.compareTo(SHORTEST) >= 0, name, "must be at least 1 ms", DurationText.of(value));
    }

    private static void check(boolean valid, String name, String rule, String value) {
        if (!valid) {
            throw new InvalidOptionException(name, rule, value);
        }
    }

    static ElasticOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How long the call at the head of the queue waits before the lane gets another thread. So the lane grows by waiting time and not by
     * the size of its queue, by at most one thread in this time.
     *
     * @return the time; 10 ms by default
     */
    public Duration growAfter() {
        return growAfter;
    }

    /**
     * The same with another waiting time after which the lane grows.
     *
     * @param value at least 1 ms
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public ElasticOptions withGrowAfter(Duration value) {
        return new ElasticOptions(value, keepAlive, recycleAfter, hung);
    }

    /**
     * How long a thread stays that has nothing to do, when the lane has more than {@link LaneOptions#minThreads()}.
     *
     * @return the time; 60 s by default
     */
    public Duration keepAlive() {
        return keepAlive;
    }

    /**
     * The same with another time for which idle threads stay.
     *
     * @param value at least 1 ms
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public ElasticOptions withKeepAlive(Duration value) {
        return new ElasticOptions(growAfter, value, recycleAfter, hung);
    }

    /**
     * After how many operations a thread ends and is replaced by a fresh one. Libraries that leave something in thread locals for each
     * operation cannot fill the memory then. Operations that run inside a {@code join} count as well.
     *
     * @return the number; 0, the default, for never
     */
    public int recycleAfter() {
        return recycleAfter;
    }

    /**
     * The same with another number of operations after which a thread is replaced.
     *
     * @param value not negative; 0 for never
     * @return the changed copy
     * @throws InvalidOptionException when it is negative
     */
    public ElasticOptions withRecycleAfter(int value) {
        return new ElasticOptions(growAfter, keepAlive, value, hung);
    }

    /**
     * After how long in the same operation a thread counts as hung, and is replaced by a fresh one, so that the lane keeps its size. The
     * operation itself goes on, and its call with it: a {@linkplain CallSpec#timeout timeout} of the call is what ends that. A thread that
     * waits for another call of the loop is not replaced, because it has a spare thread meanwhile; when it goes on, its time begins anew.
     * When the hung thread comes back from its operation, it ends.
     *
     * @return the time; zero, the default, for never
     */
    public Duration hungAfter() {
        return hung.after();
    }

    /**
     * The same with another time after which a thread counts as hung.
     *
     * @param value at least 1 ms, longer than any operation takes that is in order; zero for never
     * @return the changed copy
     * @throws InvalidOptionException when it is neither
     */
    public ElasticOptions withHungAfter(Duration value) {
        return new ElasticOptions(growAfter, keepAlive, recycleAfter, new Hung(value, hung.most()));
    }

    /**
     * How many hung threads there may be. Further ones are not replaced before one of these has come back.
     *
     * @return the number; 16 by default
     */
    public int maxHung() {
        return hung.most();
    }

    /**
     * The same with another number of hung threads.
     *
     * @param value at least 1
     * @return the changed copy
     * @throws InvalidOptionException when it is less
     */
    public ElasticOptions withMaxHung(int value) {
        return new ElasticOptions(growAfter, keepAlive, recycleAfter, new Hung(hung.after(), value));
    }

    /** Whether threads are replaced, for either reason. */
    boolean replaces() {
        return recycleAfter > 0 || !hung.after().isZero();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ElasticOptions that && values().equals(that.values());
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
        return "ElasticOptions[growAfter=%s, keepAlive=%s, recycleAfter=%s, hungAfter=%s, maxHung=%s]"
                .formatted(values().values().toArray());
    }

    /** All by their names in messages, in the order of the methods. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("grow after", growAfter);
        values.put("keep alive", keepAlive);
        values.put("recycle after", recycleAfter);
        values.put("hung after", hung.after());
        values.put("max hung", hung.most());
        return values;
    }
}
