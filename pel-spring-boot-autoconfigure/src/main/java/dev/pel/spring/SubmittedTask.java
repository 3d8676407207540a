package dev.pel.spring;

import dev.pel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task that was submitted to a view of a lane: to wait for it on the active thread throws, as all that waits there does.
 *
 * @param <T> what the task returns
 */
final class SubmittedTask<T extends @Nullable Object> extends FutureTask<T> {
    private final EventLoop loop;

    /**
     * A task that has not begun.
     *
     * @param loop whose active thread must not wait for it
     * @param task what runs
     */
    SubmittedTask(EventLoop loop, Callable<T> task) {
        super(task);
        this.loop = loop;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseOnActiveThread();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (timeout > 0) {
            refuseOnActiveThread();
        }
        return super.get(timeout, unit);
    }

    private void refuseOnActiveThread() {
        if (!isDone() && loop.onActiveThread()) {
            throw new IllegalStateException(
                    "Future.get of a submitted task would wait on the active thread, which runs all bodies: call it in an operation, or submit the task by enqueue, and attach what comes next to its handle");
        }
    }
}
