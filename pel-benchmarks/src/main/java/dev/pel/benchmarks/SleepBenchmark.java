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

/** Operations that only wait, as those do that ask a database or another service. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@SuppressWarnings("NullAway.Init")
public class SleepBenchmark {

    /** Who runs the calls. */
    @Param({"pel", "jdk", "jdkLean", "spring", "vertx", "reactor", "virtual"})
    public String peer;

    /** How many operations run at once. */
    @Param("64")
    public int threads;

    /** How many calls. */
    @Param("640")
    public int calls;

    /** How long each operation sleeps. */
    @Param("20")
    public int millis;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;
    private Crowd crowd;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(threads, calls));
    }

    /**
     * All the calls at once, until the last body has run.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void sleeps() throws InterruptedException {
        crowd = new Crowd(calls, this::sleep);
        crowd.run(opened, patience);
    }

    private void sleep() {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("An operation was interrupted", e);
        }
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
