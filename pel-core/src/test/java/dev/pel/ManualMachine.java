package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * A machine on which nothing happens by itself: no thread starts, and time passes only where somebody sleeps. The thread of the test
 * is every thread of the loop; while it sleeps for ever, it does what comes next in the test.
 */
final class ManualMachine implements Machine {
    /** How long the thread wanted to sleep, in nanoseconds; 0 for ever. */
    final List<Long> sleeps = new ArrayList<>();

    /** What happens while it sleeps until it is woken, one after the other. */
    final Queue<Runnable> onLongSleep = new ArrayDeque<>();

    /** What happens as soon as it sleeps for some time, which passes unless somebody is woken. */
    final Queue<Runnable> onShortSleep = new ArrayDeque<>();

    /** The bodies of threads that were started. */
    final List<Runnable> started = new ArrayList<>();

    private LoopRun loop;
    private boolean stuck;
    private Runnable madeLast;

    /** Nanoseconds; neither 0, which some take for none, nor near the overflow. */
    long clock = 1_000_000_000;

    boolean hasNoThreads;

    private int looks;

    /** How often somebody has looked at the clock. */
    int looked;

    private Runnable onLook = () -> {};

    /** What happens when somebody is woken. */
    Runnable onWakeUp = () -> {};

    /** What each thread waits for. */
    Object blocker;

    boolean hasUnseenWaits;

    int wakeUps;
    int spins;
    int gaveWay;
    int processors = 2;

    /** In nanoseconds. */
    long costOfGivingWay;

    /** A run of a loop with this machine, which accepts calls and has no threads. */
    LoopRun running() {
        return running(EventLoopOptions.defaults());
    }

    LoopRun running(EventLoopOptions options) {
        loop = new LoopRun(options, this, LoopState.RUNNING);
        return loop;
    }

    LoopRun loop() {
        return loop;
    }

    /** Whether a thread would have slept for ever: then the loop was stopped, so that the test ends and can fail. */
    boolean isStuck() {
        return stuck;
    }

    private void nobodyWillWakeIt() {
        stuck = true;
        loop.stop(Duration.ZERO, true);
        loop.state.change(LoopState.RUNNING, LoopState.STOPPING);
        loop.state.change(LoopState.DRAINING, LoopState.STOPPING);
        loop.state.reach(StopPhase.SWEPT);
        loop.pools().forEach(PoolLane::wakeAll);
    }

    /** Lets something happen when somebody looks at the clock for the nth time from now on. */
    void onLook(int look, Runnable action) {
        looks = look;
        onLook = action;
    }

    @Override
    public long nanoTime() {
        looked++;
        if (--looks == 0) {
            onLook.run();
        }
        return clock;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        madeLast = body;
        return Thread.currentThread();
    }

    @Override
    public void start(Thread thread) {
        if (hasNoThreads) {
            throw new OutOfMemoryError("no more threads");
        }
        started.add(madeLast);
    }

    @Override
    public void park(Object blocker, long nanos) {
        sleeps.add(nanos);
        int before = wakeUps;
        Runnable next = (nanos == 0 ? onLongSleep : onShortSleep).poll();
        if (next != null) {
            next.run();
        } else if (nanos == 0) {
            nobodyWillWakeIt();
        }
        if (wakeUps == before) {
            clock += nanos;
        }
    }

    @Override
    public void unpark(Thread thread) {
        wakeUps++;
        onWakeUp.run();
    }

    @Override
    public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        throw new UnsupportedOperationException("Nobody else would end it");
    }

    @Override
    public boolean hasUnseenWaits() {
        return hasUnseenWaits;
    }

    @Override
    public Object blocker(Thread thread) {
        return blocker;
    }

    @Override
    public void spin() {
        spins++;
    }

    @Override
    public int processors() {
        return processors;
    }

    @Override
    public void giveWay() {
        gaveWay++;
        clock += costOfGivingWay;
    }
}
