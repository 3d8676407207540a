package dev.pel;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The waits for futures of a loop that has not been started. Such a wait ends when another thread starts the loop, but never when the
 * waiting thread is the one that would: so a warning is logged after a second, once for each loop. The waiting thread itself does that,
 * because there is no watchdog yet.
 */
final class EarlyWaits {
    private static final Log log = new Log();

    /** How long a thread waits before it says so, in nanoseconds. */
    static final long PATIENCE = 1_000_000_000L;

    private static final String ADVICE =
            "Attach what comes next (handle.whenComplete(…)), or wait when the loop has been started. In Spring it starts with the"
                    + " context: do not wait in a constructor or @PostConstruct method, but in an ApplicationRunner or after the"
                    + " ApplicationReadyEvent.";

    private final RunServices run;
    private final AtomicBoolean told = new AtomicBoolean();

    EarlyWaits(RunServices run) {
        this.run = run;
    }

    /** As {@link Machine#await}, whose first second is waited for here. */
    long await(LoopFuture<?> future, boolean interruptible, long nanos) {
        long began = run.machine.nanoTime();
        awaitFirst(future, interruptible, nanos == 0 ? PATIENCE : Math.min(PATIENCE, nanos));
        long waited = run.machine.nanoTime() - began;
        if (waited >= PATIENCE && isEarly(future) && told.compareAndSet(false, true)) {
            log.warn(
                    "{}",
                    ("Thread '%s' has waited for a second for %s of loop '%s', which has not been started. No call runs before that; if"
                                    + " this thread is to start the loop, it waits for ever. %s")
                            .formatted(Thread.currentThread().getName(), future, run.name(), ADVICE));
        }
        long left = nanos - waited;
        if (nanos != 0 && left <= 0) {
            return 0;
        }
        return future.isDone() ? left : run.machine.await(future, interruptible, nanos == 0 ? 0 : left);
    }

    private boolean isEarly(LoopFuture<?> future) {
        return !future.isDone() && run.state() == LoopState.NEW;
    }

    /** Waits for the end of the future, for at most that long. Leaves the flag set when an interrupt has come. */
    private void awaitFirst(LoopFuture<?> future, boolean interruptible, long nanos) {
        long until = run.machine.nanoTime() + nanos;
        long left = nanos;
        boolean interrupted = false;
        while (left > 0 && !future.isDone() && !(interrupted && interruptible)) {
            try {
                future.awaitEnd(run.machine.await(future, interruptible, left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = until - run.machine.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to throw when a wait with a limit has ended by that. */
    TimeoutException timedOut(LoopFuture<?> future, TimeoutException error) {
        return isEarly(future)
                ? new TimeoutException("%s has not ended in time: loop '%s' has not been started. %s"
                        .formatted(future, run.name(), ADVICE))
                : error;
    }
}
