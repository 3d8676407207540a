package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LaneOptions;
import dev.pel.LaneStats;
import dev.pel.Ledger;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 2 under fire: no call is lost and none runs twice, whoever starts and stops the loop meanwhile. */
@Tag("scaled")
class ConservationTests {
    private static final long CALLS = Scale.of("pel.conservation.calls", 300_000, 3_000_000);
    private static final int CYCLES = (int) Scale.of("pel.conservation.cycles", 40, 300);
    private static final int RESTARTS = (int) Scale.of("pel.conservation.restarts", 40, 600);
    private static final int STOPS = (int) Scale.of("pel.conservation.stops", 20, 300);
    private static final int PRODUCERS = 8;
    private static final int STOPPERS = 10;

    @RegisterExtension
    final Loops loops = new Loops();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Crowd crowd = new Crowd();
    private final List<Failure> unexpected = new CopyOnWriteArrayList<>();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private EventLoop loop() {
        return loop(passive -> passive.withThreads(4));
    }

    /** A loop whose passive threads come, go and are replaced as often as possible. */
    private EventLoop elasticLoop() {
        return loop(passive -> passive.withThreads(1, 6)
                .withElastic(elastic -> elastic.withGrowAfter(Duration.ofMillis(1))
                        .withKeepAlive(Duration.ofMillis(1))
                        .withRecycleAfter(500)
                        .withHungAfter(Duration.ofMillis(1))
                        .withMaxHung(2)));
    }

    private EventLoop loop(UnaryOperator<LaneOptions> passive) {
        return loops.made(options -> Crowd.withLimit(options)
                .withPassive(passive)
                .withWork(work -> work.withThreads(2))
                .withCallSiteInterval(Duration.ofDays(1))
                .withErrorHandler(failure -> {
                    if (!isExpected(failure.error())) {
                        unexpected.add(failure);
                    }
                }));
    }

    private static boolean isExpected(Throwable error) {
        return error instanceof CallTimeoutException
                || error instanceof Producer.FirstAttemptFailed
                || Items.tells(error)
                || OneAtATime.isStopped(error); // nothing else is thrown here
    }

    @Test
    void everyCallOfAllKindsEndsOnceWhateverStopsTheLoop() throws Exception {
        everyCallEndsOnce(loop(), CALLS);
    }

    @Test
    void everyCallOfAllKindsEndsOnceWhateverBecomesOfTheThreads() throws Exception {
        everyCallEndsOnce(elasticLoop(), CALLS / 3);
    }

