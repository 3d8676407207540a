package dev.pel;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The workers of one run, of both pool lanes: found by their number or thread, and counted with the active thread until they have ended. */
final class Workers {
    private final OwnThreads threads;

    /** Called when one has ended: a stop may wait for that. */
    private final Runnable nudge;

    private final Map<Thread, Worker> byThread = new ConcurrentHashMap<>();
    private final Map<Integer, Worker> byId = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Queue<Integer> freeIds = new ConcurrentLinkedQueue<>();

    /** How many threads of the lanes have not ended. */
    private final AtomicInteger living = new AtomicInteger();

    private @Nullable PoolLane passive;
    private @Nullable PoolLane work;

    Workers(OwnThreads threads, Runnable nudge) {
        this.threads = threads;
        this.nudge = nudge;
    }

    /** A number that no living worker has. The state of a call has 28 bits for it, so those of ended workers are given again. */
    int nextId() {
        Integer free = freeIds.poll();
        return free == null ? ids.incrementAndGet() : free;
    }

    void freeId(int id) {
        freeIds.add(id);
    }

    void starts(Worker worker) {
        threadStarts();
        byId.put(worker.id(), worker);
        byThread.put(worker.thread(), worker);
        threads.add(worker.thread());
    }

    void ended(Worker worker) {
        if (byId.remove(worker.id(), worker)) {
            freeId(worker.id());
        }
        byThread.remove(worker.thread());
        threads.remove(worker.thread());
        threadEnded();
    }

    /** A thread of a lane is about to start. */
    void threadStarts() {
        living.incrementAndGet();
    }

    void threadEnded() {
        living.decrementAndGet();
        nudge.run();
    }

    void lanes(PoolLane passiveLane, PoolLane workLane) {
        passive = passiveLane;
        work = workLane;
    }

    PoolLane pool(Lane lane) {
        return Objects.requireNonNull(lane == Lane.PASSIVE ? passive : work);
    }

    int living() {
        return living.get();
    }

    @Nullable Worker byId(int id) {
        return byId.get(id);
    }

    /** The worker whose thread is the current one. */
    @Nullable Worker current() {
        return byThread.get(Thread.currentThread());
    }

    /** All whose threads have not ended; it changes. */
    Collection<Worker> all() {
        return byId.values();
    }

    void interrupt(int id, Call<?> call) {
        Worker worker = byId.get(id);
        if (worker != null) {
            worker.interrupt(call);
        }
    }

    /** The search of the worker with this number, if it runs an operation and keeps the right to search meanwhile. */
    @Nullable Searcher keeper(int id) {
        Worker worker = byId.get(id);
        return worker != null && worker.searcher().isKeeping() ? worker.searcher() : null;
    }
}
