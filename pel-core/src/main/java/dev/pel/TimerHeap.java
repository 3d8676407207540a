package dev.pel;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What falls due when: a heap with four children per node, whose elements know their place. Elements due at the same instant
 * leave in the order in which they came.
 *
 * <p>Removing an element lets go of it at once, and leaves its keys as a gap; the gaps are taken out when they are as many as the
 * elements, so that a removal costs about the same however many there are. To move others into the gap at once would touch
 * an element for each level of the heap.
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

    /** Up to where the arrays are in use, gaps included. */
    private int size;

    private int gaps;
    private long nextOrder;

    int size() {
        return size - gaps;
    }

    boolean isEmpty() {
        return size == gaps;
    }

    /** When the first one falls due. Only when there is one. */
    long firstDue() {
        dropFirstGaps();
        return due[0];
    }

    private void dropFirstGaps() {
        while (size > 0 && elements[0] == null) {
            gaps--;
            removeFirst();
        }
    }

    void add(E element, long dueNanos) {
        if (size == due.length) {
            resize(size * 2);
        }
        siftUp(size++, dueNanos, nextOrder++, element);
    }

    /** Takes the first one when it is due. */
    @Nullable E pollDue(long nowNanos) {
        dropFirstGaps();
        if (size == 0 || due[0] - nowNanos > 0) {
            return null;
        }
        @SuppressWarnings("unchecked") // only add puts elements here
        E first = (E) elements[0];
        if (first != null) {
            first.heapIndex(-1);
        }
        removeFirst();
        return first;
    }

    /** Removes an element that is in the heap. */
    void remove(E element) {
        int index = element.heapIndex();
        element.heapIndex(-1);
        elements[index] = null;
        if (index == size - 1) {
            size--;
        } else {
            gaps++;
        }
        if (gaps > SMALLEST && gaps > size / 2) {
            close();
        }
    }

    /** Takes out the gaps, and makes a heap of what is left. */
    private void close() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (elements[i] != null) {
                due[kept] = due[i];
                order[kept] = order[i];
                elements[kept] = elements[i];
                kept++;
            }
        }
        Arrays.fill(elements, kept, size, null);
        size = kept;
        gaps = 0;
        int fitting = due.length;
        while (fitting > SMALLEST && size < fitting / WIDTH) {
            fitting /= 2;
        }
        if (fitting < due.length) {
            resize(fitting);
        }
        for (int i = size - 1; i >= 0; i--) {
            siftDown(i, due[i], order[i], elements[i]);
        }
    }

    /** Forgets all elements, then hands them over, in no order; the action may add them again. */
    void clear(Consumer<? super E> action) {
        @Nullable Element[] all = Arrays.copyOf(elements, size);
        size = 0;
        gaps = 0;
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

    private void removeFirst() {
        int last = --size;
        Element moved = elements[last];
        elements[last] = null;
        if (last > 0) {
            siftDown(0, due[last], order[last], moved);
        }
        if (due.length > SMALLEST && size < due.length / WIDTH) {
            resize(due.length / 2);
        }
    }

    private void siftUp(int start, long dueNanos, long position, @Nullable Element element) {
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

    private void siftDown(int start, long dueNanos, long position, @Nullable Element element) {
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
        put(to, due[from], order[from], elements[from]);
    }

    private void put(int index, long dueNanos, long position, @Nullable Element element) {
        due[index] = dueNanos;
        order[index] = position;
        elements[index] = element;
        if (element != null) {
            element.heapIndex(index);
        }
    }

    private void resize(int length) {
        due = Arrays.copyOf(due, length);
        order = Arrays.copyOf(order, length);
        elements = Arrays.copyOf(elements, length);
    }
}
