package dev.pel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Handles that join many others. They form a tree of pairs, along which a thread of a pool that waits for the join finds all operations with
 * which it can help.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle: it deals with the failure
final class Joins {
    private final RunServices run;

    Joins(RunServices run) {
        this.run = run;
    }

    /** Ends when all have ended: with their results, in their order, or with the first failure in that order. */
    <T extends @Nullable Object> LoopFuture<List<T>> all(Collection<? extends CompletionStage<? extends T>> stages) {
        run.stack.ensureRoom();
        List<LoopFuture<? extends T>> handles = handles(stages);
        return whenAll(handles).thenApply(nothing -> {
            List<T> values = new ArrayList<>(handles.size());
            handles.forEach(handle -> values.add(handle.join()));
            return Collections.unmodifiableList(values);
        });
    }

    <T extends @Nullable Object> LoopFuture<List<Settled<T>>> allSettled(
            Collection<? extends CompletionStage<? extends T>> stages) {
        run.stack.ensureRoom();
        List<LoopFuture<Settled<T>>> ends = new ArrayList<>(stages.size());
        for (LoopFuture<? extends T> handle : Joins.this.<T>handles(stages)) {
            ends.add(handle.handle((value, error) -> settled(handle, value, error)));
        }
        return all(ends);
    }

    private static <T extends @Nullable Object> Settled<T> settled(
            LoopFuture<? extends T> handle, @Nullable T value, @Nullable Throwable error) {
        Throwable cause = error == null ? null : Causes.cause(error);
        Outcome outcome = handle.outcome();
        return new Settled<>(outcome == null ? Outcome.FAILED : outcome, value, cause);
    }

    /** Ends with the first success, or with the first failure when all have failed. */
    <T extends @Nullable Object> LoopFuture<T> any(Collection<? extends CompletionStage<? extends T>> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("'stages' must not be empty: of none there is no first");
        }
        run.stack.ensureRoom();
        Promise<T> first = Promise.ofRun(run, null);
        AtomicInteger left = new AtomicInteger(stages.size());
        List<LoopFuture<@Nullable Void>> ends = new ArrayList<>(stages.size());
        List<LoopFuture<? extends T>> handles = handles(stages);
        for (LoopFuture<? extends T> handle : handles) {
            ends.add(handle.handle((value, error) -> {
                if (error == null) {
                    first.end(Outcome.SUCCEEDED, value, null, false);
                } else if (left.decrementAndGet() == 0) {
                    first.take(null, handles.get(0).error());
                }
                return null;
            }));
        }
        first.via(new Link(whenAll(ends)));
        return first;
    }

    // ------------------------------------------------------------------ the tree

    private LoopFuture<?> whenAll(List<? extends LoopFuture<?>> handles) {
        if (handles.isEmpty()) {
            Promise<@Nullable Void> none = Promise.ofRun(run, null);
            none.end(Outcome.SUCCEEDED, null, null, false);
            return none;
        }
        List<LoopFuture<?>> level = new ArrayList<>(handles);
        while (level.size() > 1) {
            level = nextLevel(level);
        }
        return level.get(0);
    }

    private List<LoopFuture<?>> nextLevel(List<LoopFuture<?>> level) {
        List<LoopFuture<?>> next = new ArrayList<>((level.size() + 1) / 2);
        for (int i = 0; i + 1 < level.size(); i += 2) {
            next.add(Gate.attach(level.get(i), level.get(i + 1), true, run.activeExecutor(), Causes::value));
        }
        if (level.size() % 2 == 1) {
            next.add(level.get(level.size() - 1));
        }
        return next;
    }

    /** The stages as handles of this run. */
    private <T extends @Nullable Object> List<LoopFuture<? extends T>> handles(
            Collection<? extends CompletionStage<? extends T>> stages) {
        List<LoopFuture<? extends T>> handles = new ArrayList<>(stages.size());
        for (CompletionStage<? extends T> stage : stages) {
            handles.add(handle(Objects.requireNonNull(
                    stage, () -> "'stages' must not contain null but does at index " + handles.size())));
        }
        return handles;
    }

    /** A stage as a handle of this run. */
    @SuppressWarnings("ReferenceEquality") // the very same run is meant
    <T extends @Nullable Object> LoopFuture<T> handle(CompletionStage<T> stage) {
        run.stack.ensureRoom();
        if (stage instanceof LoopFuture<T> pel && pel.run == run) {
            return pel;
        }
        Promise<T> promise = Promise.open(run, null);
        stage.whenComplete((value, error) -> promise.take(value, error));
        return promise;
    }
}
