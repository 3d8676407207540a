package dev.pel.flow;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What other threads have read for a stream: items first, then the end, with a failure or without. The stream is woken for each. */
final class Inbox<T> {
    private final Queue<T> items = new ConcurrentLinkedQueue<>();
    private final Runnable wake;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();

    private record End(@Nullable Throwable failure) {}

    Inbox(Runnable wake) {
        this.wake = wake;
    }

    void add(T item) {
        items.add(item);
        wake.run();
    }

    /** No more items come; error is null at the end of the source. The first end counts. */
    void close(@Nullable Throwable error) {
        if (end.compareAndSet(null, new End(error))) {
            wake.run();
        }
    }

    /** Wakes the stream for something else. */
    void wake() {
        wake.run();
    }

    boolean isClosed() {
        return end.get() != null;
    }

    @Nullable T poll() {
        return items.poll();
    }

    boolean hasNews() {
        return isClosed() || !items.isEmpty();
    }

    /** The items are looked at after the end, because the concurrent thread says that after the last item. */
    boolean isAtEnd() {
        return isClosed() && items.isEmpty();
    }

    @Nullable Throwable failure() {
        End told = end.get();
        return told != null && items.isEmpty() ? told.failure : null;
    }
}
