package dev.pel.spring.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value for each label, up to a bound; what comes later shares one.
 *
 * @param <T> the values
 */
final class Labels<T> {
    private static final String NONE = "none";
    private static final String OTHERS = "other";

    private final int most;
    private final Function<String, T> making;
    private final T ofNone;
    private final Map<String, T> byLabel = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Without any label.
     *
     * @param most how many labels get a value of their own
     * @param making makes a value for a label, or for what stands for no label or many
     */
    Labels(int most, Function<String, T> making) {
        this.most = most;
        this.making = making;
        this.ofNone = making.apply(NONE);
        byLabel.put(NONE, ofNone);
    }

    T get(@Nullable String label) {
        if (label == null) {
            return ofNone;
        }
        T known = byLabel.get(label);
        return known == null ? first(label) : known;
    }

    private T first(String label) {
        if (label.isBlank()) {
            return ofNone;
        }
        // a place is taken first, so that labels that come at once do not get past the bound
        if (label.equals(OTHERS) || taken.get() >= most || taken.getAndIncrement() >= most) {
            return byLabel.computeIfAbsent(OTHERS, making);
        }
        T fresh = making.apply(label);
        T earlier = byLabel.putIfAbsent(label, fresh); // of another thread
        if (earlier != null) {
            taken.decrementAndGet();
            return earlier;
        }
        return fresh;
    }
}
