package dev.pel.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes one part of a list, see {@link dev.pel.EventLoop#fork(List, ChunkTask)}.
 *
 * @param <T> the type of the items
 * @param <R> the type of the result of a part
 */
@FunctionalInterface
public interface ChunkTask<T, R extends @Nullable Object> {
    /**
     * Runs on a work thread, beside others.
     *
     * @param chunk a part of the list, which cannot be changed through this view
     * @return the result of this part
     * @throws Exception whatever goes wrong; it is the failure of the whole, and the other parts are cancelled
     */
    R compute(List<T> chunk) throws Exception;
}
