package dev.pel;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The body of a pair of operations. The engine attaches it to both handles, but it belongs to a call: so unlike what users attach it
 * never runs when the loop has no active thread.
 */
record PairBody<A extends @Nullable Object, B extends @Nullable Object, V extends @Nullable Object>(
        LoopFuture<A> first, LoopFuture<B> second, BiBody<? super A, ? super B> body)
        implements BiFunction<V, @Nullable Throwable, @Nullable Void> {

    @Override
    public @Nullable Void apply(V nothing, @Nullable Throwable error) {
        Causes.value(nothing, error);
        try {
            body.accept(LoopFuture.value(first), LoopFuture.value(second));
        } catch (Exception e) {
            throw Causes.<RuntimeException>unchecked(e);
        }
        return null;
    }
}
