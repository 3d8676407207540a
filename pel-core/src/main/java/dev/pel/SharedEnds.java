package dev.pel;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The futures for whose end very many either-forms may wait, one after the other or at once, such as one that tells the end of the
 * application. The JDK leaves a callback in a future until that ends, or goes through all callbacks to take one out. So each of these
 * futures gets one callback, which knows who waits: an either-form goes in and out by itself.
 *
 * <p>No future is held here: what belongs to it is held by its own callback.
 */
final class SharedEnds {
    private final Lock lock = new ReentrantLock();

    /** By future, each of which is equal to itself alone. Guarded by {@link #lock}. */
    private final Map<CompletableFuture<?>, WeakReference<Ends>> byFuture = new WeakHashMap<>();

    /** Has a callback told of the end of a future, unless the returned entry is removed before. */
    Entry add(CompletableFuture<?> future, EndCallback<@Nullable Object> callback) {
        Ends ends = of(future);
        if (ends.registers()) {
            // without the lock: a future that has just ended runs here what others have attached to it
            ResultMethods.tell(future, ends);
            ends.isRegistered = true;
        }
        Entry entry = new Entry(ends, callback);
        ends.entries.add(entry);
        // the concurrent thread ends the future, and then goes through the entries: it finds this one, or its end is
        // seen here. Another one may be about to register the callback with the future, or may have failed to
        if (future.isDone() || !ends.isRegistered) {
            ResultMethods.tell(future, entry);
        }
        return entry;
    }

    @SuppressWarnings(
            "CollectionUndefinedEquality") // only classes come here whose objects are equal to themselves alone
    private Ends of(CompletableFuture<?> future) {
        lock.lock();
        try {
            WeakReference<Ends> known = byFuture.get(future);
            Ends ends = known == null ? null : known.get();
            if (ends == null) {
                ends = new Ends();
                byFuture.put(future, new WeakReference<>(ends));
            }
            return ends;
        } finally {
            lock.unlock();
        }
    }

    /** The callback of one future. */
    private static final class Ends implements EndCallback<@Nullable Object> {
        private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

        private final AtomicInteger count = new AtomicInteger();

        private final AtomicBoolean registering = new AtomicBoolean();

        /** Whether the future knows it, and so will tell those who wait. */
        private volatile boolean isRegistered;

        /** Whether the current thread is to register it. */
        boolean registers() {
            return registering.compareAndSet(false, true);
        }

        @Override
        public void accept(@Nullable Object value, @Nullable Throwable error) {
            entries.forEach(entry -> entry.accept(value, error));
        }
    }

    /** One that waits. The thread that takes it out tells it. */
    static final class Entry implements EndCallback<@Nullable Object> {
        private final Set<Entry> entries;
        private final int number;
        private final EndCallback<@Nullable Object> callback;

        private Entry(Ends ends, EndCallback<@Nullable Object> callback) {
            this.entries = ends.entries;
            this.number = ends.count.getAndIncrement();
            this.callback = callback;
        }

        /** Not that of its identity: those of one future are told in the same order in each run of a simulation. */
        @Override
        public int hashCode() {
            return number;
        }

        @Override
        @SuppressWarnings("NullAway") // the value of its type may be null
        public void accept(@Nullable Object value, @Nullable Throwable error) {
            if (entries.remove(this)) {
                callback.accept(value, error);
            }
        }

        void remove() {
            entries.remove(this);
        }
    }
}
