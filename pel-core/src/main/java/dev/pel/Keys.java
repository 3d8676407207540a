package dev.pel;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys that are in use: a key is known from its first call to the end of its last, and costs nothing after that. */
final class Keys implements Function<HashedKey, KeyQueue> {
    private final Deadlines deadlines;
    private final Map<HashedKey, KeyQueue> queues = new ConcurrentHashMap<>();
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

    Keys(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /**
     * Takes a place for a call with this key, if fewer than the capacity wait for it. Runs {@code equals} of the key.
     *
     * @return false when there is none
     */
    boolean takePlace(HashedKey key, int capacity, Admission call) {
        while (true) {
            KeyQueue queue = queues.computeIfAbsent(key, this);
            boolean hasPlace = queue.takePlace(capacity);
            // a queue that is still in use after this signal is not retired as long as the place is taken
            if (queue.signal()) {
                if (hasPlace) {
                    call.hasPlace(queue);
                } else {
                    rejected.incrementAndGet();
                }
                return hasPlace;
            }
            forget(queue); // as the concurrent thread that has retired it is about to do
        }
    }

    @Override
    public KeyQueue apply(HashedKey key) {
        return new KeyQueue(deadlines, this, key, made.getAndIncrement());
    }

    /** The call whose turn it is with this key; null when there is none. */
    @Nullable Call<?> holder(HashedKey key) {
        KeyQueue queue = queues.get(key);
        return queue == null ? null : queue.holder();
    }

    void forget(KeyQueue queue) {
        try {
            queues.remove(queue.key(), queue);
        } catch (Throwable e) { // of equals of a key with the same hash code: it was right when that came here
            queues.values().remove(queue);
        }
    }

    /** Cancels the calls of a key that wait and were given this condition; says how many. */
    int cancelWaiting(HashedKey key, @Nullable BooleanSupplier condition) {
        KeyQueue queue = queues.get(key);
        return queue == null ? 0 : queue.cancelWaiting(condition);
    }

    /** Key by key, in the order in which they came into use: not in that of hash codes, which may be others in each run of a simulation. */
    void stopWaiting() {
        queues().sorted(Comparator.comparingLong(KeyQueue::number)).forEach(PermitQueue::stopWaiting);
    }

    Stream<KeyQueue> queues() {
        return queues.values().stream();
    }

    LoopStats.KeyStats stats() {
        int keys = 0;
        int waiting = 0;
        int longest = 0;
        for (KeyQueue queue : queues.values()) {
            keys++;
            waiting += queue.waiting();
            longest = Math.max(longest, queue.waiting());
        }
        return new LoopStats.KeyStats(keys, waiting, longest, rejected.get());
    }
}
