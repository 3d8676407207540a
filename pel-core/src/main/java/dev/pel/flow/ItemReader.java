package dev.pel.flow;

import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An iterator that is opened when its first item is wanted, and closed together with what it came from. Used by one thread at a time. */
final class ItemReader<T> {
    private final Callable<? extends Iterator<? extends T>> opens;
    private final Object origin;
    private @Nullable Iterator<? extends T> iterator;
    private final AtomicBoolean closed = new AtomicBoolean();

    ItemReader(Callable<? extends Iterator<? extends T>> opens, Object origin) {
        this.opens = opens;
        this.origin = origin;
    }

    /** The next item; null at the end. */
    @Nullable T next() throws Exception {
        Iterator<? extends T> from = iterator;
        if (from == null) {
            from = Objects.requireNonNull(opens.call(), "the iterator of the source");
            iterator = from;
        }
        return from.hasNext()
                ? Objects.requireNonNull(from.next(), "an item of the source is null; filter nulls out before")
                : null;
    }

    /** Closes the iterator and what it came from, where they can be closed. A second call does nothing. */
    void close() throws Exception {
        if (closed.getAndSet(true)) {
            return;
        }
        Iterator<? extends T> opened = iterator;
        if (opened != null && !opened.equals(origin)) {
            Thrown.both(() -> close(opened), () -> close(origin));
        } else {
            close(origin);
        }
    }

    private static void close(Object what) throws Exception {
        if (what instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
