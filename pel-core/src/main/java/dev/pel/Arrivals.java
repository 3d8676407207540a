package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stack through which many threads hand elements to the one thread that owns a heap. It is linked through its elements, so handing over
 * allocates nothing and takes a single compare-and-set.
 *
 * <p>When more elements are unwanted (cancelled) than wanted, the cancelling thread unlinks the unwanted ones, also while the owner of the
 * heap is busy. So memory is bounded by what is wanted, and no thread waits for the owner.
 */
final class Arrivals<E extends Arrivals.Element<E>> {
    /**
     * Something that is handed over once, and may be handed over again after it was taken.
     *
     * @param <E> its own type
     */
    interface Element<E> {
        /** Whether anybody still wants it; once false, always false. */
        boolean isWanted();

        @Nullable E linked();

        /** Called by the owner of the link alone. */
        void link(@Nullable E element);
    }

    private static final VarHandle TOP;
    private static final int FEW = 64;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(Arrivals.class, "top", Arrivals.Element.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Machine machine;

    /** The element that came last. Only elements of type E are put here. */
    private volatile @Nullable Element<E> top;

    /** Whether a thread holds the right to follow and to change the links. No thread ever waits for it. */
    private final AtomicBoolean linking = new AtomicBoolean();

    /** About how many elements lie here that nobody wants. */
    private final AtomicInteger unwanted = new AtomicInteger();

    /** How many of them may lie here: as many as there were wanted ones when those were counted last. */
    private volatile int limit = FEW;

    Arrivals(Machine machine) {
        this.machine = machine;
    }

    /** Hands an element over. From any thread. */
    void add(E element) {
        E before;
        do {
            before = first();
            element.link(before);
        } while (!TOP.compareAndSet(this, before, element));
    }

    @SuppressWarnings("unchecked") // only add puts elements here
    private @Nullable E first() {
        return (E) top;
    }

    boolean isEmpty() {
        return top == null;
    }

    /** An element that has been handed over is no longer wanted. From any thread. */
    void unwanted() {
        if (unwanted.incrementAndGet() > limit) {
            unlinkUnwanted();
        }
    }

    /**
     * Unlinks all unwanted elements, unless another thread unlinks or takes just now; then the next cancelled element has it tried again.
     */
    private void unlinkUnwanted() {
        if (!linking.compareAndSet(false, true)) {
            return;
        }
        try {
            unwanted.set(0); // those that come meanwhile are counted anew, whether they are found below or not
            int kept = 0;
            // the first one stays: concurrent threads put theirs on top of it
            E last = first();
            E element = last == null ? null : last.linked();
            while (last != null && element != null) {
                E next = element.linked();
                if (element.isWanted()) {
                    last = element;
                    kept++;
                } else {
                    last.link(next);
                    element.link(null);
                }
                element = next;
            }
            limit = Math.max(FEW, kept);
        } finally {
            linking.set(false);
        }
    }

    /**
     * Takes all elements, each linked to the one that came before it. Null when there is none, and also while another thread unlinks
     * what is unwanted; then isEmpty is false, and the processor is given to that thread.
     */
    @SuppressWarnings("unchecked") // only add puts elements here
    @Nullable E takeNewestFirst() {
        if (isEmpty()) {
            return null;
        }
        if (!linking.compareAndSet(false, true)) {
            machine.giveWay();
            return null;
        }
        try {
            unwanted.set(0);
            limit = FEW;
            return (E) TOP.getAndSet(this, null);
        } finally {
            linking.set(false);
        }
    }

    /** The same, each linked to the one that came after it. */
    @Nullable E take() {
        E element = takeNewestFirst();
        E before = null;
        while (element != null) {
            E next = element.linked();
            element.link(before);
            before = element;
            element = next;
        }
        return before;
    }

    /** How many elements lie here, wanted or not; for tests. */
    int count() {
        int count = 0;
        for (E element = first(); element != null; element = element.linked()) {
            count++;
        }
        return count;
    }
}
