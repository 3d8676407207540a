package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.ForkedJvm;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can only be done to a whole JVM: little heap, one processor, signals, exits. */
class ProcessTests {
    private static final int TERMINATIONS = (int) Scale.of("pel.terminations", 5, 30);

    @TempDir
    private Path directory;

    private static void print(String name, long value) {
        System.out.println(name + "=" + value);
    }

    private static EventLoopOptions small() {
        return EventLoopOptions.defaults()
                .withPassive(passive -> passive.withThreads(4))
                .withWork(work -> work.withThreads(2));
    }

    // ------------------------------------------------------------------ exits and signals

    /** Exits out of a task, with a hook that stops the loop and waits for that: the task that exits never comes back. */
    static final class Exit {
        public static void main(String[] arguments) {
            EventLoop loop = EventLoop.create(EventLoopOptions.defaults());
            loop.start();
            LoopFuture<?> other = loop.next(() -> Loops.block(new CountDownLatch(1)));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                StopReport report = get(loop.stop(Duration.ofMillis(300)));
                System.out.println(report);
                System.out.println("other call: " + other.outcome());
            }));
            loop.call("the one that exits").next(() -> {}); // so that its class is there
            loop.enqueue(Lane.valueOf(arguments[0]), () -> System.exit(7));
        }
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void exitOutOfATaskEndsTheProcessWithItsCodeAndAReport(Lane lane) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of(), Exit.class, lane.name())) {
            assertThat(jvm.ended()).as(jvm.console()).isEqualTo(7);
            assertThat(jvm.console())
                    .contains("1 stuck [pel-" + lane.name().toLowerCase(Locale.ROOT))
                    .contains("other call: STOPPED");
        }
    }

    /** Submits from four threads until it is told to end, and keeps a ledger in a file: one byte per call. */
    static final class Load {
        private static final int MOST = 4_000_000;
        private static final int SUBMITTED = 1;
        private static final int OPERATION = 2;
        private static final int BODY = 4;

        /** The outcome of the handle, plus one, stands in the bits from here on. */
        private static final int OUTCOME_SHIFT = 4;

        private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults());
        private final LoopFuture<?>[] handles = new LoopFuture<?>[MOST];
        private final AtomicInteger issued = new AtomicInteger();
        private final AtomicIntegerArray ledger = new AtomicIntegerArray(MOST);
        private volatile boolean over;

        public static void main(String[] arguments) throws IOException {
            new Load().run(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]));
        }

        private void run(Path file, boolean blocks) throws IOException {
            loop.start();
            List<Thread> producers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                producers.add(new Thread(() -> produce(blocks)));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                StopReport report = get(loop.stop(Duration.ofMillis(200)));
                over = true;
                try {
                    for (Thread producer : producers) {
                        producer.join();
                    }
                    write(file);
                } catch (InterruptedException | IOException e) {
                    e.printStackTrace();
                }
                System.out.println(report);
            }));
            producers.forEach(Thread::start);
        }

        private void produce(boolean blocks) {
            while (!over) {
                int call = issued.getAndIncrement();
                if (call >= MOST) {
                    return;
                }
                mark(call, SUBMITTED);
                handles[call] = loop.next(() -> operate(call, blocks), () -> mark(call, BODY));
                while (loop.size(Lane.PASSIVE) > 2_000 && !over) {
                    Thread.yield();
                }
            }
        }

        private void operate(int call, boolean blocks) throws InterruptedException {
            mark(call, OPERATION);
            if (blocks && call % 500 == 499) {
                Thread.sleep(60_000);
            } else if (call % 100 == 0) {
                Thread.sleep(5);
            }
            if (call == 1_000) {
                System.out.println("busy");
            }
        }

        private void mark(int call, int bit) {
            ledger.getAndUpdate(call, bits -> bits | bit);
        }

        private void write(Path file) throws IOException {
            byte[] bytes = new byte[Math.min(MOST, issued.get())];
            for (int call = 0; call < bytes.length; call++) {
                LoopFuture<?> handle = handles[call];
                Outcome outcome = handle == null ? null : handle.outcome();
                bytes[call] =
                        (byte) (ledger.get(call) | (outcome == null ? 0 : outcome.ordinal() + 1) << OUTCOME_SHIFT);
            }
            Files.write(file, bytes);
        }
    }

    @Test
    @Tag("scaled")
    void terminationUnderLoadEndsInTimeAndTheLedgerAddsUp() throws Exception {
        long calls = 0;
        long worst = 0;
        long[] outcomes = new long[Outcome.values().length];
        for (int round = 0; round < TERMINATIONS; round++) {
            Path ledger = directory.resolve("ledger-" + round);
            boolean blocks = round % 2 == 0;
            try (ForkedJvm jvm =
                    ForkedJvm.start(directory, List.of(), Load.class, ledger.toString(), Boolean.toString(blocks))) {
                jvm.printed("busy");
                long before = System.nanoTime();
                jvm.signal("TERM");
                if (round % 3 == 0 && jvm.isAlive()) {
                    jvm.signal("TERM"); // a second one neither shortens nor lengthens the stop
                }
                assertThat(jvm.ended()).as(jvm.console()).isEqualTo(128 + 15);
                worst = Math.max(worst, System.nanoTime() - before);
                assertThat(jvm.console()).contains("loop 'pel' stopped in").doesNotContain(" stuck");
            }
            for (byte entry : Files.readAllBytes(ledger)) {
                int ended = entry >> Load.OUTCOME_SHIFT;
                if ((entry & Load.SUBMITTED) == 0) {
                    continue; // the producer had the number and was told to end
                }
                assertThat(ended)
                        .as("an outcome of each call that was submitted")
                        .isPositive();
                Outcome outcome = Outcome.values()[ended - 1];
                int ran = entry & (Load.OPERATION | Load.BODY);
                if (outcome == Outcome.SUCCEEDED) {
                    assertThat(ran).isEqualTo(Load.OPERATION | Load.BODY);
                } else {
                    assertThat(outcome).isIn(Outcome.STOPPED, Outcome.REJECTED);
                    assertThat(outcome == Outcome.REJECTED && ran != 0)
                            .as("refused but run")
                            .isFalse();
                }
                outcomes[outcome.ordinal()]++;
                calls++;
            }
        }
        assertThat(outcomes[Outcome.SUCCEEDED.ordinal()]).isGreaterThan(1_000L * TERMINATIONS / 2);
        assertThat(outcomes[Outcome.STOPPED.ordinal()]).isPositive();
        System.out.printf(
                "terminations: %d under load, all with exit code 143, the slowest after %.2f s; %,d calls: %,d succeeded,"
                        + " %,d stopped, %,d refused, 0 without an end%n",
                TERMINATIONS,
                worst / 1e9,
                calls,
                outcomes[Outcome.SUCCEEDED.ordinal()],
                outcomes[Outcome.STOPPED.ordinal()],
                outcomes[Outcome.REJECTED.ordinal()]);
    }

    /** A periodic timer, as one makes it: its body sets the next one. And calls with timeouts around it. */
    static final class Ticker {
        private static final Duration PERIOD = Duration.ofMillis(100);

        private final EventLoop loop = EventLoop.create(small());
        private final List<Long> ticks = new ArrayList<>();
        private final List<LoopFuture<?>> calls = new ArrayList<>();
        private final CountDownLatch enough = new CountDownLatch(1);
        private int ticksAfterThePause;

        public static void main(String[] arguments) {
            new Ticker().run();
        }

        private void run() {
            loop.start();
            loop.delay(PERIOD, this::tick);
            pass(enough);
            calls.forEach(Loops::awaitDone);
            StopReport report = get(loop.stop(LONG));
            long longest = 0;
            long shortest = Long.MAX_VALUE;
            for (int i = 1; i < ticks.size(); i++) {
                longest = Math.max(longest, ticks.get(i) - ticks.get(i - 1));
                shortest = Math.min(shortest, ticks.get(i) - ticks.get(i - 1));
            }
            print("longest-millis", longest / 1_000_000);
            print("shortest-millis", shortest / 1_000_000);
            print("ticks", ticks.size());
            print("calls", calls.size());
            print(
                    "succeeded",
                    calls.stream()
                            .filter(call -> call.outcome() == Outcome.SUCCEEDED)
                            .count());
            print(
                    "timed-out",
                    calls.stream()
                            .filter(call -> call.outcome() == Outcome.TIMED_OUT)
                            .count());
            print("stuck", report.stuck().size());
            System.exit(0);
        }

        private void tick() {
            long now = System.nanoTime();
            boolean paused = !ticks.isEmpty() && now - ticks.get(ticks.size() - 1) > 2_000_000_000L;
            ticks.add(now);
            calls.add(loop.call("in time").timeout(Duration.ofSeconds(1)).next(() -> Thread.sleep(50)));
            if (ticks.size() == 5) {
                System.out.println("ticking");
            }
            if (paused || ticksAfterThePause > 0) {
                ticksAfterThePause++;
            }
            if (ticksAfterThePause > 10) {
                enough.countDown();
            } else {
                loop.delay(PERIOD, this::tick);
            }
        }
    }

    @Test
    @Tag("thorough")
    void processThatIsHaltedForFourSecondsCatchesUpWithOneTick() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of(), Ticker.class)) {
            jvm.printed("ticking");
            jvm.signal("STOP");
            Thread.sleep(4_000); // it is the pause that is tested
            jvm.signal("CONT");
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.figure("longest-millis")).isGreaterThan(3_000);
            // no tick comes early, so no two come together
            assertThat(jvm.figure("shortest-millis")).isGreaterThanOrEqualTo(Ticker.PERIOD.toMillis());
            assertThat(jvm.figure("succeeded") + jvm.figure("timed-out")).isEqualTo(jvm.figure("calls"));
            assertThat(jvm.figure("stuck")).isZero();
            System.out.printf(
                    "halted for 4 s: longest pause %d ms, shortest distance of two ticks %d ms, %d calls, all ended%n",
                    jvm.figure("longest-millis"), jvm.figure("shortest-millis"), jvm.figure("calls"));
        }
    }

    // ------------------------------------------------------------------ threads and processors

    /** Runs where the address space ends after a few threads. */
    static final class NoThreads {
        public static void main(String[] arguments) {
            EventLoop large = EventLoop.create(EventLoopOptions.defaults().withName("large"));
            print("start-threw", throwsOutOfMemory(large::start) ? 1 : 0);
            await().atMost(LONG).until(() -> Loops.threadsOf(large).isEmpty());
            System.out.println("large is " + large.state());

            EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
                    .withName("little")
                    .withPassive(passive -> passive.withThreads(2))
                    .withWork(work -> work.withThreads(1)));
            loop.start();
            print("growth-threw", throwsOutOfMemory(() -> loop.resize(Lane.PASSIVE, 64)) ? 1 : 0);
            int threads = loop.stats().lane(Lane.PASSIVE).threads();
            print("threads", threads);
            CountDownLatch together = new CountDownLatch(threads);
            List<LoopFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                calls.add(loop.next(() -> {
                    together.countDown();
                    pass(together);
                }));
            }
            calls.forEach(Loops::get);
            print("clean", get(loop.stop(LONG)).isClean() ? 1 : 0);
            System.exit(0);
        }

        private static boolean throwsOutOfMemory(Runnable code) {
            try {
                code.run();
                return false;
            } catch (OutOfMemoryError e) {
                return String.valueOf(e.getMessage()).contains("native thread");
            }
        }
    }

    @Test
    void loopThatGetsNoMoreThreadsFromTheSystemFailsToStartAndASmallerOneWorks() throws Exception {
        List<String> limited = List.of("sh", "-c", "ulimit -v 16000000 && exec \"$@\"", "sh"); // 16 GB of addresses
        List<String> arguments = List.of("-Xmx64m", "-XX:+UseSerialGC", "-Xss256m");
        try (ForkedJvm jvm = ForkedJvm.start(directory, limited, arguments, NoThreads.class)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.figure("start-threw")).isOne();
            assertThat(jvm.console()).contains("large is STOPPED");
            assertThat(jvm.figure("growth-threw")).isOne();
            assertThat(jvm.figure("threads")).isBetween(2L, 63L);
            assertThat(jvm.figure("clean")).isOne();
        }
    }

    /** Uses everything, then idles, and says what threads there are and what they cost. */
    static final class Idle {
        public static void main(String[] arguments) throws InterruptedException {
            EventLoop loop = EventLoop.create(EventLoopOptions.defaults());
            loop.start();
            List<LoopFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                calls.add(loop.next(() -> 1)
                        .thenApplyAsync(one -> one)
                        .thenComposeAsync(one -> loop.work(() -> one))
                        .orTimeout(1, TimeUnit.MINUTES)
                        .completeOnTimeout(2, 1, TimeUnit.MINUTES));
                calls.add(loop.delay(Duration.ofMillis(i % 5), () -> {}));
            }
            calls.forEach(Loops::get);
            print("work-threads", loop.stats().lane(Lane.WORK).threads());
            print("capable", Runtime.getRuntime().availableProcessors());
            Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println("thread " + thread.getName()));
            long before = cpu();
            long from = System.nanoTime();
            Thread.sleep(2_000); // the idleness that is measured
            print("cpu-micros", (cpu() - before) / 1_000);
            print("wall-micros", (System.nanoTime() - from) / 1_000);
            print("stuck", get(loop.stop(LONG)).stuck().size());
            System.exit(0);
        }

        private static long cpu() {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                    .filter(thread -> thread != null && thread.getThreadName().startsWith("pel-"))
                    .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId())))
                    .sum();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:ActiveProcessorCount=1", "-XX:ActiveProcessorCount=2"})
    void idleLoopCostsNothingAndStartsNoThreadsBeyondItsOwn(String processors) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of(processors), Idle.class)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console())
                    .contains("thread pel-active", "thread pel-work-1")
                    .doesNotContain("ForkJoinPool", "CompletableFuture", "thread Thread-");
            assertThat(jvm.figure("work-threads")).isOne();
            assertThat(jvm.figure("stuck")).isZero();
            double share = 100.0 * jvm.figure("cpu-micros") / jvm.figure("wall-micros");
            System.out.printf("idle loop, %s: %.3f %% of one processor%n", processors, share);
            assertThat(share).isLessThan(1);
        }
    }
}
