package dev.pel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds deadlocks: rings of futures and operations that wait for each other, and so never end. It follows only what must end first, so no
 * either-form and no future with a timeout, and stops after a limit of futures. A ring that it finds is certain, as long as nobody ends one
 * of these futures from outside; it does not find every ring.
 */
@SuppressWarnings("ReferenceEquality") // the very same future is meant
final class WaitRing {
    private static final int MOST_LOOKS = 1_000;

    private final Worker worker;
    private final Deque<Step> unvisited = new ArrayDeque<>();
    private final Set<LoopFuture<?>> visited = Collections.newSetFromMap(new IdentityHashMap<>());

    private WaitRing(Worker worker) {
        this.worker = worker;
    }

    /** A future to look at, and the operations that wait for it, the last one first. */
    private record Step(LoopFuture<?> future, @Nullable Waiting by) {}

    private record Waiting(Call<?> call, @Nullable Waiting before) {}

    /**
     * The operations of the ring that a worker's thread closes when it waits for a future, of which the last one runs on that thread. Empty
     * when there is no such ring. The worker publishes first what it waits for: of two threads that begin to wait at once, at least one
     * then sees the other.
     */
    static List<Call<?>> closedBy(Worker worker, LoopFuture<?> future) {
        WaitRing ring = new WaitRing(worker);
        ring.follow(future, null);
        List<Call<?>> calls = new ArrayList<>();
        Step end = ring.find();
        Waiting waiting = end == null ? null : end.by();
        while (waiting != null) {
            calls.add(0, waiting.call());
            waiting = waiting.before();
        }
        return calls;
    }

    private @Nullable Step find() {
        Step next = unvisited.poll();
        while (next != null && visited.size() < MOST_LOOKS) {
            Step end = look(next);
            if (end != null) {
                return end;
            }
            next = unvisited.poll();
        }
        return null;
    }

    private @Nullable Step look(Step step) {
        LoopFuture<?> future = step.future();
        if (!future.needsAll() || !visited.add(future)) {
            return null;
        }
        if (future instanceof Call<?> call) {
            return lookAtOperation(call, step.by(), worker);
        }
        Link link = future.link();
        if (link != null) {
            follow(link.source(), step.by());
            follow(link.other(), step.by());
        }
        return null;
    }

    private @Nullable Step lookAtOperation(Call<?> call, @Nullable Waiting by, Worker self) {
        int id = call.run == self.services() ? call.runningOn() : 0;
        Waiting here = new Waiting(call, by);
        Admission admission = call.admission();
        if (admission != null && admission.isHeld()) {
            LimitQueue limit = admission.neededLimit();
            return limit == null
                    ? lookAtCode(call.heldUpBy(), here, self)
                    : isUsedUpByThoseWhoNeedMore(limit) ? new Step(call, here) : null;
        }
        if (id != 0 && id == self.id()) {
            return new Step(call, here);
        }
        Worker other = id == 0 ? null : self.colleague(id);
        LoopFuture<?> waitsFor = other == null ? null : other.waitsFor();
        if (call.runningOn() == id) { // else the operation had returned, and it is another one that waits
            follow(waitsFor, here);
        }
        return null;
    }

    /** The call goes on only when the code of that other call has left, whose handle may have ended before that. */
    private @Nullable Step lookAtCode(@Nullable Call<?> other, Waiting by, Worker self) {
        if (other == null || !other.isDone()) {
            follow(other, by);
            return null;
        }
        int id = other.codeRunsOn();
        Waiting here = new Waiting(other, by);
        if (id == self.id()) {
            return new Step(other, here);
        }
        Worker colleague = id == 0 ? null : self.colleague(id);
        LoopFuture<?> waitsFor = colleague == null ? null : colleague.waitsFor();
        if (other.codeRunsOn() == id) { // else the operation had returned, and it is another one that waits
            follow(waitsFor, here);
        }
        return null;
    }

    /** Whether each operation that has a permit waits for a call which needs another one: then none is ever given back. */
    private boolean isUsedUpByThoseWhoNeedMore(LimitQueue limit) {
        return limit.areAllHolders(holder -> needsMore(holder, limit));
    }

    private boolean needsMore(Admission holder, LimitQueue limit) {
        if (!(holder.call() instanceof Call<?> call)) {
            return false;
        }
        int id = call.codeRunsOn();
        Worker there = id == 0 ? null : worker.colleague(id);
        boolean needs = there != null && (id == worker.id() || leadsTo(there.waitsFor(), limit));
        return needs && call.codeRunsOn() == id; // else the operation had returned, and it is another one that waits
    }

    /** Whether a future ends only after a call that waits for a permit of this limit. */
    private static boolean leadsTo(@Nullable LoopFuture<?> future, LimitQueue limit) {
        Deque<LoopFuture<?>> open = new ArrayDeque<>();
        Set<LoopFuture<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (LoopFuture<?> next = future; next != null && seen.size() < MOST_LOOKS; next = open.poll()) {
            Admission admission = next instanceof Call<?> call ? call.admission() : null;
            Link link = next.link();
            if (!next.needsAll() || !seen.add(next)) {
                continue;
            } else if (admission != null && admission.neededLimit() == limit) {
                return true;
            }
            Stream.of(link == null ? null : link.source(), link == null ? null : link.other())
                    .filter(Objects::nonNull)
                    .forEach(open::push);
        }
        return false;
    }

    private void follow(@Nullable LoopFuture<?> future, @Nullable Waiting by) {
        if (future != null) {
            unvisited.push(new Step(future, by));
        }
    }
}
