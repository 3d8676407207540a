package dev.pel.flow;

import java.util.Objects;

/**
 * The failure of one item of a stream of work.
 *
 * @param index the number of the item, from 0 on, in the order of the source
 * @param item the item
 * @param error what its call has failed with
 */
public record ItemFailure(long index, Object item, Throwable error) {

    /** Checks that there are an item and an error. */
    public ItemFailure {
        Objects.requireNonNull(item, "item");
        Objects.requireNonNull(error, "error");
    }
}
