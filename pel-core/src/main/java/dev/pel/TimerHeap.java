package dev.pel;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue by due time: a heap with four children per node. Elements due at the same instant leave in the order in which they came.
 *
 * <p>An element stays in its slot, and the heap moves only times and the numbers of slots. So sifting touches two arrays, and elements only
 * when they are due at the same instant.
 *
 * <p>Removing an element empties its slot, so it is let go of at once; its time stays as a gap. The gaps are taken out when they are as
 * many as the elements, so that a removal costs about the same however many there are.
 *
 * <p>Confined to the thread of its owner, as {@link Timers} and {@link Deadlines} assert.
 */
final class TimerHeap<E extends TimerHeap.Element> {
    /** Something with a place in a heap. */
    interface Element {
        /** Where it is, or -1. */
        int heapSlot();

        /** How many came before it. */
        long heapOrder();

        /** Called by the heap alone. */
        void inHeap(int slot, long order);
    }

    private static final int WIDTH = 4;
    private static final int SMALLEST = 16;

    /** Memory is given back when less than one slot in so many is in use, which is seldom enough that copying costs little. */
    private static final int SPARSE = 16;

    private static final int NOWHERE = -1;

    private long[] due = new long[SMALLEST];

    /** Each slot once: first those in use, in the order of the heap, then the free ones. */
    private int[] slots = upTo(SMALLEST);

    /** By slot. */
    private @Nullable Element[] elements = new @Nullable Element[SMALLEST];

    /** How many slots are in use, by gaps too. */
    private int size;

    private int gaps;
    private long nextOrder;

    private static int[] upTo(int length) {
        return IntStream.range(0, length).toArray();
    }

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
        while (size > 0 && elements[slots[0]] == null) {
            removeFirst();
            gaps--;
        }
    }

    void add(E element, long dueNanos) {
        add(element, dueNanos, nextOrder++);
    }

    /** Adds an element that knows how many came before it. */
    void addInItsOrder(E element, long dueNanos) {
        add(element, dueNanos, element.heapOrder());
    }

    private void add(E element, long dueNanos, long order) {
        if (size == due.length) {
            grow();
        }
        int slot = slots[size];
        elements[slot] = element;
        element.inHeap(slot, order);
        siftUp(size++, dueNanos, slot);
    }

    /** All or nothing, should no memory be left. */
    private void grow() {
        int length = 2 * size;
        long[] moreDue = Arrays.copyOf(due, length);
        int[] moreSlots = Arrays.copyOf(slots, length);
        elements = Arrays.copyOf(elements, length);
        for (int i = size; i < length; i++) {
            moreSlots[i] = i;
        }
        due = moreDue;
        slots = moreSlots;
    }

    /** Takes the first one when it is due. */
    @Nullable E pollDue(long nowNanos) {
        dropFirstGaps();
        if (size == 0 || due[0] - nowNanos > 0) {
            return null;
        }
        E first = known(elements[slots[0]]);
        removeFirst();
        if (first != null) {
            letGo(first);
        }
        return first;
    }

    /** Removes an element that is in the heap. */
    void remove(E element) {
        int slot = element.heapSlot();
        letGo(element);
        if (slot == slots[size - 1]) {
            size--;
        } else {
            gaps++;
        }
        if (gaps > SMALLEST && gaps > size / 2) {
            close();
        }
    }

    private void letGo(Element element) {
        elements[element.heapSlot()] = null;
        element.inHeap(NOWHERE, element.heapOrder());
    }

    /** Takes out the gaps, and makes a heap of what is left. */
    private void close() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (elements[slots[i]] != null) {
                due[kept] = due[i];
                swapSlots(kept, i);
                kept++;
            }
        }
        size = kept;
        gaps = 0;
        for (int i = size - 1; i >= 0; i--) {
            siftDown(i, due[i], slots[i]);
        }
        shrink();
    }

    private void swapSlots(int one, int other) {
        int slot = slots[one];
        slots[one] = slots[other];
        slots[other] = slot;
    }

    /** Gives back memory when far less is needed; what is left moves to the first slots. All or nothing, as growing. */
    private void shrink() {
        int length = due.length;
        if (length == SMALLEST || size >= length / SPARSE) {
            return;
        }
        while (length > SMALLEST && size < length / WIDTH) {
            length /= 2;
        }
        long[] lessDue = Arrays.copyOf(due, length);
        int[] lessSlots = upTo(length);
        @Nullable Element[] moved = new @Nullable Element[length];
        for (int i = 0; i < size; i++) {
            Element element = elements[slots[i]];
            moved[i] = element;
            if (element != null) {
                element.inHeap(i, element.heapOrder());
            }
        }
        due = lessDue;
        slots = lessSlots;
        elements = moved;
    }

    /**
     * Removes the elements that pass a test, in no order, and hands each over once it has left. Meanwhile the others are in the heap, where
     * {@link #peekAll} finds them; the action may add and remove elements.
     */
    @SuppressWarnings("ReferenceEquality") // the very same array
    void removeIf(Predicate<? super E> test, Consumer<? super E> action) {
        @Nullable Element[] seen = elements;
        for (int slot = 0; slot < seen.length; slot++) {
            E element = known(seen[slot]);
            if (element != null && test.test(element)) {
                remove(element);
                action.accept(element);
            }
            if (elements != seen) {
                seen = elements; // they have other slots now
                slot = -1;
            }
        }
    }

    /**
     * Hands over every element on a thread that does not own the heap. Complete when the owner never comes back from other code; if it
     * does, the owner finds what was missed here.
     */
    void peekAll(Consumer<? super E> action) {
        for (Element element : elements.clone()) {
            E known = known(element);
            if (known != null) {
                action.accept(known);
            }
        }
    }

    @SuppressWarnings("unchecked") // only add puts elements here
    private @Nullable E known(@Nullable Element element) {
        return (E) element;
    }

    private void removeFirst() {
        shrink(); // first, because it may fail
        int free = slots[0];
        int last = --size;
        int moved = slots[last];
        slots[last] = free;
        if (last > 0) {
            siftDown(0, due[last], moved);
        }
    }

    private void siftUp(int start, long dueNanos, int slot) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / WIDTH;
            if (!isBefore(dueNanos, slot, parent)) {
                break;
            }
            put(index, due[parent], slots[parent]);
            index = parent;
        }
        put(index, dueNanos, slot);
    }

    private void siftDown(int start, long dueNanos, int slot) {
        int index = start;
        while (true) {
            int child = index * WIDTH + 1;
            if (child >= size) {
                break;
            }
            int least = child;
            int end = Math.min(child + WIDTH, size);
            for (int i = child + 1; i < end; i++) {
                if (isBefore(due[i], slots[i], least)) {
                    least = i;
                }
            }
            if (isBefore(dueNanos, slot, least)) {
                break;
            }
            put(index, due[least], slots[least]);
            index = least;
        }
        put(index, dueNanos, slot);
    }

    /** By difference, because the monotonic clock may wrap. */
    private boolean isBefore(long dueNanos, int slot, int index) {
        long distance = dueNanos - due[index];
        return distance < 0 || (distance == 0 && order(slot) < order(slots[index]));
    }

    /** A gap sorts first: its children came after the removed element, and an element that came even later must not get between them. */
    private long order(int slot) {
        Element element = elements[slot];
        return element == null ? -1 : element.heapOrder();
    }

    private void put(int index, long dueNanos, int slot) {
        due[index] = dueNanos;
        slots[index] = slot;
    }
}
