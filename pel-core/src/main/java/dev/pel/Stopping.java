package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stop under way: first the drain, until nothing is left or the deadline has passed; then the end of all that is left, and
 * the wait for the threads. Its steps are made by the watch.
 */
final class Stopping {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /** How often the watch looks again for a submitter between its place and the queue; nobody tells when it gets there. */
    private static final long SOON = 1_000_000;

    private final Generation generation;
    private final long requestedAt;
    private final long drainedBefore;
    private final AtomicLong deadline;
    private final LongAdder neverStarted = new LongAdder();
    private final LongAdder cutOff = new LongAdder();
    private final CompletableFuture<StopReport> report;
    private volatile boolean forced;

    /** When the wait for interrupted threads is over. Confined to the watch, as all that follows. */
    private long patience;

    private boolean gaveUp;
    private List<StopReport.StuckThread> stuck = List.of();

    Stopping(Generation generation, Duration deadline) {
        this.generation = generation;
        this.requestedAt = generation.machine.nanoTime();
        this.drainedBefore = generation.drained();
        this.deadline = new AtomicLong(requestedAt + Machine.nanos(deadline));
        this.report = new GuardedFuture<>(generation);
    }

    /** Somebody else wants the stop too: the earliest deadline counts. */
    void hurry(Duration other, boolean force) {
        long wanted = generation.machine.nanoTime() + (force ? 0 : Machine.nanos(other));
        deadline.getAndUpdate(known -> wanted - known < 0 ? wanted : known);
        if (force) {
            forced = true;
        }
    }

    long deadline() {
        return deadline.get();
    }

    CompletableFuture<StopReport> report() {
        return report.copy();
    }

    void count(boolean wasRunning) {
        (wasRunning ? cutOff : neverStarted).increment();
    }

    /** One step; says how long the next may wait, or less than 0 when the stop is done. */
    long step() {
        if (!generation.isOver()) {
            long left = deadline.get() - generation.machine.nanoTime();
            if (left > 0 && !forced && !isDrained()) {
                return left;
            }
            cutOff();
        }
        return await();
    }

    /**
     * Whether nothing is left to do. Only a busy thread can make new work, and it books that before it becomes idle: so if
     * nothing was booked between the first look and the last, nothing was anywhere.
     */
    private boolean isDrained() {
        long before = generation.accepted();
        for (PoolLane pool : generation.pools()) {
            if (!pool.isEmpty()) {
                return false;
            }
        }
        for (PoolLane pool : generation.pools()) {
            if (!pool.allIdle()) {
                return false;
            }
        }
        ActiveLane active = generation.active;
        return active.isIdle() && active.timers().isEmpty() && generation.accepted() == before;
    }

    private void cutOff() {
        if (!generation.changeState(LoopState.DRAINING, LoopState.STOPPING)) {
            generation.changeState(LoopState.RUNNING, LoopState.STOPPING);
        }
        patience = generation.machine.nanoTime() + Machine.nanos(generation.options.interruptGrace());
        for (PoolLane pool : generation.pools()) {
            pool.stopRunning();
        }
        generation.active.stopRunning();
        for (PoolLane pool : generation.pools()) {
            pool.wakeAll();
        }
    }

    private long await() {
        if (!generation.isSwept()) {
            boolean swept = true;
            for (PoolLane pool : generation.pools()) {
                swept &= pool.stopWaiting();
                pool.stopRunning(); // what had been taken from the queue, but not begun, when the first look came
            }
            if (!swept) {
                return SOON;
            }
            generation.swept();
        }
        generation.active.wake();
        if (generation.threads() == 0) {
            generation.active.abandon(); // what is left there when its thread could not even be started
            finish();
            return -1;
        }
        long left = patience - generation.machine.nanoTime();
        if (left > 0) {
            return left;
        }
        return giveUp() ? -1 : SOON;
    }

    /** The grace is over. Threads inside somebody's code are given up; the others are on their way out and are waited for. */
    private boolean giveUp() {
        if (!gaveUp && generation.active.current() != null) {
            gaveUp = generation.active.abandon();
        }
        List<StopReport.StuckThread> inside = generation.inUserCode();
        if (generation.threads() > inside.size()) {
            return false;
        }
        stuck = inside;
        finish();
        return true;
    }

    private void finish() {
        StopReport done = new StopReport(
                generation.name(),
                forced,
                Duration.ofNanos(Math.max(0, deadline.get() - requestedAt)),
                Duration.ofNanos(generation.machine.nanoTime() - requestedAt),
                generation.drained() - drainedBefore,
                neverStarted.sum(),
                Math.max(0, cutOff.sum() - stuck.size()),
                generation.active.timers().stats().stopped(),
                stuck);
        generation.changeState(LoopState.STOPPING, LoopState.STOPPED);
        if (done.isClean()) {
            log.info("{}", done);
        } else {
            log.warn("{}", done);
        }
        report.complete(done);
    }

    /** The report to come. Waiting for it on a thread that must end first is refused. */
    private static final class GuardedFuture<T> extends CompletableFuture<T> {
        private final Generation generation;

        GuardedFuture(Generation generation) {
            this.generation = generation;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new GuardedFuture<>(generation);
        }

        @Override
        public T join() {
            beforeWait();
            return super.join();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            beforeWait();
            return super.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            beforeWait();
            return super.get(timeout, unit);
        }

        private void beforeWait() {
            if (!isDone() && generation.isOwnThread()) {
                throw new WaitOnLoopThreadException(
                        ("The stop of loop '%s' waits for this very thread, so this thread cannot wait for the stop. Attach what"
                                        + " comes next: loop.stop(deadline).thenAccept(report -> …).")
                                .formatted(generation.name()));
            }
        }
    }
}
