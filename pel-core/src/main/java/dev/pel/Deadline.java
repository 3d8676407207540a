package dev.pel;

import org.jspecify.annotations.Nullable;

/** Something that the watch does at an instant, unless it is disarmed before. */
final class Deadline implements TimerHeap.Element {
    private final long dueAt;
    private final @Nullable Deadline previous;
    private volatile @Nullable Runnable action;
    private int heapIndex = -1;

    Deadline(long dueAt, Runnable action, @Nullable Deadline previous) {
        this.dueAt = dueAt;
        this.action = action;
        this.previous = previous;
    }

    long dueAt() {
        return dueAt;
    }

    /** The one that was set before on the same future. */
    @Nullable Deadline previous() {
        return previous;
    }

    boolean isArmed() {
        return action != null;
    }

    /** Lets go of all it holds. True the first time. */
    boolean disarm() {
        boolean was = action != null;
        action = null;
        return was;
    }

    void fire() {
        Runnable due = action;
        if (due != null) {
            action = null;
            due.run();
        }
    }

    @Override
    public int heapIndex() {
        return heapIndex;
    }

    @Override
    public void heapIndex(int index) {
        heapIndex = index;
    }
}
