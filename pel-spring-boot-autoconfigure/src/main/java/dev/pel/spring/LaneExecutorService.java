package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * A view of a lane that has a life of its own: it can be shut down, which ends the view, its own tasks, and never the lane. A stop of the loop
 * cancels the tasks that it cuts off, and the view goes on when the loop starts again.
 *
 * <p>The methods that wait throw on the active thread, which must not wait for the lanes.
 *
 * <p>The interrupt of a task reaches what its thread runs right then, which inside a join of the task may be another call. A handle of the loop
 * would tell them apart, but to hear of its end costs each task an entry of the active lane.
 */
final class LaneExecutorService extends AbstractExecutorService implements AsyncTaskExecutor {
    private final EventLoop loop;
    private final Lane lane;

    /** Those that were accepted and have not returned. */
    private final Set<LaneCommand> open = ConcurrentHashMap.newKeySet();

    private final CountDownLatch terminated = new CountDownLatch(1);
    private volatile boolean shutdown;

    LaneExecutorService(EventLoop loop, Lane lane) {
        this.loop = loop;
        this.lane = lane;
    }

    // ------------------------------------------------------------------ tasks

    @Override
    public void execute(Runnable command) {
        LaneCommand tracked = new LaneCommand(Objects.requireNonNull(command, "command"), this::gone);
        open.add(tracked); // first: a concurrent shutdown sees it, or is seen here
        boolean accepted = false;
        try {
            if (shutdown) {
                throw new RejectedExecutionException(this + " has been shut down");
            }
            loop.executor(lane).execute(tracked);
            accepted = true;
        } finally {
            if (!accepted) {
                gone(tracked);
            }
        }
    }

    private void gone(LaneCommand command) {
        open.remove(command);
        tellIfTerminated();
    }

    @Override
    protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new SubmittedTask<>(loop, task);
    }

    @Override
    protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return new SubmittedTask<>(loop, Executors.callable(task, value));
    }

    @Override
    public Future<?> submit(Runnable task) {
        return super.submit(task);
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
        return super.submit(task);
    }

    @Override
    public CompletableFuture<@Nullable Void> submitCompletable(Runnable task) {
        return submitCompletable(() -> {
            task.run();
            return null;
        });
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> submitCompletable(Callable<T> task) {
        CompletableCommand<T> command = new CompletableCommand<>(task);
        execute(command);
        return command.result();
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
            throws InterruptedException {
        refuseOnActiveThread("invokeAll");
        return super.invokeAll(tasks);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) throws InterruptedException {
        refuseOnActiveThread("invokeAll");
        return super.invokeAll(tasks, timeout, unit);
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        refuseOnActiveThread("invokeAny");
        return super.invokeAny(tasks);
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        refuseOnActiveThread("invokeAny");
        return super.invokeAny(tasks, timeout, unit);
    }

    // ------------------------------------------------------------------ the end of the view

    @Override
    public void shutdown() {
        shutdown = true;
        tellIfTerminated();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> notBegun = new ArrayList<>();
        for (LaneCommand command : open) {
            Runnable takenOut = command.takeOut();
            if (takenOut == null) {
                command.interrupt();
            } else {
                notBegun.add(takenOut);
            }
        }
        tellIfTerminated();
        return notBegun;
    }

    private void tellIfTerminated() {
        if (shutdown && open.isEmpty()) {
            terminated.countDown();
        }
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (!isTerminated() && timeout > 0) {
            refuseOnActiveThread("awaitTermination");
        }
        return terminated.await(timeout, unit);
    }

    private void refuseOnActiveThread(String method) {
        if (loop.onActiveThread()) {
            throw new IllegalStateException(
                    "%s.%s would wait on the active thread, which runs all bodies: call it in an operation, or submit the tasks and attach what comes next to handles of the loop"
                            .formatted(this, method));
        }
    }

    @Override
    public String toString() {
        return "executor service of the %s lane of loop '%s'"
                .formatted(lane, loop.options().name());
    }
}
