package dev.pel.test;

import dev.pel.Machine;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks, in real time, for threads of tests that wait for a future or a latch in a way that a simulation does not see, so that no
 * virtual time passes and what they wait for does not come. One thread, for one simulation after the other.
 */
@SuppressWarnings("ReferenceEquality") // the very same wait, of the very same thread
final class WaitWatch implements AutoCloseable {
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

    /** What parks in the JDK; the classes are private. */
    private static final Set<String> WAITS =
            Set.of("java.util.concurrent.CompletableFuture$Signaller", "java.util.concurrent.CountDownLatch$Sync");

    private final Set<UnseenWaits> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::run, "pel-test-watch");
    private volatile boolean closed;

    /** Confined to the thread: the waits that it sees, each since when. */
    private final Map<Thread, Wait> waits = new HashMap<>();

    private record Wait(UnseenWaits of, Object blocker, long since) {}

    WaitWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    void add(UnseenWaits waits) {
        watched.add(waits);
    }

    void remove(UnseenWaits waits) {
        watched.remove(waits);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, LOOK);
            waits.values().removeIf(wait -> !watched.contains(wait.of()));
            watched.forEach(this::look);
        }
    }

    private void look(UnseenWaits simulation) {
        for (Strand strand : simulation.testThreads()) {
            Object blocker = simulation.isSomebodyIn() ? null : blocker(strand);
            Wait before = waits.get(strand.thread);
            if (blocker == null) {
                waits.remove(strand.thread);
            } else if (before == null || before.blocker() != blocker || before.of() != simulation) {
                waits.put(strand.thread, new Wait(simulation, blocker, System.nanoTime()));
            } else if (System.nanoTime() - before.since() > Machine.nanos(simulation.patience())) {
                waits.remove(strand.thread);
                simulation.tell(strand, () -> blocker(strand) == blocker);
            }
        }
    }

    /** What a thread waits for, if it is a future or a latch. */
    private static @Nullable Object blocker(Strand strand) {
        Object blocker = strand.waitsForToken ? null : LockSupport.getBlocker(strand.thread);
        boolean isWait = blocker instanceof Future<?>
                || (blocker != null && WAITS.contains(blocker.getClass().getName()));
        return isWait ? blocker : null;
    }
}
