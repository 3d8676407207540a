package dev.pel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Handles that join many others. They form a tree of pairs, along which a thread of a pool that waits for the join finds all operations with
 * which it can help.
 */
@SuppressWarnings({"FutureReturnValueIgnored", "ReferenceEquality"
}) // of handle, which deals with the failure; the very same handle or run is meant
final class Joins {
    /** So many failures are added to the first. */
    private static final int MOST_SUPPRESSED = 10;

    private final RunServices run;

    /** The handles that a join has made for itself: those of stages of others, and the pairs. */
    private final List<LoopFuture<?>> parts = new ArrayList<>();

    Joins(RunServices run) {
        this.run = run;
    }

    /**
     * Ends when all have ended: with their results, in their order, or with the first failure in that order, which gets the others as
     * suppressed.
     */
    <T extends @Nullable Object> LoopFuture<List<T>> all(Collection<? extends CompletionStage<? extends T>> stages) {
        run.stack.ensureRoom();
        List<LoopFuture<? extends T>> handles = handles(stages);
        LoopFuture<?> last = handles.size() == 1 ? attachedTo(handles.get(0)) : whenAll(handles);
        JoinHandle<List<T>> all = new JoinHandle<>(run);
        all.waitsFor(last, parts);
        last.observe(); // the join takes its failure over
        last.tell((nothing, error) -> {
            if (error == null) {
                succeed(all, handles);
            } else {
                try {
                    addFailures(handles, Causes.cause(error));
                } finally {
                    all.failAs(last, error); // also when no memory was left
                }
            }
        });
        return all;
    }

    /**
     * Of one there is no pair: what is attached instead passes through the queue of the active lane as well, so that joins of joins take no stack,
     * and is one of those whose end tells the call that nobody wants its result.
     */
    private <T extends @Nullable Object> LoopFuture<T> attachedTo(LoopFuture<T> only) {
        LoopFuture<T> attached = only.thenApply(value -> value);
        parts.add(attached);
        return attached;
    }

    private static <T extends @Nullable Object> void succeed(
            JoinHandle<List<T>> all, List<LoopFuture<? extends T>> handles) {
        try {
            all.end(Outcome.SUCCEEDED, values(handles), null, false);
        } catch (VirtualMachineError e) { // such as no memory for the list
            all.take(null, e);
        }
    }

    private static <T extends @Nullable Object> List<T> values(List<LoopFuture<? extends T>> handles) {
        List<T> values = new ArrayList<>(handles.size());
        handles.forEach(handle -> values.add(handle.join()));
        return Collections.unmodifiableList(values);
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

    /** Ends with the first success, or when all have failed with the failure of the first of them, which gets the others as suppressed. */
    <T extends @Nullable Object> LoopFuture<T> any(Collection<? extends CompletionStage<? extends T>> stages) {
        run.stack.ensureRoom();
        List<LoopFuture<? extends T>> handles = handles(stages);
        if (handles.isEmpty()) {
            throw new IllegalArgumentException("'any' must be given at least one handle: of none there is no first");
        }
        JoinHandle<T> first = new JoinHandle<>(run);
        List<LoopFuture<@Nullable Void>> ends = new ArrayList<>(handles.size());
        for (LoopFuture<? extends T> handle : handles) {
            ends.add(handle.handle((value, error) -> {
                if (error == null) {
                    first.end(Outcome.SUCCEEDED, value, null, false);
                }
                return null;
            }));
        }
        parts.addAll(ends);
        LoopFuture<?> last = whenAll(ends);
        first.waitsFor(last, parts);
        last.observe();
        last.tell((nothing, error) -> {
            if (!first.isDone()) {
                fail(first, handles, last, error);
            }
        });
        return first;
    }

    /** All have ended, and if none has succeeded the failure of the first one counts; or, at a stop, not all of them could be waited for. */
    private static void fail(
            JoinHandle<?> any, List<? extends LoopFuture<?>> handles, LoopFuture<?> last, @Nullable Throwable error) {
        LoopFuture<?> first = handles.get(0);
        Throwable failure = first.error();
        if (failure != null && Causes.cause(failure) instanceof CancellationException cancelled) {
            any.end(Outcome.CANCELLED, null, cancelled, false); // that is no failure
        } else if (failure != null) {
            try {
                addFailures(handles, Causes.cause(failure));
            } finally {
                any.failAs(first, failure); // also when no memory was left
            }
        } else if (error != null) {
            any.failAs(last, error);
        }
    }

    /**
     * Adds the failures of others to the one with which a join fails, because nobody else tells of them. Not that they were cancelled, refused or
     * stopped; and only some, because code may throw the very same exception each time.
     */
    static void addFailures(List<? extends LoopFuture<?>> handles, Throwable failure) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.add(failure);
        known.addAll(List.of(failure.getSuppressed()));
        for (int i = 0; i < handles.size() && known.size() <= MOST_SUPPRESSED; i++) {
            Throwable error = handles.get(i).error();
            Throwable other = error == null ? null : Causes.cause(error);
            if (other != null && isFailure(other) && known.add(other)) {
                failure.addSuppressed(other);
            }
        }
    }

    private static boolean isFailure(Throwable error) {
        return !(error instanceof CancellationException
                || error instanceof CallRejectedException
                || error instanceof CallStoppedException);
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
            LoopFuture<?> pair = Gate.attach(level.get(i), level.get(i + 1), true, run.activeExecutor(), Causes::value);
            parts.add(pair);
            next.add(pair);
        }
        if (level.size() % 2 == 1) {
            next.add(level.get(level.size() - 1));
        }
        return next;
    }

    /** The stages as handles of this run. */
    private <T extends @Nullable Object> List<LoopFuture<? extends T>> handles(
            Collection<? extends CompletionStage<? extends T>> stages) {
        List<CompletionStage<? extends T>> known =
                new ArrayList<>(stages); // a concurrent thread may change the collection
        int missing = known.indexOf(null);
        if (missing >= 0) { // before anything is registered
            throw new NullPointerException("'stages' must not contain null but does at index " + missing);
        }
        List<LoopFuture<? extends T>> handles = new ArrayList<>(known.size());
        for (CompletionStage<? extends T> stage : known) {
            LoopFuture<? extends T> handle = handle(stage);
            if (handle != stage) {
                parts.add(handle);
            }
            handles.add(handle);
        }
        return handles;
    }

    /** A stage as a handle of this run, which the stop ends. */
    <T extends @Nullable Object> LoopFuture<T> handle(CompletionStage<T> stage) {
        run.stack.ensureRoom();
        if (stage instanceof LoopFuture<T> pel && pel.run == run && pel.isEndedByItsLoop()) {
            return pel;
        }
        Promise<T> promise = Promise.open(run, null);
        try {
            stage.whenComplete(promise::endAs);
        } catch (Throwable e) { // of a class of others: no drain may wait for it
            promise.failAs(e);
        }
        return promise;
    }
}
