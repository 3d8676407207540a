package dev.pel.test;

import dev.pel.Machine;
import dev.pel.ThreadKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The engine's door: virtual time, and threads of which one runs. */
final class SimulatedMachine implements Machine {
    /** Virtual time begins here; the year 2000, so that nobody takes it for the real one. */
    private static final Instant BEGIN = Instant.parse("2000-01-01T00:00:00Z");

    private static final long SPIN = 1_000;

    private final Scheduler scheduler;
    private final SimulatedThreads threads;
    private final Faults faults;
    private final int processors;

    /** The monotonic clock begins anywhere, also where it soon overflows. */
    private final long origin;

    private final List<SimulatedThread> taken = new ArrayList<>();

    SimulatedMachine(Scheduler scheduler, SimulatedThreads threads, Faults faults, int processors) {
        this.scheduler = scheduler;
        this.threads = threads;
        this.faults = faults;
        this.processors = processors;
        this.origin = scheduler.random().nextBoolean()
                ? Long.MAX_VALUE - scheduler.random().nextLong(1_000_000_000L)
                : scheduler.random().nextLong();
    }

    @Override
    public long nanoTime() {
        scheduler.step();
        return origin + scheduler.now();
    }

    @Override
    public Instant now() {
        scheduler.step();
        return BEGIN.plusNanos(scheduler.now());
    }

    /** Whatever its kind: only one runs at a time, so that it makes no difference. */
    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        scheduler.step();
        return thread(name, Strand.Origin.LOOP, body);
    }

    Thread thread(String name, Strand.Origin origin, Runnable body) {
        SimulatedThread thread = threads.take();
        taken.add(thread);
        scheduler.strand(name, origin, thread, body);
        return thread;
    }

    @Override
    public void start(Thread thread) {
        scheduler.step();
        if (scheduler.happens(faults.threadStartFailures())) {
            throw new OutOfMemoryError("unable to create native thread: the simulation's fault");
        }
        go(thread);
    }

    void go(Thread thread) {
        Strand strand = thread instanceof SimulatedThread simulated ? simulated.strandOf(scheduler) : null;
        if (strand == null) {
            throw new IllegalArgumentException("'thread' must be one of this machine but was " + thread);
        }
        scheduler.start(strand);
    }

    @Override
    public void park(Object blocker, long nanos) {
        scheduler.park(blocker, nanos);
    }

    @Override
    public void unpark(@Nullable Thread thread) {
        if (thread != null) {
            scheduler.unpark(thread);
        }
    }

    @Override
    public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        scheduler.await(future, interruptible, nanos);
        return 0; // the time has passed, unless the future is done, or the interrupt is there
    }

    /** To spin takes time: else a thread that spins for a while would do so for ever. */
    @Override
    public void spin() {
        scheduler.takesTime(SPIN);
        scheduler.giveWay();
    }

    @Override
    public int processors() {
        return processors;
    }

    @Override
    public void giveWay() {
        scheduler.giveWay();
    }

    /** How many threads of this name were made. */
    long made(String name) {
        return taken.stream().filter(thread -> thread.getName().equals(name)).count();
    }

    /** Gives the threads back that have ended, or never started; the others are lost in somebody's code. */
    void giveBack() {
        for (SimulatedThread thread : taken) {
            Strand strand = thread.strandOf(scheduler);
            if (strand == null || strand.state == Strand.State.ENDED || strand.state == Strand.State.NEW) {
                threads.give(thread);
            }
        }
        taken.clear();
    }
}
