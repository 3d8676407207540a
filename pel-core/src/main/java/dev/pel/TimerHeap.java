package dev.pel;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What falls due when: a heap with four children per node, whose elements know their place, so that removing one costs as
 * little as adding one. Elements due at the same instant leave in the order in which they came.
 *
 * <p>Confined to one thread. The keys lie in arrays of their own, so that sifting touches no element but those that move.
 */
final class TimerHeap<E extends TimerHeap.Element> {
    /** Something with a place in a heap. */
    interface Element {
        /** Where it is, or -1. */
        int heapIndex();

        /** Called by the heap alone. */
        void heapIndex(int index);
    }

    private static final int WIDTH = 4;
    private static final int SMALLEST = 16;

    private long[] due = new long[SMALLEST];
    private long[] order = new long[SMALLEST];
    private @Nullable Element[] elements = new @Nullable Element[SMALLEST];
    private int size;
    private long nextOrder;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** When the first one falls due. Only when there is one. */
    long firstDue() {
        return due[0];
    }

    void add(E element, long dueNanos) {
        if (size == due.length) {
            resize(size * 2);
        }
        siftUp(size++, dueNanos, nextOrder++, element);
    }

    /** Takes the first one when it is due. */
    @Nullable E pollDue(long nowNanos) {
        if (size == 0 || due[0] - nowNanos > 0) {
            return null;
        }
        @SuppressWarnings("unchecked") // only add puts elements here
        E first = (E) elements[0];
        removeAt(0);
        return first;
    }

    /** Removes an element that is in the heap. */
    void remove(E element) {
        removeAt(element.heapIndex());
    }

    /** Forgets all elements, then hands them over, in no order; the action may add them again. */
    void clear(Consumer<? super E> action) {
        @Nullable Element[] all = Arrays.copyOf(elements, size);
        size = 0;
        Arrays.fill(elements, null);
        resize(SMALLEST);
        for (Element element : all) {
            if (element != null) {
                element.heapIndex(-1);
            }
        }
        forEach(all, action);
    }

    /**
     * Hands over every element from a thread that does not own the heap. Complete when the owner is inside other code for
     * good; what it misses because the owner came back, the owner finds.
     */
    void peekAll(Consumer<? super E> action) {
        forEach(elements.clone(), action);
    }

    private void forEach(@Nullable Element[] all, Consumer<? super E> action) {
        for (Element element : all) {
            if (element != null) {
                @SuppressWarnings("unchecked") // only add puts elements here
                E known = (E) element;
                action.accept(known);
            }
        }
    }

    private void removeAt(int index) {
        Element removed = elements[index];
        if (removed != null) {
            removed.heapIndex(-1);
        }
        int last = --size;
        Element moved = elements[last];
        elements[last] = null;
        if (index != last && moved != null) {
            if (index > 0 && isBefore(due[last], order[last], (index - 1) / WIDTH)) {
                siftUp(index, due[last], order[last], moved);
            } else {
                siftDown(index, due[last], order[last], moved);
            }
        }
        if (due.length > SMALLEST && size < due.length / WIDTH) {
            resize(due.length / 2);
        }
    }

    private void siftUp(int start, long dueNanos, long position, Element element) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / WIDTH;
            if (!isBefore(dueNanos, position, parent)) {
                break;
            }
            move(parent, index);
            index = parent;
        }
        put(index, dueNanos, position, element);
    }

    private void siftDown(int start, long dueNanos, long position, Element element) {
        int index = start;
        while (true) {
            int child = index * WIDTH + 1;
            if (child >= size) {
                break;
            }
            int least = child;
            int end = Math.min(child + WIDTH, size);
            for (int i = child + 1; i < end; i++) {
                if (isBefore(due[i], order[i], least)) {
                    least = i;
                }
            }
            if (isBefore(dueNanos, position, least)) {
                break;
            }
            move(least, index);
            index = least;
        }
        put(index, dueNanos, position, element);
    }

    /** By difference, because the monotonic clock may wrap. */
    private boolean isBefore(long dueNanos, long position, int index) {
        long distance = dueNanos - due[index];
        return distance < 0 || (distance == 0 && position < order[index]);
    }

    private void move(int from, int to) {
        Element element = elements[from];
        if (element != null) {
            put(to, due[from], order[from], element);
        }
    }

    private void put(int index, long dueNanos, long position, Element element) {
        due[index] = dueNanos;
        order[index] = position;
        elements[index] = element;
        element.heapIndex(index);
    }

    private void resize(int length) {
        due = Arrays.copyOf(due, length);
        order = Arrays.copyOf(order, length);
        elements = Arrays.copyOf(elements, length);
    }
}
