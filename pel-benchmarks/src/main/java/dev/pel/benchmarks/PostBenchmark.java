package dev.pel.benchmarks;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Tasks handed to the one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class PostBenchmark {
    /** So many that what it takes to wake a producer at the end of its batch hardly counts. */
    private static final int BATCH = 40_000;

    private static final int TURNS = 100_000;

    /** Who runs the tasks. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor"})
    public String peer;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;
    private Again again;
    private final Queue<Batch> batches = new ConcurrentLinkedQueue<>();

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(1, 2 * BATCH));
        again = new Again(opened);
    }

    /**
     * Two threads that do not belong to the peer, each of which posts a batch, waits until it has run, and posts the next.
     *
     * @param producer one of the two
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(BATCH)
    public void twoProducers(Producer producer) throws InterruptedException {
        producer.post(opened, patience);
    }

    /**
     * A task that posts itself again, on the one thread.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void self() throws InterruptedException {
        again.run(patience);
    }

    /**
     * Looks once more for what ran too often, and stops the peer.
     *
     * @throws InterruptedException when the run is cancelled
     */
    @TearDown
    public void close() throws InterruptedException {
        try {
            Gate gate = new Gate();
            opened.post(Post.of(gate::open)); // after all that was posted before
            gate.await(patience);
            again.check();
            batches.forEach(Batch::check);
        } finally {
            opened.close();
        }
    }

    /** One thread that posts. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Producer {
        private Batch batch;

        /**
         * Begins with nothing posted.
         *
         * @param benchmark checks in the end what has run
         */
        @Setup
        public void begin(PostBenchmark benchmark) {
            batch = new Batch();
            benchmark.batches.add(batch);
        }

        void post(Peer peer, int patience) throws InterruptedException {
            batch.gate = new Gate();
            for (int i = 0; i < BATCH; i++) {
                peer.post(batch);
            }
            batch.gate.await(patience);
            batch.posted += BATCH;
        }
    }

    private static final class Batch extends Post {
        private Gate gate = new Gate();
        private long posted;
        private long ran;

        void check() {
            if (ran != posted) {
                throw new IllegalStateException("%d ran of %d".formatted(ran, posted));
            }
        }

        @Override
        public void run() {
            ran++;
            if (ran == posted + BATCH) {
                gate.open();
            }
        }
    }

    private static final class Again extends Post {
        private final Peer peer;
        private Gate gate = new Gate();
        private long goal;
        private long ran;

        Again(Peer peer) {
            this.peer = peer;
        }

        void run(int patience) throws InterruptedException {
            gate = new Gate();
            goal += TURNS;
            peer.post(this);
            gate.await(patience);
        }

        void check() {
            if (ran != goal) {
                throw new IllegalStateException("%d ran of %d".formatted(ran, goal));
            }
        }

        @Override
        public void run() {
            ran++;
            if (ran < goal) {
                peer.post(this);
            } else if (ran == goal) {
                gate.open();
            }
        }
    }
}
