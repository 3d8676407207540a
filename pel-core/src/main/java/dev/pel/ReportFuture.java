package dev.pel;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The report of a stop that is to come, or what follows it. Waiting for it on a thread that must end first is refused.
 *
 * @param <T> what it is completed with
 */
final class ReportFuture<T> extends CompletableFuture<T> {
    private final Guard guard;

    /**
     * What tells who may wait.
     *
     * @param machine waits
     * @param loop the name of the loop
     * @param isOwnThread whether the stop waits for the current thread
     */
    record Guard(Machine machine, String loop, BooleanSupplier isOwnThread) {}

    ReportFuture(Guard guard) {
        this.guard = guard;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new ReportFuture<>(guard);
    }

    @Override
    public T join() {
        if (mustWait()) {
            guard.machine.await(this, false, 0);
        }
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (mustWait()) {
            guard.machine.await(this, true, 0);
        }
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout);
        long left = mustWait() && nanos > 0 ? guard.machine.await(this, true, nanos) : nanos;
        return super.get(left, TimeUnit.NANOSECONDS);
    }

    private boolean mustWait() {
        boolean done = isDone();
        if (!done && guard.isOwnThread.getAsBoolean()) {
            throw new WaitOnLoopThreadException(
                    ("The stop of loop '%s' waits for this very thread, so this thread cannot wait for the stop. Attach what"
                                    + " comes next: loop.stop(deadline).thenAccept(report -> …).")
                            .formatted(guard.loop));
        }
        return !done;
    }
}
