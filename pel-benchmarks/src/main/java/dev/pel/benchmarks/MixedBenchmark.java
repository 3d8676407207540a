package dev.pel.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nine operations out of ten sleep for a millisecond, one computes for two, and calls come at random times, whether or not
 * the earlier ones are done. Full load is what all cores but one, which the bodies need, can compute.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class MixedBenchmark {
    private static final long COMPUTE_NANOS = 2_000_000;
    private static final double COMPUTING = 0.1;
    private static final double LOAD = 0.7;

    /** Who runs the calls; {@code jdkTwoPools} is one that was told how large its second pool must be. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor", "virtual", "jdkTwoPools"})
    public String peer;

    /** For how many milliseconds calls come. */
    @Param("4000")
    public int millis;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;
    private Burn burn;

    /** Starts the peer. */
    @Setup
    public void open() {
        burn = Burn.of(COMPUTE_NANOS);
        opened = Peers.open(peer, new Load(64, 10_000));
    }

    /**
     * The calls, from another thread than the peer's.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void mixed(Figures figures) throws InterruptedException {
        int computers = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        double perSecond = LOAD * computers * 1e9 / COMPUTE_NANOS / COMPUTING;
        int calls = (int) (perSecond * millis / 1e3);
        SplittableRandom random = new SplittableRandom(42);
        Tally tally = new Tally(calls);
        long due = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            // exponential distances: arrivals that know nothing of each other
            due += (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            if (random.nextDouble() < COMPUTING) {
                opened.compute(new Lagging(tally, burn));
            } else {
                opened.next(new Lagging(tally, MixedBenchmark::sleep));
            }
        }
        tally.gate.await(patience);
        Arrays.sort(tally.lags);
        figures.lagP50Micros = tally.lags[calls / 2] / 1e3;
        figures.lagP99Micros = tally.lags[(int) (calls * 0.99)] / 1e3;
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("An operation was interrupted", e);
        }
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** Confined to the peer's one thread. */
    private static final class Tally {
        private final Gate gate = new Gate();
        private final long[] lags;
        private int delivered;

        Tally(int calls) {
            this.lags = new long[calls];
        }

        void add(long lag) {
            if (delivered == lags.length) {
                gate.fail("More was delivered than was called for");
                return;
            }
            lags[delivered] = lag;
            delivered++;
            if (delivered == lags.length) {
                gate.open();
            }
        }
    }

    /** A call that knows for how long its body had to wait. */
    private static final class Lagging extends Job {
        private final Tally tally;
        private final Runnable work;
        private long endedAt;

        Lagging(Tally tally, Runnable work) {
            this.tally = tally;
            this.work = work;
        }

        @Override
        public Integer call() {
            work.run();
            endedAt = System.nanoTime();
            return 1;
        }

        @Override
        public void accept(Integer value) {
            tally.add(System.nanoTime() - endedAt);
        }
    }

    /** What is measured instead of time. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Figures {
        /** Median time between the end of an operation and the start of its body, in microseconds. */
        public double lagP50Micros;

        /** The time that 99 of 100 bodies stay under. */
        public double lagP99Micros;
    }
}
