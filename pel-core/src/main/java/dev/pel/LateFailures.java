package dev.pel;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Failures that nobody has dealt with so far, of a run that has no active thread any more. They go to the same handler and
 * listeners as others, as a late action: on the active thread of the next run, or else on a completion thread, one at a time.
 *
 * <p>After the stop they first wait for the same grace, which the watchdog measures; while the stop is under way they are told at once.
 */
final class LateFailures {
    private final RunServices run;
    private final Failures failures;
    private final long grace;
    private final Queue<FailedFuture> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** Whether the watchdog will look at the first of them. */
    private final AtomicBoolean armed = new AtomicBoolean();

    LateFailures(RunServices run, Failures failures, long grace) {
        this.run = run;
        this.failures = failures;
        this.grace = grace;
    }

    /** Takes a failure that happened where the active thread is gone. From any thread. */
    void add(FailedFuture failed) {
        if (grace == 0 || run.state() != LoopState.STOPPED || !failed.isFromOutside()) {
            tell(failed);
            return;
        }
        failed.waitUntil(run.machine.nanoTime() + grace);
        waiting.add(failed);
        if (count.incrementAndGet() > Failures.MOST_WAITING) {
            tellFirst(); // a flood is reported earlier
        }
        arm();
    }

    /** Tells it at once. From any thread. */
    void tell(FailedFuture failed) {
        if (failed.isObserved()) {
            return;
        }
        try {
            run.runLate(() -> failures.reportUnlessObserved(failed));
        } catch (VirtualMachineError | LinkageError e) {
            run.retries.keep(failed, e);
        }
    }

    private void tellFirst() {
        FailedFuture first = waiting.poll();
        if (first != null) {
            count.decrementAndGet();
            tell(first);
        }
    }

    private void arm() {
        FailedFuture first = waiting.peek();
        if (first == null || !armed.compareAndSet(false, true)) {
            return;
        }
        boolean isArmed = false;
        try {
            long wait = Math.max(0, first.until() - run.machine.nanoTime());
            run.deadlines.arm(Duration.ofNanos(wait), this::tellDue, null);
            isArmed = true;
        } finally {
            if (!isArmed) {
                armed.set(false); // no memory is left: the next failure tries again
            }
        }
    }

    /** On the watchdog. */
    private void tellDue() {
        // a concurrent thread adds one and then looks at the mark: either it arms, or that one is seen below
        armed.set(false);
        @Nullable FailedFuture first = waiting.peek();
        while (first != null && first.until() - run.machine.nanoTime() <= 0) {
            tellFirst();
            first = waiting.peek();
        }
        arm();
    }
}
