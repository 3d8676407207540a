package dev.pel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A concurrent set that remembers in which order its elements came, each of which equals itself alone. A stop ends them in that order, and a
 * simulation with the same seed always in the same.
 *
 * @param <E> the type of the elements
 */
final class InOrder<E> {
    private final Map<E, Long> numbers = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();

    /** One that is there already keeps its place. */
    void add(E element) {
        numbers.putIfAbsent(element, next.getAndIncrement());
    }

    /** Whether it was there. */
    boolean remove(Object element) {
        return numbers.remove(element) != null;
    }

    boolean isEmpty() {
        return numbers.isEmpty();
    }

    int size() {
        return numbers.size();
    }

    /** Those that are there now, the first one first. Sorts them, so it is for what is rare. */
    List<E> elements() {
        return numbers.entrySet().stream()
                .map(entry -> Map.entry(entry.getValue(), entry.getKey())) // a copy: a concurrent thread may remove it
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }
}
