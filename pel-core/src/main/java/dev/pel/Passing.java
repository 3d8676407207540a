package dev.pel;

import org.jspecify.annotations.Nullable;

/** What the active thread does while it hands the end of one future on to others: code that was attached past pel runs then. */
enum Passing implements CallInfo {
    /** It does so now. */
    ON;

    @Override
    public long id() {
        return -1;
    }

    @Override
    public @Nullable String label() {
        return null;
    }
}
