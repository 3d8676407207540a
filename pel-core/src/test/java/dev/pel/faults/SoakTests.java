package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import dev.pel.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All verbs at once for a long time, with stops in between: whether stops keep their deadlines and tell the truth. */
@Tag("scaled")
class SoakTests {
    private static final long SECONDS = Scale.of("pel.soak.seconds", 5, 60);
    private static final int FORCED = (int) Scale.of("pel.soak.forced", 3, 100);

    /** A plain build may share its machine with others, and then a late stop says nothing. */
    private static final boolean ALONE = Boolean.getBoolean("pel.test.thorough");

    private static final Duration GRACE = Duration.ofMillis(500);

    /** What a stop may take beyond its deadline and the grace for threads that it interrupts. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private static final int PRODUCERS = 3;

    @RegisterExtension
    final Loops loops = new Loops();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** What one run has submitted, and how often each action that was attached has been told. */
    private static final class Books {
        final Queue<CompletableFuture<?>> handles = new ConcurrentLinkedQueue<>();
        final Queue<AtomicInteger> told = new ConcurrentLinkedQueue<>();
    }

    @Test
    void stopsAreInTimeAndNoHandleIsLostWhateverTheLoopIsUsedFor() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long rounds = 0;
        long handles = 0;
        long late = 0;
        long stuck = 0;
        long unbalanced = 0;
        List<String> seen = new ArrayList<>();
        while (System.nanoTime() - until < 0) {
            rounds++;
            EventLoop loop = loop();
            loop.start();
            Books books = new Books();
            List<Future<?>> producers = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                SplittableRandom own = random.split();
                producers.add(threads.submit(() -> produce(loop, books, own)));
            }
            LockSupport.parkNanos(random.nextLong(100_000_000)); // the run takes some time
            Duration deadline = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(200));
            StopReport report = get(random.nextBoolean() ? loop.stop(deadline) : loop.forceStop());
            producers.forEach(Loops::get);
            Duration most = report.deadline().plus(GRACE).plus(SLACK);
            if (report.took().compareTo(most) > 0) {
                late++;
                if (ALONE) {
                    seen.add("late: " + report);
                }
            }
            if (!report.stuck().isEmpty()) {
                stuck++;
                seen.add("stuck: " + report);
            }
            if (!addUp(loop.stats())) {
                unbalanced++;
                seen.add("books: " + loop.stats());
            }
            handles += books.handles.size();
            books.handles.forEach(Loops::awaitDone);
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> books.told.stream().allMatch(count -> count.get() == 1));
        }
        System.out.printf(
                "soak: %,d s, %,d runs, %,d handles: late stops %d, false stuck %d, books that do not add up %d; seed %d%n",
                SECONDS, rounds, handles, late, stuck, unbalanced, seed);
        assertThat(seen).isEmpty();
    }

    @Test
    void forceStopOfAFullDefaultLaneIsInTime() {
        CountDownLatch never = new CountDownLatch(1);
        List<Long> millis = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int round = 0; round < FORCED; round++) {
            EventLoop loop = loops.made(options -> EventLoopOptions.defaults().withName(options.name()));
            loop.start();
            Books books = new Books();
            for (int i = 0; i < 10_064; i++) {
                LoopFuture<?> call = loop.next(() -> never.await());
                AtomicInteger told = new AtomicInteger();
                books.told.add(told);
                books.handles.add(call);
                books.handles.add(call.whenComplete((value, error) -> told.incrementAndGet()));
                books.handles.add(CompletableFuture.allOf(call));
            }
            StopReport report = get(loop.forceStop());
            millis.add(report.took().toMillis());
            if (ALONE && report.took().compareTo(GRACE.plus(SLACK)) > 0) {
                seen.add("late: " + report);
            }
            if (!report.stuck().isEmpty()) {
                seen.add("stuck: " + report);
            }
            if (!addUp(loop.stats())) {
                seen.add("books: " + loop.stats());
            }
            books.handles.forEach(Loops::awaitDone);
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> books.told.stream().allMatch(count -> count.get() == 1));
        }
        millis.sort(null);
        System.out.printf(
                "force-stops of a full default lane: %d, median %d ms, longest %d ms; late, stuck or unbalanced %d%n",
                FORCED, millis.get(FORCED / 2), millis.get(FORCED - 1), seen.size());
        assertThat(seen).isEmpty();
    }

    private EventLoop loop() {
        int passive = 1 + random.nextInt(64);
        int capacity = random.nextBoolean() ? 10_000 : 1 + random.nextInt(100);
        return loops.made(
                options -> options.withPassive(lane -> lane.withThreads(passive).withCapacity(capacity))
                        .withWork(lane -> lane.withThreads(1 + passive % 3))
                        .withActive(lane -> lane.withCapacity(capacity))
                        .withInterruptGrace(GRACE)
                        .withErrorHandler(failure -> {})); // failures are made on purpose
    }

    private static boolean addUp(LoopStats stats) {
        boolean balanced = stats.timers().pending() == 0;
        for (Lane lane : Lane.values()) {
            LaneStats books = stats.lane(lane);
            long ended =
                    books.outcomes().values().stream().mapToLong(count -> count).sum();
            balanced &= books.queued() == 0 && books.running() == 0 && books.submitted() == ended;
        }
        return balanced;
    }

    private static void produce(EventLoop loop, Books books, SplittableRandom random) {
        int refused = 0;
        while (refused < 100) {
            LoopFuture<?> handle = submit(loop, books, random);
            books.handles.add(handle);
            attach(loop, books, handle, random);
            if (handle.outcome() == Outcome.REJECTED) {
                refused++;
                LockSupport.parkNanos(1_000_000); // as a producer that is told to slow down
            }
            if (loop.state() == LoopState.STOPPED) {
                refused = 100;
            }
        }
    }

    private static LoopFuture<?> submit(EventLoop loop, Books books, SplittableRandom random) {
        boolean fails = random.nextInt(16) == 0;
        int nap = random.nextInt(64) == 0 ? random.nextInt(3) : 0;
        Task operation = () -> {
            if (nap > 0) {
                Thread.sleep(nap); // an operation that blocks
            }
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
        };
        return switch (random.nextInt(10)) {
            case 0 -> loop.next(operation);
            case 1 -> loop.next(operation, () -> {});
            case 2 -> loop.work(operation, () -> {});
            case 3 -> loop.next(() -> 1, () -> 2, (one, two) -> {});
            case 4 -> loop.enqueue(Lane.values()[random.nextInt(3)], () -> {});
            case 5 -> loop.delay(Duration.ofMillis(random.nextInt(5)), () -> {});
            case 6 -> loop.call("timed").timeout(Duration.ofMillis(1)).next(operation, () -> {});
            case 7 -> loop.next(operation).thenCompose(nothing -> loop.next(() -> 1));
            case 8 -> loop.next(() -> loop.next(() -> 1).join());
            default ->
                loop.next(() -> loop.work(() -> 1)
                        .thenCompose(one -> loop.next(() -> 2))
                        .join());
        };
    }

    private static void attach(EventLoop loop, Books books, LoopFuture<?> handle, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> {
                AtomicInteger told = new AtomicInteger();
                books.told.add(told);
                books.handles.add(handle.whenComplete((value, error) -> told.incrementAndGet()));
            }
            case 1 -> books.handles.add(CompletableFuture.allOf(handle));
            case 2 -> books.handles.add(handle.thenCombine(loop.next(() -> 1), (one, other) -> other));
            case 3 -> handle.cancel(random.nextBoolean());
            case 4 -> handle.orTimeout(random.nextInt(3), TimeUnit.MILLISECONDS);
            case 5 -> handle.completeExceptionally(new IllegalStateException("on purpose"));
            case 6 -> books.handles.add(handle.thenApply(value -> 1).orTimeout(1, TimeUnit.MILLISECONDS));
            default -> {
                // most calls are left alone
            }
        }
    }
}
