package dev.pel;

import org.jspecify.annotations.Nullable;

/** A body that runs when the active thread has nothing else to do. When it ends before that, it leaves its queue at once. */
final class IdleCall extends Call<@Nullable Void> {
    IdleCall(RunServices run, Task body) {
        super(run, Lane.ACTIVE, null, body, null);
    }

    /** The active thread may never come to it: so its place must not wait for that. */
    @Override
    void isAboutToBeTold() {
        if (step() == ENDED_IN_QUEUE && run.queue.removeIdle(this)) {
            countEndInQueue(queuedAt());
        }
    }
}
