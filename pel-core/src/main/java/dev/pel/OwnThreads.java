package dev.pel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The threads that belong to one run of a loop, and those of others while they run code of its chains. They may submit while the loop
 * drains, and must not wait for its stop.
 */
@SuppressWarnings("ReferenceEquality") // a thread equals itself alone
final class OwnThreads {
    private final WatchdogThread watchdog;
    private final CompletionThreads completions;
    private final CompletionThreads actions;

    /** Null before the active thread is known, and after it has ended: it may be a thread of the application that lives on. */
    private volatile @Nullable Thread active;

    /** The threads of the pool lanes, and threads that run code of a chain just now. */
    private final Set<Thread> others = ConcurrentHashMap.newKeySet();

    /** The completion threads belong to the loop, and outlive a run. */
    OwnThreads(WatchdogThread watchdog, CompletionThreads completions, CompletionThreads actions) {
        this.watchdog = watchdog;
        this.completions = completions;
        this.actions = actions;
    }

    void active(@Nullable Thread thread) {
        active = thread;
    }

    @Nullable Thread active() {
        return active;
    }

    void add(Thread thread) {
        others.add(thread);
    }

    void remove(Thread thread) {
        others.remove(thread);
    }

    boolean isActiveCurrent() {
        return Thread.currentThread() == active;
    }

    boolean isOneCurrent() {
        return isActiveCurrent()
                || others.contains(Thread.currentThread())
                || watchdog.isCurrent()
                || completions.isCurrent()
                || actions.isCurrent();
    }

    /**
     * Runs code of a chain of this loop on a thread that belongs to no lane: an executor's of the application, or one on which the loop
     * completes handles. While the loop drains, such a thread may submit the next link of the chain as the loop's own threads may. The same
     * holds for a thread that starts the loop, or makes the steps of its stop: listeners and attached code that run there may close the
     * loop, and must not wait for that.
     */
    void runForChain(Runnable code) {
        boolean isGuest = enter();
        try {
            code.run();
        } finally {
            if (isGuest) {
                leave();
            }
        }
    }

    /** The current thread counts as one of these until it leaves; false when it did so already. */
    boolean enter() {
        return others.add(Thread.currentThread());
    }

    void leave() {
        others.remove(Thread.currentThread());
    }
}
