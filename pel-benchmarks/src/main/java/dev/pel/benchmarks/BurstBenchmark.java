package dev.pel.benchmarks;

import java.util.concurrent.TimeUnit;
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

/** A burst of calls from one thread that does not belong to the peer, until the last body has run. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 15)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init")
public class BurstBenchmark {

    /** Who runs the calls. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor", "virtual"})
    public String peer;

    /** How many calls. Bounded peers get room for all of them, since the others have no bound. */
    @Param("300000")
    public int calls;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;
    private Crowd crowd;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(64, calls));
    }

    /**
     * One burst.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void burst() throws InterruptedException {
        crowd = new Crowd(calls, () -> {});
        crowd.run(opened, patience);
    }

    /**
     * Stops the peer.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @TearDown
    public void close() throws InterruptedException {
        try {
            crowd.check(opened, patience);
        } finally {
            opened.close();
        }
    }
}
