package dev.pel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The threads that a stop gives up, because its grace is over and they are still inside somebody's code. The active thread is given up when
 * it stays in one entry; its queue is taken over then. Confined to the thread that makes the steps of the stop, as {@link Shutdown#step}
 * asserts.
 */
@SuppressWarnings("ReferenceEquality") // the very same entry is meant
final class StuckThreads {
    /** After the grace period, how long the active thread may stay in one entry before it is given up, in nanoseconds. */
    private static final long SUSPICION = 200_000_000;

    /** How many looks must find it there: a pause of the whole JVM or machine stops the looks, too. */
    private static final int SUSPICIOUS_LOOKS = 30;

    private final ActiveLane active;
    private final CurrentEntry current;
    private final OwnThreads threads;
    private final ActiveThread thread;

    /** All of them, of all lanes; it changes. */
    private final Collection<Worker> workers;

    /** What the active thread was in at the last look, since when and for how many looks. */
    private @Nullable CallInfo suspect;

    private long suspectSince;
    private int looks;

    /** The workers that were inside somebody's code at the last look. */
    private List<Worker> busy = List.of();

    /** The active thread when it is given up; else empty. */
    private List<StopReport.StuckThread> lost = List.of();

    private List<StopReport.StuckThread> found = List.of();

    /** How many of them are in the operation or body of a call that the stop has ended. */
    private long calls;

    StuckThreads(
            ActiveLane active,
            CurrentEntry current,
            OwnThreads threads,
            ActiveThread thread,
            Collection<Worker> workers) {
        this.active = active;
        this.current = current;
        this.threads = threads;
        this.thread = thread;
        this.workers = workers;
    }

    /**
     * Looks at all threads of the lanes.
     *
     * @param isOverdue whether the active thread is given up in any case
     * @return how many are inside somebody's code, the active thread only if it is given up
     */
    int look(long now, boolean isOverdue) {
        CallInfo inside = current.call();
        calls = 0;
        lost = giveUp(inside, isSuspicious(inside, now), isOverdue);
        busy = busyWorkers();
        return busy.size() + lost.size();
    }

    private List<Worker> busyWorkers() {
        List<Worker> found = new ArrayList<>();
        for (Worker worker : workers) {
            if (worker.current() != null) {
                found.add(worker);
            }
        }
        return found;
    }

    /** Whether the active thread has been in the very same entry for long: one that goes from one short dependent to the next is not stuck. */
    private boolean isSuspicious(@Nullable CallInfo inside, long now) {
        if (inside == null || inside != suspect) {
            suspect = inside;
            suspectSince = now;
            looks = 0;
        }
        looks++;
        return inside != null && looks > SUSPICIOUS_LOOKS && now - suspectSince > SUSPICION;
    }

    private List<StopReport.StuckThread> giveUp(@Nullable CallInfo inside, boolean isSuspicious, boolean isOverdue) {
        Thread thread = threads.active();
        if (thread == null || !(isSuspicious || isOverdue)) {
            return List.of();
        }
        // before the queue is taken over, which may end what the thread waits for
        List<StackTraceElement> stack = stackOf(thread);
        if (!this.thread.takeOver() && !isOverdue) {
            return List.of();
        }
        active.stopAnything();
        return List.of(stuck(thread, Lane.ACTIVE, inside == null ? new HandOver() : inside, stack));
    }

    /** Describes those that the last look has found, as far as they still are where they were. */
    void describe() {
        found = new ArrayList<>(lost);
        for (Worker worker : busy) {
            CallInfo call = worker.current();
            Thread thread = worker.thread();
            if (call != null && thread.getState() != Thread.State.TERMINATED) {
                found.add(stuck(thread, worker.lane().lane(), call, stackOf(thread)));
            }
        }
    }

    private static List<StackTraceElement> stackOf(Thread thread) {
        return List.of(thread.getStackTrace());
    }

    private StopReport.StuckThread stuck(Thread thread, Lane lane, CallInfo call, List<StackTraceElement> stack) {
        if (call instanceof Call<?> ended && ended.outcome() == Outcome.STOPPED) {
            calls++;
        }
        return new StopReport.StuckThread(thread.getName(), lane, call.id(), call.label(), stack);
    }

    List<StopReport.StuckThread> found() {
        return found;
    }

    long calls() {
        return calls;
    }
}
