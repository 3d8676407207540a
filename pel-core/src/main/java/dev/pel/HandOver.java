package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * What the active thread does while it hands the end of one future on to others: code that was attached past pel runs then. One
 * for each time: the stop tells by it whether the thread gets on.
 */
final class HandOver implements CallInfo {
    @Override
    public long id() {
        return -1;
    }

    @Override
    public @Nullable String label() {
        return null;
    }
}
