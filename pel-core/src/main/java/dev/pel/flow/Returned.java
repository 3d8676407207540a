package dev.pel.flow;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What functions of users have returned that begin the call of an item. */
final class Returned {
    private Returned() {}

    /**
     * Refuses null.
     *
     * @param stage what was returned
     * @param owner what the item is one of, as the beginning of a sentence
     * @param verb to which the function was given
     */
    static <S extends CompletionStage<?>> S stage(@Nullable S stage, Supplier<String> owner, String verb) {
        if (stage == null) {
            throw new NullPointerException(
                    "%s: the function of '%s' has returned null instead of a handle. Return that of the call, or LoopFuture.completed(null) when there is none."
                            .formatted(owner.get(), verb));
        }
        return stage;
    }
}
