package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallInfo;
import dev.pel.CallRejectedException;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 10, and the counting identity of promise 2. */
class StatsTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private static void identityHolds(LaneStats lane) {
        long sum = lane.outcomes().values().stream().mapToLong(Long::longValue).sum();
        assertThat(lane.queued()).isNotNegative();
        assertThat(lane.running()).isNotNegative();
        assertThat(lane.queued() + lane.running() + sum).as("%s", lane).isEqualTo(lane.submitted());
    }

    @Test
    void sizeIsWhatWaitsAndRunningIsWhatRuns() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(3)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(loop.next(() -> {
                running.countDown();
                pass(gate);
            }));
        }
        pass(running);
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        assertThat(loop.running(Lane.PASSIVE)).isEqualTo(3);
        LoopFuture<Integer> waiting = loop.next(() -> 1);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1);
        await().atMost(LONG)
                .until(() -> loop.stats().lane(Lane.PASSIVE).oldestWait().compareTo(Duration.ZERO) > 0);
        gate.countDown();
        calls.forEach(Loops::get);
        get(waiting);
        assertThat(loop.stats().lane(Lane.PASSIVE).oldestWait()).isZero();
    }

    /** Counts by itself what the listener is told. */
    private static final class Ledger implements EventLoopListener {
        final LongAdder queued = new LongAdder();
        final LongAdder started = new LongAdder();
        final LongAdder oddities = new LongAdder();
        final Map<String, LongAdder> ended = new ConcurrentHashMap<>();

        @Override
        public void queued(CallInfo call, Lane lane) {
            queued.increment();
        }

        @Override
        public void started(CallInfo call, Lane lane, long waitingNanos) {
            started.increment();
            odd(waitingNanos);
        }

        @Override
        public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
            odd(waitingNanos);
            odd(runningNanos);
            count(lane, outcome);
        }

        @Override
        public void rejected(CallInfo call, CallRejectedException why) {
            count(why.lane(), Outcome.REJECTED);
        }

        private void count(Lane lane, Outcome outcome) {
            ended.computeIfAbsent(lane + " " + outcome, key -> new LongAdder()).increment();
        }

        /** A duration that cannot be. */
        private void odd(long nanos) {
            if (nanos < 0 || nanos > LONG.toNanos() * 10) {
                oddities.increment();
            }
        }

        long ended(Lane lane, Outcome outcome) {
            LongAdder count = ended.get(lane + " " + outcome);
            return count == null ? 0 : count.sum();
        }
    }

    @Test
    void listenerIsToldATimeForAllThatHasRunAlsoInAFlood() {
        AtomicLong ended = new AtomicLong();
        AtomicLong withoutTime = new AtomicLong();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                ended.incrementAndGet();
                if (waitingNanos < 0 || runningNanos <= 0) {
                    withoutTime.incrementAndGet();
                }
            }
        }));
        int calls = 50_000;
        CountDownLatch done = new CountDownLatch(calls);
        get(loop.enqueue(Lane.ACTIVE, () -> {
            for (int i = 0; i < 100; i++) {
                again(loop, done);
            }
        }));
        Loops.pass(done);
        await().atMost(LONG).untilAsserted(() -> assertThat(ended.get()).isGreaterThan(2L * calls));
        assertThat(withoutTime.get()).isZero();
    }

    private static void again(EventLoop loop, CountDownLatch done) {
        loop.next(() -> 1, one -> {
            done.countDown();
            if (done.getCount() >= 100) {
                again(loop, done);
            }
        });
    }

    /** Tells the shortest time that an entry of a lane took. */
    private static final class Shortest implements EventLoopListener {
        private final Lane lane;
        final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
        final AtomicLong ended = new AtomicLong();

        Shortest(Lane lane) {
            this.lane = lane;
        }

        @Override
        public boolean needsExactTimes() {
            return true;
        }

        @Override
        public void ended(CallInfo call, Lane where, Outcome outcome, long waitingNanos, long runningNanos) {
            if (where == lane) {
                nanos.accumulateAndGet(runningNanos, Math::min);
                ended.incrementAndGet();
            }
        }
    }

    private static void spin(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void everySingleTimeIsExactInAFloodForAListenerThatNeedsThat(Lane lane) {
        Shortest shortest = new Shortest(lane);
        EventLoop loop =
                loops.started(options -> options.withListener(shortest).withListener(new EventLoopListener() {}));
        long least = 10_000; // a hundredth of the tick by which times are told otherwise
        int entries = 5_000;
        for (int i = 0; i < entries; i++) {
            loop.enqueue(lane, () -> spin(least));
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(shortest.ended).hasValue(entries));
        assertThat(shortest.nanos.get()).isGreaterThanOrEqualTo(least);
    }

    @Test
    void exactTimesAreGivenToAListenerThatNeedsThem() {
        AtomicLong running = new AtomicLong();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public boolean needsExactTimes() {
                return true;
            }

            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                running.set(runningNanos);
            }
        }));
        long least = Duration.ofMillis(5).toNanos();
        get(loop.next(() -> {
            long until = System.nanoTime() + least;
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }));
        await().atMost(LONG).untilAsserted(() -> assertThat(running.get()).isGreaterThanOrEqualTo(least));
    }

    @Test
    @Tag("slow")
    void identityHoldsAtEverySnapshotAndTheListenerAgrees() throws InterruptedException {
        Ledger ledger = new Ledger();
        EventLoop loop = loops.started(options -> options.withListener(ledger)
                .withErrorHandler(failure -> {})
                .withPassive(passive -> passive.withCapacity(50))
                .withActive(active -> active.withCapacity(200)));
        AtomicBoolean goOn = new AtomicBoolean(true);
        AtomicLong snapshots = new AtomicLong();
        Thread reader = new Thread(() -> {
            while (goOn.get()) {
                loop.stats().lanes().values().forEach(StatsTests::identityHolds);
                snapshots.incrementAndGet();
            }
        });
        AtomicBoolean violated = new AtomicBoolean();
        reader.setUncaughtExceptionHandler((thread, error) -> violated.set(true));
        reader.start();
        Thread[] producers = new Thread[8];
        for (int p = 0; p < producers.length; p++) {
            producers[p] = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    submitSomething(loop);
                }
            });
            producers[p].start();
        }
        for (Thread producer : producers) {
            producer.join();
        }
        get(loop.stop(LONG));
        goOn.set(false);
        reader.join();
        assertThat(violated).isFalse();
        assertThat(snapshots.get()).isPositive();
        LoopStats stats = loop.stats();
        assertThat(stats.queued()).isZero();
        assertThat(stats.running()).isZero();
        for (LaneStats lane : stats.lanes().values()) {
            identityHolds(lane);
            for (Outcome outcome : Outcome.values()) {
                assertThat(ledger.ended(lane.lane(), outcome))
                        .as("%s on %s", outcome, lane.lane())
                        .isEqualTo(lane.ended(outcome));
            }
        }
        assertThat(ledger.oddities.sum()).isZero();
        assertThat(ledger.queued.sum()).isEqualTo(stats.submitted() - stats.ended(Outcome.REJECTED));
    }

    private static void submitSomething(EventLoop loop) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        switch (random.nextInt(7)) {
            case 0 -> loop.next(() -> 1, one -> {});
            case 1 -> loop.work(() -> 1);
            case 2 -> loop.enqueue(Lane.ACTIVE, () -> {});
            case 3 -> loop.next(() -> 1).thenAccept(one -> {});
            case 4 -> loop.next(() -> 1, one -> {}).cancel(random.nextBoolean());
            case 5 ->
                loop.call("t")
                        .timeout(Duration.ofNanos(1 + random.nextInt(100_000)))
                        .next(() -> 1, one -> {});
            default ->
                loop.next(() -> {
                    throw new IOException("x");
                });
        }
    }

    @Test
    void figuresOfAnEarlierRunAreGoneAfterARestart() {
        EventLoop loop = loops.started();
        get(loop.next(() -> 1));
        get(loop.stop(LONG));
        assertThat(loop.stats().submitted()).isEqualTo(1);
        loop.start();
        assertThat(loop.stats().submitted()).isZero();
        assertThat(loop.stats().state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void statsAreAnsweredWhileTheActiveThreadIsStuck() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> blocker = loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            pass(gate);
        });
        pass(stuck);
        assertThat(loop.stats().lane(Lane.ACTIVE).running()).isEqualTo(1);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
        gate.countDown();
        get(blocker);
    }

    @Test
    void listenerThatThrowsIsHarmless() {
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void queued(CallInfo call, Lane lane) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                throw new AssertionError("listener");
            }
        }));
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
    }

    @Test
    void everyCallHasItsOwnNumber() {
        Map<Long, Boolean> numbers = new ConcurrentHashMap<>();
        EventLoop loop = loops.started();
        CallSpec described = loop.call("again and again");
        for (int i = 0; i < 100; i++) {
            for (LoopFuture<?> call : List.of(
                    loop.next(() -> 1),
                    described.next(() -> 1),
                    described.delay(Duration.ZERO, () -> {}),
                    loop.work(() -> 1),
                    loop.enqueue(Lane.ACTIVE, () -> {}),
                    loop.delay(Duration.ZERO, () -> {}))) {
                assertThat(numbers.put(((CallInfo) call).id(), true)).isNull();
            }
        }
    }

    @Test
    void listenerIsAskedOnceForEachRunWhetherItNeedsExactTimes() {
        AtomicInteger asked = new AtomicInteger();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public boolean needsExactTimes() {
                asked.incrementAndGet();
                return false;
            }
        }));
        loop.resize(Lane.PASSIVE, 6);
        get(loop.next(() -> 1));
        assertThat(asked).hasValue(1);
        get(loop.stop(LONG));
        loop.start();
        assertThat(asked).hasValue(2);
    }
}
