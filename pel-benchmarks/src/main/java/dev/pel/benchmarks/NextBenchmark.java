package dev.pel.benchmarks;

import java.util.concurrent.TimeUnit;
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

/** Round trips of a trivial operation, 256 chains in flight, started from the one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class NextBenchmark {
    private static final int CHAINS = 256;
    private static final int CALLS = 25_600;

    /** Who runs the calls. */
    @Param({
        "pel",
        "pelCore",
        "pelBare",
        "pelMeters",
        "pelContext",
        "jdk",
        "jdkLean",
        "spring",
        "vertx",
        "reactor",
        "virtual",
        "nextMethod",
        "asyncMethod"
    })
    public String peer;

    /** How many threads run operations. */
    @Param({"64", "4"})
    public int threads;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(threads, CHAINS));
    }

    /**
     * The round trips.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void chains() throws InterruptedException {
        new Chains(opened, CHAINS, CALLS).run(patience);
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }
}
