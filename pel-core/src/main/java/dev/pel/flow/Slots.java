package dev.pel.flow;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The items that have a place, in the order of the source: a list from whose middle an item is taken at once. Confined to the active thread. */
final class Slots<T, R extends @Nullable Object> {
    private @Nullable Slot<T, R> first;
    private @Nullable Slot<T, R> last;
    private int size;

    void add(Slot<T, R> slot) {
        Slot<T, R> end = last;
        slot.before = end;
        if (end == null) {
            first = slot;
        } else {
            end.after = slot;
        }
        last = slot;
        size++;
    }

    void remove(Slot<T, R> slot) {
        Slot<T, R> before = slot.before;
        Slot<T, R> after = slot.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        slot.before = null;
        slot.after = null;
        size--;
    }

    @Nullable Slot<T, R> first() {
        return first;
    }

    int size() {
        return size;
    }

    /** Takes all out, the first one first. */
    void drain(Consumer<Slot<T, R>> action) {
        Slot<T, R> next = first;
        while (next != null) {
            remove(next);
            action.accept(next);
            next = first;
        }
    }
}
