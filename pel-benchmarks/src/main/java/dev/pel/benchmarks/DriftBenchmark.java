package dev.pel.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How far a periodic timer comes off its grid in real time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class DriftBenchmark {

    /** Who has the timer. */
    @Param({"pel", "pelCore", "fixedRate", "fixedDelay"})
    public String peer;

    /** How many times it runs. */
    @Param("10000")
    public int ticks;

    /** From one run to the next, in microseconds. */
    @Param("1000")
    public int interval;

    /** After how many seconds a timer that has not run so often counts as lost. */
    @Param("120")
    public int patience;

    private RepeatingPeer opened;

    /** Starts the peer. */
    @Setup(Level.Iteration)
    public void open() {
        opened = RepeatingPeer.open(peer);
    }

    /**
     * The timer, until it has run so often.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void drift(Figures figures) throws InterruptedException {
        Ticks noted = new Ticks(ticks, TimeUnit.MICROSECONDS.toNanos(interval));
        opened.every(noted.interval, noted);
        noted.gate.await(patience);
        Drift drift = Drift.of(noted.places, noted.times, noted.interval);
        figures.driftMillis = Math.abs(drift.accumulated()) / 1e6;
        figures.driftNanosPerTick = Math.abs(drift.slope());
        figures.lateP50Millis = drift.half() / 1e6;
        figures.lateMaxMillis = drift.most() / 1e6;
    }

    /** Stops the peer. */
    @TearDown(Level.Iteration)
    public void close() {
        opened.close();
    }

    /** Notes when the first runs came. Confined to the peer's one thread until the gate is open. */
    private static final class Ticks implements RepeatingPeer.Tick {
        private final Gate gate = new Gate();
        private final long interval;
        private final long[] places;
        private final long[] times;
        private final long madeAt = System.nanoTime();
        private int count;

        Ticks(int ticks, long interval) {
            this.interval = interval;
            this.places = new long[ticks];
            this.times = new long[ticks];
        }

        @Override
        public void run(long number) {
            long now = System.nanoTime();
            if (count == times.length) {
                return; // the timer has not been ended yet
            }
            if (count > 0 && number <= places[count - 1]) {
                gate.fail("The timer ran at %d after %d".formatted(number, places[count - 1]));
            }
            if (now - madeAt < (number + 1) * interval) {
                gate.fail("Run %d came early".formatted(number));
            }
            places[count] = number;
            times[count] = now;
            count++;
            if (count == times.length) {
                gate.open();
            }
        }
    }

    /** What is measured instead of time. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Figures {
        /** How far the last runs are off the grid of the first. */
        public double driftMillis;

        /** The drift from one run to the next, by the trend of all. */
        public double driftNanosPerTick;

        /** Half of the places of the grid got their run by at most this too late. */
        public double lateP50Millis;

        /** The latest one got it by this too late. */
        public double lateMaxMillis;
    }
}
