package dev.pel.flow;

import dev.pel.LoopFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where the items of a stream come from. All methods are called on the active thread. Nothing is read ahead: it asks for items only when
 * {@link #want} says that there is a place for them.
 */
interface Source<T> {
    /**
     * Says how many items have a place, those that have been asked for already included.
     *
     * @param places how many
     */
    void want(int places);

    /**
     * The next item.
     *
     * @return null when none is there now
     */
    @Nullable T poll();

    /** Whether the next {@link #poll} may find something, or the end. */
    boolean hasNews();

    /** Whether all items have been taken, and no more will come. */
    boolean isAtEnd();

    /** What has failed, once all items before that have been taken. */
    @Nullable Throwable failure();

    /**
     * Lets go of what is read from.
     *
     * @return ends when that has been done; code that cannot be stopped, and reads on, is not waited for
     */
    LoopFuture<?> close();
}
