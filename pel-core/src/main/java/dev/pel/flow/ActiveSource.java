package dev.pel.flow;

import dev.pel.LoopFuture;
import org.jspecify.annotations.Nullable;

/** A source in memory, which is read on the active thread, item by item. Confined to that thread. */
final class ActiveSource<T> implements Source<T> {
    private final StreamServices services;
    private final ItemReader<T> reader;
    private boolean atEnd;
    private @Nullable Throwable failure;

    ActiveSource(StreamServices services, ItemReader<T> reader) {
        this.services = services;
        this.reader = reader;
    }

    @Override
    public void want(int places) {
        // it is read when an item is taken
    }

    @Override
    public @Nullable T poll() {
        if (atEnd) {
            return null;
        }
        try {
            T item = reader.next();
            atEnd = item == null;
            return item;
        } catch (Throwable e) { // the source is code of users, and its failure that of the stream
            atEnd = true;
            failure = e;
            return null;
        }
    }

    @Override
    public boolean hasNews() {
        return true;
    }

    @Override
    public boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public LoopFuture<?> close() {
        return services.later(reader::close);
    }
}
