package dev.pel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What calls of one run wait for before they go into the queue of their lane: keys, limits, and pauses before another attempt. */
final class Admissions {
    private final EventLoopOptions options;
    private final Deadlines deadlines;
    private final Keys keys;
    private final Map<String, LimitQueue> limits = new LinkedHashMap<>();
    private final InOrder<Pause> pausing = new InOrder<>();

    Admissions(EventLoopOptions options, Machine machine, Deadlines deadlines) {
        this.options = options;
        this.deadlines = deadlines;
        this.keys = new Keys(deadlines);
        options.limits().forEach((name, limit) -> limits.put(name, new LimitQueue(name, limit, machine, deadlines)));
    }

    /** Takes the places of a call among those that wait for its key and its limit, or says why it has none. */
    @Nullable CallRejectedException takePlaces(Admission call, Lane lane, CallTerms terms) {
        HashedKey key = terms.key() == null ? null : HashedKey.of(terms.key()); // first: its code may fail
        LimitQueue limit = call.limit();
        if (limit != null) {
            int most = limit.options().capacity();
            if (!limit.takePlace(most)) {
                limit.rejected();
                return CallRejectedException.limitFull(options.name(), lane, limit.name(), most);
            }
            call.move(0, AdmissionState.HAS_LIMIT_PLACE);
        }
        return key == null || takePlace(key, call)
                ? null
                : CallRejectedException.keyFull(options.name(), lane, key.key(), options.keyCapacity());
    }

    private boolean takePlace(HashedKey key, Admission call) {
        boolean hasPlace = false;
        try {
            hasPlace = keys.takePlace(key, options.keyCapacity(), call);
        } finally {
            if (!hasPlace) {
                call.leave(); // also when code of the key fails
            }
        }
        return hasPlace;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Keys keys() {
        return keys;
    }

    @Nullable LimitQueue limit(String name) {
        return limits.get(name);
    }

    void pauses(Pause pause) {
        pausing.add(pause);
    }

    void endsPause(Pause pause) {
        pausing.remove(pause);
    }

    /** How many calls pause before another attempt. */
    int pausing() {
        return pausing.size();
    }

    Map<String, LoopStats.LimitStats> limitStats(long now) {
        Map<String, LoopStats.LimitStats> stats = new LinkedHashMap<>();
        limits.forEach((name, limit) -> stats.put(name, limit.stats(now)));
        return stats;
    }

    /** When the call came that waits longest outside the queue of this lane; null when none does. */
    @Nullable Long oldest(Lane lane) {
        Stream<Long> found = Stream.of(
                        keys.queues().map(queue -> queue.oldest(lane)),
                        limits.values().stream().map(queue -> queue.oldest(lane)),
                        pausing.elements().stream()
                                .map(Pause::call)
                                .filter(call -> call.call().lane() == lane)
                                .map(Admission::queuedAt))
                .flatMap(each -> each)
                .filter(Objects::nonNull);
        return found.reduce((one, other) -> one - other < 0 ? one : other).orElse(null);
    }

    /** Ends all that waits, because the loop stops. */
    void stopWaiting() {
        pausing.elements().forEach(pause -> pause.call().stop());
        keys.stopWaiting();
        limits.values().forEach(PermitQueue::stopWaiting);
    }

    /** The loop has stopped. */
    void close() {
        limits.values().forEach(LimitQueue::close);
    }
}
