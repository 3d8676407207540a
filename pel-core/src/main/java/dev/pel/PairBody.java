package dev.pel;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The body of a pair of operations. The engine attaches it to both handles, but it belongs to a call: so unlike what users attach it
 * never runs when the loop has no active thread.
 */
record PairBody<A extends @Nullable Object, B extends @Nullable Object, V extends @Nullable Object>(
        CompletableFuture<A> first, CompletableFuture<B> second, BiBody<? super A, ? super B> body)
        implements BiFunction<V, @Nullable Throwable, @Nullable Void> {

    @Override
    public @Nullable Void apply(V nothing, @Nullable Throwable error) {
        Causes.value(nothing, error);
        try {
            body.accept(first.join(), second.join());
        } catch (Exception e) {
            throw Causes.<RuntimeException>unchecked(e);
        }
        return null;
    }
}
