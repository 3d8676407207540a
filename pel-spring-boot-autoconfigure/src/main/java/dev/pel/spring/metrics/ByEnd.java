package dev.pel.spring.metrics;

import dev.pel.Lane;
import dev.pel.Outcome;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A value for each way in which an entry of each lane can end, made when it is asked for the first time.
 *
 * @param <T> the values
 */
@SuppressWarnings("EnumOrdinal") // lanes and outcomes index an array
final class ByEnd<T> {
    private static final int OUTCOMES = Outcome.values().length;

    private final AtomicReferenceArray<@Nullable T> values =
            new AtomicReferenceArray<>(Lane.values().length * OUTCOMES);
    private final BiFunction<Lane, Outcome, T> making;

    /**
     * Without any value.
     *
     * @param making makes a value; never told the same twice
     */
    ByEnd(BiFunction<Lane, Outcome, T> making) {
        this.making = making;
    }

    T get(Lane lane, Outcome outcome) {
        int place = lane.ordinal() * OUTCOMES + outcome.ordinal();
        T known = values.getAcquire(place);
        return known == null ? make(place, lane, outcome) : known;
    }

    /** One at a time: what is registered first stays in the registry, so nobody may write to a second one. */
    private synchronized T make(int place, Lane lane, Outcome outcome) {
        T known = values.get(place);
        if (known == null) {
            known = making.apply(lane, outcome);
            values.setRelease(place, known);
        }
        return known;
    }
}
