package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The future between two others and what depends on them: it ends when both have ended, or with the first that does. */
final class Gate<T extends @Nullable Object> extends WaitingFuture<T> {
    private final Side first = new Side();
    private final Side second = new Side();
    private final boolean both;
    private final AtomicInteger missing;

    Gate(LoopFuture<?> source, boolean both) {
        super(source);
        this.both = both;
        this.missing = new AtomicInteger(both ? 2 : 1);
    }

    void opensWith(LoopFuture<?> one, CompletableFuture<?> other) {
        one.tell(first);
        if (other instanceof LoopFuture<?> pel) {
            pel.tell(second);
        } else {
            other.whenComplete(second);
        }
    }

    /** One of the two has ended. With both the failure of the first counts before that of the second, as with the JDK. */
    private void arrived(@Nullable Object value, @Nullable Throwable error) {
        if (missing.decrementAndGet() == 0) {
            Throwable known = !both ? error : first.error == null ? second.error : first.error;
            @SuppressWarnings("unchecked") // of both there is no value, and of one it is of T
            T of = (T) value;
            generation.active.relay(this, of, known);
        }
    }

    /** What one of the two calls when it ends. */
    private final class Side implements BiConsumer<@Nullable Object, @Nullable Throwable> {
        private @Nullable Throwable error;

        @Override
        public void accept(@Nullable Object value, @Nullable Throwable failure) {
            error = failure;
            arrived(value, failure);
        }
    }
}
