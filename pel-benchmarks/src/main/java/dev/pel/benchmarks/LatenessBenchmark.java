package dev.pel.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

/** How late timers of random dates fire that another thread sets as fast as it can. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 7)
@Measurement(iterations = 3)
@SuppressWarnings("NullAway.Init")
public class LatenessBenchmark {

    /** Who has the timers. */
    @Param({"pel", "jdk"})
    public String peer;

    /** How many timers are set. */
    @Param("100000")
    public int timers;

    /** Within how many milliseconds they fall due. */
    @Param("1000")
    public int window;

    /** After how many seconds a timer that has not fired counts as lost. */
    @Param("60")
    public int patience;

    private TimerPeer<?> opened;

    /** Starts the peer. */
    @Setup
    public void open() {
        opened = TimerPeer.open(peer);
    }

    /**
     * All timers, until the last has fired.
     *
     * @param figures where the result goes
     * @throws InterruptedException when the run is cancelled
     */
    @Benchmark
    public void lateness(Figures figures) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(42);
        long[] late = new long[timers];
        CountDownLatch unfired = new CountDownLatch(timers);
        for (int i = 0; i < timers; i++) {
            int number = i;
            int millis = random.nextInt(window);
            long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            opened.after(millis, () -> {
                late[number] = System.nanoTime() - due;
                unfired.countDown();
            });
        }
        if (!unfired.await(patience, TimeUnit.SECONDS)) {
            throw new IllegalStateException("%d timers never fired".formatted(unfired.getCount()));
        }
        Arrays.sort(late);
        if (late[0] < 0) {
            throw new IllegalStateException("A timer fired %d ns early".formatted(-late[0]));
        }
        figures.lateP50Millis = late[timers / 2] / 1e6;
        figures.lateP99Millis = late[(int) (timers * 99L / 100)] / 1e6;
        figures.lateMaxMillis = late[timers - 1] / 1e6;
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
        /** Half of the timers are late by at most this. */
        public double lateP50Millis;

        /** 99 of 100 timers are late by at most this. */
        public double lateP99Millis;

        /** The latest timer is late by this. */
        public double lateMaxMillis;
    }
}
