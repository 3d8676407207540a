package dev.pel.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
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

/** Calls of many keys from one outside thread, those of a key in turn. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class KeyBenchmark {
    /** As many as may wait for one key of pel's, so that none is refused even where they all have the same. */
    private static final int IN_FLIGHT = 1_000;

    private static final int CALLS = 1_000_000;

    /** Who runs the calls. */
    @Param({"pel", "pelCore", "striped", "stripedLean"})
    public String peer;

    /** Whether the keys come in turn, or one of them, and those next to it, far more often than others. */
    @Param({"inTurn", "skewed"})
    public String order;

    /** How many threads run operations. */
    @Param("4")
    public int threads;

    /** How many keys there are. */
    @Param("10000")
    public int keys;

    /** How many calls are made. */
    @Param("" + CALLS)
    public int calls;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private KeyedPeer opened;
    private KeyedCalls keyed;

    /** Starts the peer, and makes the calls. */
    @Setup
    public void open() {
        opened = KeyedPeer.open(peer, new Load(threads, IN_FLIGHT));
        keyed = new KeyedCalls(opened, IN_FLIGHT, keys, calls, order());
    }

    /** A key has the cube of a random number below one: the first of ten thousand keys has one of twenty-two calls. */
    private IntUnaryOperator order() {
        if (order.equals("inTurn")) {
            return call -> call % keys;
        }
        SplittableRandom random = new SplittableRandom(42);
        return call -> (int) (keys * Math.pow(random.nextDouble(), 3));
    }

    /**
     * All calls, until the last body has run.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void keyed() throws InterruptedException {
        keyed.run(patience);
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }
}
