package dev.pel.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class PostBenchmark {
    /** Two producers together stay below the capacity that pel ships with. */
    private static final int BATCH = 4_000;

    private static final int TURNS = 20_000;

    /** Who runs the tasks. */
    @Param({"pel", "pelCore", "jdk", "jdkLean", "spring", "vertx", "reactor"})
    public String peer;

    /** After how many seconds what has not been delivered counts as lost. */
    @Param("60")
    public int patience;

    private Peer opened;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = Peers.open(peer, new Load(1, 2 * BATCH));
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
        Again again = new Again(opened);
        opened.post(again);
        again.gate.await(patience);
    }

    /** Stops the peer. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** One thread that posts. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Producer {
        private Batch batch;

        /** Forgets the batch of the trial before. */
        @Setup(Level.Iteration)
        public void begin() {
            batch = new Batch();
        }

        void post(Peer peer, int patience) throws InterruptedException {
            batch.gate = new Gate();
            for (int i = 0; i < BATCH; i++) {
                peer.post(batch);
            }
            batch.gate.await(patience);
            batch.posted += BATCH;
            if (batch.ran != batch.posted) {
                throw new IllegalStateException("%d ran of %d".formatted(batch.ran, batch.posted));
            }
        }
    }

    private static final class Batch extends Post {
        private Gate gate = new Gate();
        private long posted;
        private long ran;

        @Override
        public void run() {
            ran++;
            if (ran == posted + BATCH) {
                gate.open();
            }
        }
    }

    private static final class Again extends Post {
        private final Gate gate = new Gate();
        private final Peer peer;
        private int left = TURNS;

        Again(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void run() {
            left--;
            if (left == 0) {
                gate.open();
            } else if (left > 0) {
                peer.post(this);
            } else {
                gate.fail("A task ran that was not posted");
            }
        }
    }
}
