package dev.pel;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The body of several operations. The engine attaches it to their handles, but it belongs to a call: so unlike what users attach it
 * never runs when the loop has no active thread.
 */
record JoinedBody<V extends @Nullable Object>(Task body) implements BiFunction<V, @Nullable Throwable, @Nullable Void> {
    @Override
    public @Nullable Void apply(V nothing, @Nullable Throwable error) {
        Causes.value(nothing, error);
        try {
            body.run();
        } catch (Exception e) {
            throw Causes.<RuntimeException>unchecked(e);
        }
        return null;
    }
}
