package dev.pel.flow;

/** What becomes of an item for a subscriber of a {@link Topic} whose buffer is full. */
public enum Overflow {
    /** The oldest item of the buffer is dropped: the subscriber sees what is newest. */
    DROP_OLDEST,
    /** The new item is dropped: the subscriber sees what came first. */
    DROP_NEWEST,
    /** The subscription ends, as {@link dev.pel.Outcome#FAILED}: the subscriber is to see all or to know that it does not. */
    CANCEL
}