    private void everyCallEndsOnce(EventLoop loop, long calls) throws Exception {
        Ledger ledger = new Ledger(calls + calls / 10 + 100_000);
        OneAtATime resource = new OneAtATime(loop);
        List<Producer> producers = IntStream.range(0, PRODUCERS)
                .mapToObj(i -> new Producer(loop, ledger, crowd, resource, random.split()))
                .toList();
        long began = System.nanoTime();
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            loop.start();
            CyclicBarrier together = new CyclicBarrier(PRODUCERS + 1);
            List<Future<?>> submitting = new ArrayList<>();
            for (Producer producer : producers) {
                submitting.add(threads.submit(() -> {
                    together.await(LONG.toSeconds(), TimeUnit.SECONDS);
                    producer.submitUntilRefused();
                    return null;
                }));
            }
            together.await(LONG.toSeconds(), TimeUnit.SECONDS);
            long from = calls * (cycle - 1) / CYCLES;
            waitFor(ledger, cycle == CYCLES ? calls : from + random.nextLong(calls / CYCLES + 1));
            if (random.nextInt(10) == 0) {
                loop.resize(Lane.PASSIVE, 1 + random.nextInt(8));
            }
            get(stopSomehow(loop));
            ledger.closeRun();
            submitting.forEach(Loops::get);
            producers.forEach(Producer::judge);
            assertThatTheBooksAreClosed(loop, cycle);
            Loops.until(() -> resource.open() == 0); // after its deadline the stop has a completion thread close it
        }
        Producer.Verdict verdict = new Producer.Verdict();
        producers.forEach(producer -> verdict.add(producer.verdict()));
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "conservation (%s): %,d calls by %d producers, %,d cycles of start and stop, %.1f s (%,.0f calls/s):"
                        + " lost %d, run twice %d, refused but run %d, not ended %d, of an earlier run %d,"
                        + " too many at once of a key or a limit %d, wrong uses of a resource %d; outcomes %s,"
                        + " %,d links never submitted, %,d items, of which %,d refused by a queue; seed %d%n",
                loop.options().passive().isElastic() ? "elastic" : "fixed",
                ledger.issued(),
                PRODUCERS,
                CYCLES,
                seconds,
                ledger.issued() / seconds,
                verdict.lost,
                ledger.doubled(),
                verdict.rejectedButRan,
                verdict.notEnded,
                ledger.stale(),
                crowd.tooMany(),
                resource.wrong(),
                verdict.outcomes,
                verdict.unsubmitted,
                verdict.items,
                verdict.refusedItems,
                seed);
        assertThat(ledger.issued()).isGreaterThanOrEqualTo(calls);
        assertThat(verdict.lost).as("lost").isZero();
        assertThat(ledger.doubled()).as("run twice").isZero();
        assertThat(verdict.rejectedButRan).as("refused but run").isZero();
        assertThat(verdict.ranUnsubmitted).as("never submitted but run").isZero();
        assertThat(verdict.cancelledTimerRan).as("timers cancelled but run").isZero();
        assertThat(verdict.notEnded).as("handles not ended after a stop").isZero();
        assertThat(ledger.stale()).as("run after the report").isZero();
        assertThat(verdict.failed).as("failed").isZero();
        assertThat(crowd.tooMany()).as("too many at once of a key or a limit").isZero();
        assertThat(resource.wrong()).as("wrong uses of a resource").isZero();
        assertThat(unexpected).as("failures that reached the handler").isEmpty();
        // the test itself must have reached every end there is
        assertThat(verdict.outcomes)
                .containsOnlyKeys(
                        Outcome.SUCCEEDED, Outcome.CANCELLED, Outcome.TIMED_OUT, Outcome.STOPPED, Outcome.REJECTED);
        assertThat(verdict.outcomes.get(Outcome.SUCCEEDED)).isGreaterThan(ledger.issued() / 3);
        assertThat(verdict.items).as("items").isGreaterThan(ledger.issued() / 100);
        assertThat(verdict.refusedItems).as("refused items").isPositive();
    }

    private static void waitFor(Ledger ledger, long calls) {
        long began = System.nanoTime();
        while (ledger.issued() < calls) {
            LockSupport.parkNanos(20_000);
            assertThat(System.nanoTime() - began).as("producers stand still").isLessThan(LONG.toNanos());
        }
    }

    private CompletableFuture<StopReport> stopSomehow(EventLoop loop) {
        return switch (random.nextInt(5)) {
            case 0 -> loop.stop(LONG);
            case 1 -> loop.stop(Duration.ofNanos(random.nextInt(3_000_000)));
            case 2 -> {
                loop.stop(LONG);
                yield loop.forceStop();
            }
            case 3 -> {
                loop.enqueue(Lane.ACTIVE, () -> loop.stop(LONG));
                yield loop.stop(LONG);
            }
            default -> loop.forceStop();
        };
    }

    private static void assertThatTheBooksAreClosed(EventLoop loop, int cycle) {
        LoopStats stats = loop.stats();
        assertThat(stats.timers().pending()).as("timers of cycle %d", cycle).isZero();
        assertThat(stats.keys().inUse()).as("keys of cycle %d", cycle).isZero();
        assertThat(stats.limits().get(Crowd.LIMIT))
                .as("limit of cycle %d", cycle)
                .returns(0, LoopStats.LimitStats::inUse)
                .returns(0, LoopStats.LimitStats::waiting);
        for (Lane lane : Lane.values()) {
            LaneStats books = stats.lane(lane);
            assertThat(books.queued() + books.running()).as("%s", books).isZero();
            assertThat(books.submitted())
                    .as("%s", books)
                    .isEqualTo(books.outcomes().values().stream()
                            .mapToLong(count -> count)
                            .sum());
        }
    }

    @Test
    void noCodeOfAnEarlierRunEverRuns() throws Exception {
        EventLoop loop = loop();
        Ledger ledger = new Ledger(RESTARTS * 20_000L);
        Producer producer = new Producer(loop, ledger, crowd, new OneAtATime(loop), random.split());
        AtomicInteger refusedStarts = new AtomicInteger();
        LongAdder starts = new LongAdder();
        for (int restart = 0; restart < RESTARTS; restart++) {
            if (restart % 2 == 0) {
                loop.start();
                starts.increment();
                Future<?> submitting = threads.submit(producer::submitUntilRefused);
                waitFor(ledger, ledger.issued() + 1 + random.nextInt(200));
                get(stopSomehow(loop));
                Loops.get(submitting);
            } else {
                race(loop, producer, refusedStarts, starts);
            }
            ledger.closeRun();
            producer.judge();
        }
        System.out.printf(
                "restarts: %,d, of which %,d racing (%,d starts succeeded, %,d refused), %,d calls:"
                        + " run in a later run %d, run twice %d, not ended %d; seed %d%n",
                RESTARTS,
                RESTARTS / 2,
                starts.sum(),
                refusedStarts.get(),
                ledger.issued(),
                ledger.stale(),
                ledger.doubled(),
                producer.verdict().notEnded,
                seed);
        assertThat(ledger.stale()).as("run in a later run").isZero();
        assertThat(ledger.doubled()).as("run twice").isZero();
        assertThat(producer.verdict().notEnded).as("not ended").isZero();
        assertThat(producer.verdict().lost).as("lost").isZero();
        assertThat(producer.verdict().rejectedButRan).as("refused but run").isZero();
        assertThat(unexpected)
                .as("failures that reached the handler")
                .filteredOn(failure -> !isEndOfAnotherRun(failure.error()))
                .isEmpty();
    }

    /** A join of handles, of which some belong to the run before, is one of two runs: to that they are like stages of others. */
    private static boolean isEndOfAnotherRun(Throwable error) {
        return error instanceof CallStoppedException || error instanceof CallRejectedException;
    }

    /** Two start, two stop, one submits, all at once; the last stop comes when they are through. */
    private void race(EventLoop loop, Producer producer, AtomicInteger refusedStarts, LongAdder starts)
            throws Exception {
        CyclicBarrier together = new CyclicBarrier(5);
        Callable<Void> start = () -> {
            together.await(LONG.toSeconds(), TimeUnit.SECONDS);
            try {
                loop.start();
                starts.increment();
            } catch (IllegalStateException e) {
                refusedStarts.incrementAndGet(); // it is stopping: the one legal refusal
            }
            return null;
        };
        boolean force = random.nextBoolean();
        Callable<Void> stop = () -> {
            together.await(LONG.toSeconds(), TimeUnit.SECONDS);
            get(force ? loop.forceStop() : loop.stop(LONG));
            return null;
        };
        Callable<Void> submit = () -> {
            together.await(LONG.toSeconds(), TimeUnit.SECONDS);
            producer.submitUntilRefused();
            return null;
        };
        List<Future<Void>> racing = List.of(
                threads.submit(start),
                threads.submit(stop),
                threads.submit(submit),
                threads.submit(stop),
                threads.submit(start));
        for (int i : new int[] {0, 1, 3, 4}) {
            get(racing.get(i));
        }
        get(loop.forceStop());
        get(racing.get(2));
    }

    @Test
    void tenStoppersMakeOneTransitionAndSeeTheSameReport() throws Exception {
        AtomicIntegerArray entered = new AtomicIntegerArray(LoopState.values().length);
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                entered.incrementAndGet(to.ordinal());
            }
        }));
        int clean = 0;
        for (int round = 1; round <= STOPS; round++) {
            loop.start();
            for (int i = 0; i < 8; i++) {
                loop.next(() -> 1, one -> {});
            }
            CyclicBarrier together = new CyclicBarrier(STOPPERS);
            int forcing = random.nextInt(STOPPERS + 1);
            List<Future<StopReport>> reports = new ArrayList<>();
            for (int i = 0; i < STOPPERS; i++) {
                boolean forced = i < forcing && random.nextBoolean();
                reports.add(threads.submit(() -> {
                    together.await(LONG.toSeconds(), TimeUnit.SECONDS);
                    return get(forced ? loop.forceStop() : loop.stop(LONG));
                }));
            }
            StopReport first = get(reports.get(0));
            for (Future<StopReport> report : reports) {
                assertThat(get(report)).isSameAs(first);
            }
            clean += first.isClean() ? 1 : 0;
            assertThat(first.stuck()).isEmpty();
            assertThat(entered.get(LoopState.STOPPING.ordinal())).isEqualTo(round);
            assertThat(entered.get(LoopState.STOPPED.ordinal())).isEqualTo(round);
            assertThat(entered.get(LoopState.DRAINING.ordinal())).isLessThanOrEqualTo(round);
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).isEmpty());
        }
        System.out.printf(
                "stops: %,d rounds of %d concurrent stoppers (%,d clean): one transition and one report each,"
                        + " threads left 0; seed %d%n",
                STOPS, STOPPERS, clean, seed);
    }
}
