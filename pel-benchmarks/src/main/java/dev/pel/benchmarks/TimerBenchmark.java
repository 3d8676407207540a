package dev.pel.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Timers, made on the loop. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@SuppressWarnings("NullAway.Init")
public class TimerBenchmark {
    private static final long FAR_MILLIS = 30_000;
    private static final int WINDOW_MILLIS = 100;
    private static final int WARMING_RUNS = 5;

    /** Who has the timers. */
    @Param({"pel", "jdk", "spring", "vertx", "reactor"})
    public String peer;

    /** How many timers are pending at once. */
    @Param({"1000", "100000", "1000000"})
    public int pending;

    /** How many timers fire at once before anything is measured. */
    @Param("100000")
    public int warming;

    /** After how many seconds a timer that has not fired counts as lost. */
    @Param("60")
    public int patience;

    private TimerPeer<?> opened;

    /**
     * Starts the peer, and has its code compiled: a thousand timers at a time would take long for it.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Setup
    public void open() throws InterruptedException {
        opened = TimerPeer.open(peer);
        for (int i = 0; i < WARMING_RUNS; i++) {
            fire(warming);
        }
    }

    /**
     * Timers half a minute away: all made, then all cancelled, the oldest first, as timeouts are of calls that are answered.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @Warmup(iterations = 5)
    @Measurement(iterations = 5)
    public void createAndCancel() throws InterruptedException {
        createAndCancel(opened);
    }

    private <T> void createAndCancel(TimerPeer<T> timers) throws InterruptedException {
        Gate gate = new Gate();
        timers.post(() -> {
            List<T> made = new ArrayList<>(pending);
            for (int i = 0; i < pending; i++) {
                made.add(timers.after(FAR_MILLIS, () -> gate.fail("A cancelled timer fired")));
            }
            made.forEach(timers::cancel);
            timers.post(gate::open);
        });
        gate.await(patience);
    }

    /**
     * Timers of random dates. Time counts while they are made and while they fire, not while the first one is awaited: the
     * thread makes all of them before it fires any, and fires only when the last is due.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @Warmup(iterations = 2)
    @Measurement(iterations = 7)
    public void fireAll(Figures figures) throws InterruptedException {
        figures.nanosPerTimer = (double) fire(pending) / pending;
    }

    private long fire(int timers) throws InterruptedException {
        Firing firing = new Firing(timers);
        opened.post(() -> firing.make(opened));
        firing.gate.await(patience);
        return firing.nanos;
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** Confined to the peer's one thread. */
    private static final class Firing {
        private final Gate gate = new Gate();
        private int unfired;
        private long resumedAt;
        private long nanos;

        Firing(int pending) {
            this.unfired = pending;
        }

        void make(TimerPeer<?> timers) {
            SplittableRandom random = new SplittableRandom(42);
            long begun = System.nanoTime();
            int count = unfired;
            for (int i = 0; i < count; i++) {
                timers.after(1 + random.nextInt(WINDOW_MILLIS), this::fired);
            }
            long made = System.nanoTime();
            nanos = made - begun;
            while (System.nanoTime() - made < TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS + 1)) {
                Thread.onSpinWait();
            }
            resumedAt = System.nanoTime();
        }

        private void fired() {
            unfired--;
            if (unfired == 0) {
                nanos += System.nanoTime() - resumedAt;
                gate.open();
            } else if (unfired < 0) {
                gate.fail("A timer fired twice");
            }
        }
    }

    /** What is measured beside the time of the whole. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Figures {
        /** Making and firing, in nanoseconds per timer. */
        public double nanosPerTimer;
    }
}
