package dev.pel;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a pool's thread, inside an operation, for a future of its own loop. The thread runs operations that the future waits
 * for and that have not started: those that are there when the wait begins, and those that functions of {@code thenCompose} submit
 * while it lasts. So the wait ends also when every other thread waits as well. Every future is visited once.
 *
 * <p>A wait with a limit of time leaves operations to other threads, because it could not give up while it runs one, and that one may wait
 * for what this code does afterwards. It runs them only when it gets no spare thread and no other thread sleeps or looks for work: nobody
 * else could run them.
 */
final class HelpingWait implements OngoingWait, Consumer<LoopFuture<?>> {
    private final LoopFuture<?> future;
    private final Worker worker;
    private final String method;
    private final RunServices run;

    /** Whether it ends after some time, whatever becomes of the future. */
    private final boolean isLimited;

    /** Finds and runs what the future waits for. */
    private final Helping helping;

    /** What has come from there, put in by the active thread. */
    private final Queue<LoopFuture<?>> arrived = new ConcurrentLinkedQueue<>();

    /** Ends the sleep when something has arrived. */
    private volatile CompletableFuture<?> signal = new CompletableFuture<>();

    /** Whether the lane has got a spare thread for the time of the wait. */
    private boolean hasSpare;

    HelpingWait(LoopFuture<?> future, Worker worker, String method, boolean isLimited) {
        this.method = method;
        this.isLimited = isLimited;
        this.future = future;
        this.worker = worker;
        this.run = future.run;
        this.helping = new Helping(future, worker, isLimited, this);
    }

    /**
     * Helps first and, if the future is still open then, prepares the wait by starting a spare thread, if the lane may have another one. A
     * wait with a limit starts that thread first, and helps only when it gets none.
     *
     * @return the wait, to be closed; null when the future has ended
     * @throws WaitOnLoopThreadException when this thread can neither help nor have a spare one, or when the future waits for the operation
     *     that is to wait for it
     */
    static @Nullable HelpingWait begin(LoopFuture<?> future, Worker worker, String method, boolean isLimited) {
        worker.searcher().stopKeeping();
        HelpingWait wait = new HelpingWait(future, worker, method, isLimited);
        boolean begun = false;
        try {
            if (isLimited) {
                wait.hasSpare = worker.lane().addSpare();
            }
            if (!wait.hasSpare) {
                wait.helping.help();
            }
            if (future.isDone()) {
                return null;
            }
            if (!isLimited) {
                wait.hasSpare = worker.lane().addSpare();
            }
            wait.refuseToHang();
            wait.waits();
            begun = true;
            return wait;
        } finally {
            if (!begun) {
                wait.close();
            }
        }
    }

    /** From here on the thread waits. A wait without a limit that would close a ring is refused: it would never end. */
    private void waits() {
        worker.isWaiting(true);
        if (isLimited) {
            return;
        }
        worker.waitsFor(future);
        List<Call<?>> ring = WaitRing.closedBy(worker, future);
        if (!ring.isEmpty()) {
            throw WaitRefusals.ring(method, ring);
        }
    }

    private void refuseToHang() {
        boolean leavesWork = helping.leavesHeldCalls() || (helping.leavesWork() && !worker.mayNest());
        if (!hasSpare && leavesWork && !run.isOver()) {
            throw WaitRefusals.noThreadLeft(
                    method, worker.thread().getName(), worker.lane().lane(), run.name());
        }
    }

    /** Called by the active thread when a function of {@code thenCompose} has returned this future. */
    @Override
    public void accept(LoopFuture<?> next) {
        arrived.add(next);
        signal.complete(null);
    }

    // ------------------------------------------------------------------ waiting

    /** Waits until the future has ended, or until nothing can arrive any more that this thread could help with. */
    @Override
    public void await() {
        while (mayHelpLater()) {
            CompletableFuture<?> either = futureOrSignal();
            run.machine.await(either, false, 0);
            either.join();
            helpMore();
        }
    }

    /**
     * The same, ended by an interrupt as well.
     *
     * @param nanos at most that long, unless the helping takes longer; 0 for as long as it takes
     * @return how much of the time is left; not more than 0 when it is over
     */
    @Override
    public long await(long nanos) throws InterruptedException {
        long until = nanos == 0 ? 0 : run.machine.nanoTime() + nanos;
        long left = nanos;
        while (mayHelpLater() && (nanos == 0 || left > 0)) {
            CompletableFuture<?> either = futureOrSignal();
            long unwaited = run.machine.await(either, true, left);
            try {
                if (nanos == 0) {
                    either.get();
                } else {
                    either.get(unwaited, TimeUnit.NANOSECONDS);
                }
            } catch (TimeoutException e) {
                return 0;
            } catch (ExecutionException e) {
                throw new AssertionError("This future never fails", e);
            }
            helpMore();
            left = nanos == 0 ? 0 : until - run.machine.nanoTime();
        }
        return left;
    }

    private boolean mayHelpLater() {
        return helping.hasOpenEnds() && worker.mayNest() && !future.isDone();
    }

    /**
     * Ends with the future, or as soon as something has arrived. The concurrent one is the active thread, which adds what arrives and
     * then completes the signal that it sees. Here the new signal is set before the look at what has arrived: either the
     * look finds it, or the active thread sees the new signal. The sleep itself is the JDK's wait for a future, which loses nothing.
     */
    private CompletableFuture<?> futureOrSignal() {
        CompletableFuture<?> fresh = new CompletableFuture<>();
        signal = fresh;
        if (!arrived.isEmpty()) {
            fresh.complete(null);
        }
        return CompletableFuture.anyOf(future, fresh).handle((value, error) -> null);
    }

    private void helpMore() {
        worker.waitsFor(null);
        worker.isWaiting(false);
        signal.complete(null); // the future lets go of what waits for either
        LoopFuture<?> next = arrived.poll();
        while (next != null) {
            helping.later(next);
            next = arrived.poll();
        }
        helping.help();
        if (!future.isDone()) {
            waits();
        }
    }

    /** The wait is over. */
    @Override
    public void close() {
        worker.waitsFor(null);
        worker.isWaiting(false);
        signal.complete(null);
        helping.forget();
        if (hasSpare) {
            worker.lane().endSpare();
        }
    }
}
