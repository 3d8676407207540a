package dev.pel.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One call at a time, in a pool of 64 threads. */
@State(Scope.Benchmark)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class OneCallBenchmark {
    private static final int CALLS = 2_000;
    private static final long PAUSE_NANOS = 1_000_000;

    /** Who runs the calls; {@code handOffs} is the least it can cost. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor", "virtual", "handOffs"})
    public String peer;

    /** How many calls a millisecond apart are one measurement. */
    @Param("1000")
    public int paced;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;

    /**
     * Starts the peer, and has its code compiled: a thousand calls a second would take long for it.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Setup
    public void open() throws InterruptedException {
        opened = Peers.open(peer, new Load(64, 1));
        new Chains(opened, 1, 20 * paced).run(patience);
    }

    /**
     * Back to back: each body starts the next call.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    @OperationsPerInvocation(CALLS)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 3, time = 1)
    public void backToBack() throws InterruptedException {
        new Chains(opened, 1, CALLS).run(patience);
    }

    /**
     * A call every millisecond, all threads asleep between, from the submission to the body.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 1)
    @Measurement(iterations = 3)
    public void everyMillisecond(Figures figures) throws InterruptedException {
        Stamp[] stamps = new Stamp[paced];
        CountDownLatch left = new CountDownLatch(paced);
        long cpu = cpuNanos();
        for (int i = 0; i < paced; i++) {
            stamps[i] = new Stamp(left);
            opened.next(stamps[i]);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (!left.await(patience, TimeUnit.SECONDS)) {
            throw new IllegalStateException("%d bodies did not run".formatted(left.getCount()));
        }
        figures.cpuMicros = (cpuNanos() - cpu) / 1e3 / paced;
        figures.latencyMicros = median(stamps) / 1e3;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long median(Stamp[] stamps) {
        long[] took = Arrays.stream(stamps).mapToLong(Stamp::nanos).sorted().toArray();
        return took[took.length / 2];
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** What is measured beside the time of the whole. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Figures {
        /** Median time of a call, in microseconds. */
        public double latencyMicros;

        /** Processor time of the whole process per call, in microseconds. */
        public double cpuMicros;
    }
}
