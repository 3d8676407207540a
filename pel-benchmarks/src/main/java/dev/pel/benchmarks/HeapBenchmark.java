package dev.pel.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.CountDownLatch;
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

/** What a call that waits for a thread holds of the heap; its operation and body are one object, shared by all. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 1)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class HeapBenchmark {

    /** Who holds the calls. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor"})
    public String peer;

    /** How many calls wait. */
    @Param("1000000")
    public int calls;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("120")
    public int patience;

    private Peer opened;

    /** Starts the peer, with one thread, so that one operation can hold up all others. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(1, calls + 1));
    }

    /**
     * The heap after the calls against before.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void waiting(Figures figures) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Crowd first = new Crowd(1, () -> {
            held.countDown();
            await(released);
        });
        Crowd crowd = new Crowd(calls, () -> {});
        first.submit(opened);
        held.await();
        try {
            long before = usedBytes();
            crowd.submit(opened);
            figures.bytesPerCall = (double) (usedBytes() - before) / calls;
        } finally {
            released.countDown();
        }
        first.await(patience);
        crowd.await(patience);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long usedBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** What is measured instead of time. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Figures {
        /** Bytes of the heap per call that waits. */
        public double bytesPerCall;
    }
}
