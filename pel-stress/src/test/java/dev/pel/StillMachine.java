package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A machine on which nothing happens by itself: the clock moves on only where somebody would sleep, no thread starts, nobody sleeps. The threads of a race
 * play those of the loop: whoever makes a worker is its thread. So a race has no more threads than it needs, and what they run
 * is the engine that ships.
 */
class StillMachine implements Machine {
    private static final EventLoopOptions OPTIONS =
            EventLoopOptions.defaults().withPassive(lane -> lane.withThreads(1)).withWork(lane -> lane.withThreads(1));

    /** The body of a completion thread. */
    private volatile @Nullable Runnable completions;

    private final AtomicLong clock = new AtomicLong();

    /** A run of a loop that accepts calls, and has no threads. */
    static LoopRun running() {
        return running(new StillMachine());
    }

    static LoopRun running(Machine machine) {
        return new LoopRun(OPTIONS, machine, LoopState.RUNNING);
    }

    /** The current thread as a worker of the lane. */
    static Worker worker(LoopRun run, Lane lane) {
        int id = run.workers.nextId();
        Worker worker = new Worker(run.pool(lane), run, run.workers, id, id);
        run.workers.starts(worker);
        return worker;
    }

    /** Forces a stop and makes its steps, as the watch does. */
    static void stop(LoopRun run) {
        run.stop(Duration.ZERO, true);
        Shutdown steps = run.stopping();
        while (steps != null && steps.step() >= 0) {
            run.machine.giveWay();
        }
    }

    /** How the handle has ended, how often its code has run, and whether the books of all lanes are closed. */
    static String verdict(LoopRun run, @Nullable LoopFuture<?> handle, int ran) {
        Outcome outcome = handle == null ? null : handle.outcome();
        return outcome + ", ran " + ran + (run.drainCheck().allEnded() ? "" : ", books open");
    }

    @Override
    public long nanoTime() {
        return clock.get();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    /** Runs what the loop has left to its completion thread, which is never started here. */
    static void runCompletions(LoopRun run) {
        Runnable completions = ((StillMachine) run.machine).completions;
        if (completions != null) {
            completions.run();
        }
    }

    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        if (name.endsWith("-completion")) {
            completions = body;
        }
        return Thread.currentThread();
    }

    @Override
    public void start(Thread thread) {}

    @Override
    public void park(Object blocker, long nanos) {
        clock.addAndGet(nanos);
    }

    @Override
    public void unpark(@Nullable Thread thread) {}

    @Override
    public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        return nanos;
    }

    @Override
    public void spin() {
        Thread.onSpinWait();
    }

    @Override
    public int processors() {
        return 2;
    }

    @Override
    public void giveWay() {
        Thread.yield();
    }
}
