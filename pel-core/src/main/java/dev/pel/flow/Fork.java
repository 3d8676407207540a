package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One computation that is split into parts for the work lane. Each part is a call; a thread of a pool that waits for the whole runs those that wait
 * in the queue, so forks inside of forks need no more threads than there are. When the lane has no room for a part, the whole fails: as
 * {@link Outcome#REJECTED} where nothing has been computed, so that it may be tried again, and as {@link Outcome#FAILED} otherwise.
 *
 * <p>What users call is {@link EventLoop#fork(List, ChunkTask)}.
 *
 * <pre>{@code
 * LoopFuture<List<Integer>> sums = Fork.start(loop, List.of(1, 2, 3, 4), 2, part -> part.stream().mapToInt(i -> i).sum());
 * }</pre>
 *
 * @param <T> the type of the items
 * @param <R> the type of the result of a part
 */
public final class Fork<T, R extends @Nullable Object> {
    /** Parts for each thread, so that one that gets slow ones does not hold up the rest. */
    private static final int PARTS_PER_THREAD = 4;

    private final ChunkTask<T, ? extends R> task;
    private final AtomicReferenceArray<@Nullable LoopFuture<R>> parts;
    private final AtomicReference<@Nullable Failed> failure = new AtomicReference<>();

    /** Whether a part may have begun to compute. */
    private volatile boolean started;

    /** Null until all parts are submitted. */
    private volatile @Nullable LoopFuture<List<R>> whole;

    private Fork(ChunkTask<T, ? extends R> task, int parts) {
        this.task = task;
        this.parts = new AtomicReferenceArray<>(parts);
    }

    /**
     * Starts a computation whose parts are of a size that suits the work lane.
     *
     * @param loop runs it
     * @param items what to compute
     * @param task runs on work threads
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results in the order of the parts
     */
    public static <T, R extends @Nullable Object> LoopFuture<List<R>> start(
            EventLoop loop, List<T> items, ChunkTask<T, ? extends R> task) {
        int threads = loop.stats().lane(Lane.WORK).threads();
        long parts = Math.max(1L, (long) threads * PARTS_PER_THREAD);
        int size = (int) Math.max(1, (items.size() + parts - 1) / parts);
        return Fork.<T, R>start(loop, items, size, task);
    }

    /**
     * The same with a size of the parts.
     *
     * @param loop runs it
     * @param items what to compute
     * @param chunkSize how many items a part has; the last one may have fewer
     * @param task runs on work threads
     * @param <T> the type of the items
     * @param <R> the type of the result of a part
     * @return the handle, with the results in the order of the parts
     * @throws IllegalArgumentException when the size is less than 1
     */
    public static <T, R extends @Nullable Object> LoopFuture<List<R>> start(
            EventLoop loop, List<T> items, int chunkSize, ChunkTask<T, ? extends R> task) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(task, "task");
        WorkStream.atLeastOne("chunkSize", chunkSize);
        int parts = items.size() / chunkSize + (items.size() % chunkSize == 0 ? 0 : 1);
        return new Fork<T, R>(task, parts).start(loop, Collections.unmodifiableList(items), chunkSize);
    }

    private LoopFuture<List<R>> start(EventLoop loop, List<T> items, int size) {
        CallSpec call = loop.call("fork").cancelUpstream();
        List<LoopFuture<R>> begun = new ArrayList<>(parts.length());
        for (int i = 0; i < parts.length() && failure.get() == null; i++) {
            int part = i;
            int from = part * size;
            List<T> chunk = items.subList(from, from + Math.min(size, items.size() - from));
            LoopFuture<R> handle = call.work(() -> compute(part, chunk));
            begun.add(handle);
            parts.set(part, handle);
            if (handle.outcome() == Outcome.REJECTED) {
                fail(part, handle.exceptionNow());
            } else {
                cancelUnlessItFailed(part, handle);
            }
        }
        LoopFuture<R> last = begun.isEmpty() ? null : begun.get(begun.size() - 1);
        if (last != null && last.outcome() == Outcome.REJECTED && !started) {
            return asWhole(last);
        }
        LoopFuture<List<R>> handle = begun.isEmpty() ? loop.<R>all(List.of()) : joined(begun);
        whole = handle;
        return handle;
    }

    /** A concurrent part that failed may not have seen this one. The one that failed itself ends with its failure. */
    private void cancelUnlessItFailed(int part, LoopFuture<R> handle) {
        Failed first = failure.get();
        if (first != null && first.part != part) {
            handle.cancel(true);
        }
    }

    /**
     * Nothing has begun, and nothing will: the refusal of a part is that of the whole, so that it may be tried again. A part that is concurrently
     * taken says that it has started, and then looks for a failure, which is there before this looks whether a part has started: one sees the other.
     */
    @SuppressWarnings("unchecked") // it has no result
    private static <R extends @Nullable Object> LoopFuture<List<R>> asWhole(LoopFuture<R> refused) {
        return (LoopFuture<List<R>>) (LoopFuture<?>) refused;
    }

    /**
     * Joins the parts in pairs: not as {@code all} does, whose end leaves alone what it joins, but so that the end of the whole goes up to the parts.
     */
    private LoopFuture<List<R>> joined(List<LoopFuture<R>> begun) {
        List<LoopFuture<?>> level = new ArrayList<>(begun);
        while (level.size() > 1) {
            List<LoopFuture<?>> next = new ArrayList<>((level.size() + 1) / 2);
            for (int i = 0; i + 1 < level.size(); i += 2) {
                next.add(level.get(i).thenCombine(level.get(i + 1), (one, other) -> null));
            }
            if (level.size() % 2 == 1) {
                next.add(level.get(level.size() - 1));
            }
            level = next;
        }
        return level.get(0).handle((nothing, error) -> {
            Failed first = failure.get();
            if (first != null || error != null) {
                Thrown.again(first == null ? Objects.requireNonNull(error) : first.error);
            }
            return results(begun);
        });
    }

    private static <R extends @Nullable Object> List<R> results(List<LoopFuture<R>> ended) {
        List<R> results = new ArrayList<>(ended.size());
        ended.forEach(part -> results.add(part.join()));
        return Collections.unmodifiableList(results);
    }

    /** The end of the whole comes to its parts one after the other, so a thread may take one that is about to be cancelled. */
    private boolean isOver() {
        LoopFuture<?> handle = whole;
        return failure.get() != null || (handle != null && handle.isDone());
    }

    @SuppressWarnings("NullAway") // nobody sees the result of a part that is left out
    private R compute(int part, List<T> chunk) throws Exception {
        started = true;
        if (isOver()) {
            return null;
        }
        try {
            return task.compute(chunk);
        } catch (Throwable e) {
            fail(part, e);
            throw e;
        }
    }

    /** The first failure is that of the whole, and ends the other parts. */
    private void fail(int part, Throwable error) {
        LoopFuture<R> own = parts.get(part);
        if (own != null && own.isCancelled()) {
            return; // its failure is the interrupt of that
        }
        if (failure.compareAndSet(null, new Failed(part, error))) {
            for (int i = 0; i < parts.length(); i++) {
                LoopFuture<R> other = parts.get(i);
                if (other != null && i != part) {
                    other.cancel(true);
                }
            }
        }
    }

    private record Failed(int part, Throwable error) {}
}
