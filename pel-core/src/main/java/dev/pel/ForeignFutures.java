package dev.pel;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The futures of one run that wait for a future or an executor that is not the loop's. A drain waits for those whose result somebody wants.
 * The others are held by weak references only, so that they can be collected; a stop ends both.
 *
 * @param <F> the type of the futures
 */
final class ForeignFutures<F> {
    private final InOrder<F> open = new InOrder<>();
    private final InOrder<Faint<F>> idle = new InOrder<>();
    private final ReferenceQueue<F> collected = new ReferenceQueue<>();

    /** Ends a future because the loop stops, which takes it out; says whether it has ended it. */
    private final Ending<? super F> stop;

    /** How many futures whose result somebody wanted a stop has ended. */
    private final AtomicLong stopped = new AtomicLong();

    ForeignFutures(Ending<? super F> stop) {
        this.stop = stop;
    }

    /** Ends a future; says whether it has not ended before. */
    interface Ending<F> {
        boolean end(F future);
    }

    void add(F future) {
        open.add(future);
    }

    /** Whether it was there. */
    boolean remove(F future) {
        return open.remove(future);
    }

    /** Makes the weak reference to a future whose result nobody wants for now. */
    Faint<F> faint(F future) {
        forgetCollected();
        return new Faint<>(future, collected);
    }

    void addIdle(Faint<F> faint) {
        idle.add(faint);
    }

    void removeIdle(Faint<F> faint) {
        idle.remove(faint);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** How many a drain waits for. */
    int waiting() {
        return open.size();
    }

    void stopAll() {
        for (F future : open.elements()) {
            if (stop.end(future)) {
                stopped.getAndIncrement();
            }
        }
        for (Faint<F> faint : idle.elements()) {
            F future = faint.get();
            if (future != null) {
                stop.end(future);
            }
        }
        forgetCollected();
    }

    long stopped() {
        return stopped.get();
    }

    /** How many it knows. */
    int size() {
        forgetCollected();
        return open.size() + idle.size();
    }

    private void forgetCollected() {
        Reference<?> gone = collected.poll();
        while (gone != null) {
            idle.remove(gone);
            gone = collected.poll();
        }
    }

    /** A future that lives only as long as somebody else holds it. */
    static final class Faint<F> extends WeakReference<@Nullable F> {
        private Faint(F future, ReferenceQueue<F> queue) {
            super(future, queue);
        }
    }
}
