package dev.pel.spring;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A task whose result is a {@code CompletableFuture}. Unlike that of {@code supplyAsync} it ends also when the task is cut off, and to cancel it
 * interrupts the task.
 *
 * @param <T> what the task returns
 */
final class CompletableCommand<T extends @Nullable Object> extends FutureTask<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();

    CompletableCommand(Callable<T> task) {
        super(task);
    }

    /** The result, of which dependents run on the thread that has run the task. */
    @SuppressWarnings("FutureReturnValueIgnored") // told of its end, and no more
    CompletableFuture<T> result() {
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                cancel(true);
            }
        });
        return result;
    }

    @Override
    protected void done() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    result.complete(get());
                    return;
                } catch (InterruptedException e) {
                    interrupted = true; // it is the task's: the result is there, so that the next look succeeds
                }
            }
        } catch (CancellationException e) {
            result.cancel(false);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            result.completeExceptionally(cause == null ? e : cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
