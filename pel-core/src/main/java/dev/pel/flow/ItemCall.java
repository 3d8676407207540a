package dev.pel.flow;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Begins the call of one item of a {@link WorkStream}.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface ItemCall<T, R extends @Nullable Object> {
    /**
     * Runs on the active thread, and begins what the item needs: {@code item -> loop.next(() -> repository.save(item))}, say.
     *
     * @param item the item
     * @return the handle of the call; any stage will do. The item is done when it has ended
     * @throws Exception whatever goes wrong; it is the failure of the item, and so is a result of null
     */
    CompletionStage<? extends R> call(T item) throws Exception;
}
