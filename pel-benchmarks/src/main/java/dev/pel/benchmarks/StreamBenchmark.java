package dev.pel.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
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

/** A trivial call of each of many items, so many of them at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class StreamBenchmark {
    private static final int ITEMS = 100_000;

    /** Who runs the calls. */
    @Param({"pel", "pelCore", "pelReading", "semaphore", "reactor"})
    public String peer;

    /** How many items are under way at once, and how many threads run operations. */
    @Param("64")
    public int concurrency;

    /** How many items there are. */
    @Param("" + ITEMS)
    public int items;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private final LongAdder operations = new LongAdder();
    private List<Item> made;
    private StreamPeer opened;
    private int streams;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = StreamPeer.open(peer, concurrency);
        made = Stream.generate(Item::new).limit(items).toList();
    }

    /**
     * One stream, to its end, at which each item must have run once.
     *
     * @throws Exception when it fails
     */
    @Benchmark
    @OperationsPerInvocation(ITEMS)
    public void stream() throws Exception {
        opened.run(made, concurrency, patience);
        streams++;
        if (operations.sumThenReset() != items || !made.stream().allMatch(item -> item.runs == streams)) {
            throw new IllegalStateException("Not every one of %d items ran once".formatted(items));
        }
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    private final class Item extends Job {
        private int runs;

        @Override
        public Integer call() {
            operations.increment();
            runs++;
            return 1;
        }

        @Override
        public void accept(Integer value) {
            throw new IllegalStateException("Streams have no bodies here");
        }
    }
}
