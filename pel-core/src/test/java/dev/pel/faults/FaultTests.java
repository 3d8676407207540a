package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.CallInfo;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.Ledger;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong around a loop: interrupts, clocks, wake-ups, hung lanes, bombs, listeners that meddle. */
class FaultTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines lines = new LogLines();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    // ------------------------------------------------------------------ interrupts

    @Test
    void interruptsFromOutsideOnEveryThreadEndNoCallButTheOneTheyHit() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        List<String> names = Loops.threadsOf(loop);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger interrupts = new AtomicInteger();
        Future<?> interrupting = threads.submit(() -> {
            List<Thread> all = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> names.contains(thread.getName()))
                    .toList();
            while (!over.get()) {
                all.forEach(Thread::interrupt);
                interrupts.addAndGet(all.size());
                Thread.sleep(1);
            }
            return null;
        });
        List<LoopFuture<?>> quick = new ArrayList<>();
        List<LoopFuture<?>> blocking = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            quick.add(loop.next(() -> 1, one -> {}));
            quick.add(loop.work(() -> 1).thenApply(one -> one));
            quick.add(loop.delay(Duration.ofMillis(1), () -> {}));
            quick.add(loop.call("in time").timeout(LONG).next(() -> 1));
            blocking.add(loop.next(() -> Thread.sleep(5)));
            awaitDone(blocking.get(round));
        }
        quick.forEach(call -> {
            awaitDone(call);
            assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
        });
        assertThat(blocking).allSatisfy(call -> {
            if (call.outcome() == Outcome.FAILED) {
                assertThat(Loops.failureOf(call)).isInstanceOf(InterruptedException.class);
            } else {
                assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
            }
        });
        over.set(true);
        get(interrupting);
        assertThat(interrupts).hasValueGreaterThan(1_000);
        assertThat(Loops.threadsOf(loop)).isEqualTo(names);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void operationThatSwallowsInterruptsIsAbandonedAndHoldsUpNobody() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> deaf = loop.call("deaf").timeout(Duration.ofSeconds(1)).next(() -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(running);
        awaitDone(deaf);
        assertThat(deaf.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(loop.stats().lane(Lane.PASSIVE).abandoned()).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            assertThat(get(loop.next(() -> Thread.currentThread().isInterrupted())))
                    .isFalse();
        }
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck()).singleElement().satisfies(stuck -> {
            assertThat(stuck.label()).isEqualTo("deaf");
            assertThat(stuck.stack()).isNotEmpty();
        });
        // its thread lives on, and a later run of the loop has threads of its own
        loop.start();
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
        gate.countDown();
    }

    // ------------------------------------------------------------------ hung lanes, bombs

    @Test
    void hungPassiveLaneHoldsUpNothingElse() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(3).withCapacity(5)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        List<LoopFuture<?>> hung = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            hung.add(loop.next(() -> {
                running.countDown();
                Loops.block(gate);
            }));
        }
        pass(running);
        for (int i = 0; i < 5; i++) {
            hung.add(loop.next(() -> {}));
        }
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(loop.isFull(Lane.PASSIVE)).isTrue();
        assertThat(loop.running(Lane.PASSIVE)).isEqualTo(3);
        for (int i = 0; i < 1_000; i++) {
            assertThat(get(loop.work(() -> 1, one -> {}))).isEqualTo(1);
        }
        get(loop.delay(Duration.ofMillis(1), () -> {}));
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        StopReport report = get(loop.forceStop());
        assertThat(report.interrupted()).isEqualTo(3);
        assertThat(report.neverStarted()).isEqualTo(5);
        assertThat(hung).allSatisfy(call -> assertThat(call.outcome()).isEqualTo(Outcome.STOPPED));
    }

    @ParameterizedTest
    @EnumSource(names = {"PASSIVE", "ACTIVE"})
    void bombOfCallsThatEachSubmitTwoIsRefusedExactly(Lane from) {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withCapacity(1_000)));
        LongAdder ran = new LongAdder();
        LongAdder offered = new LongAdder();
        LongAdder refused = new LongAdder();
        AtomicInteger open = new AtomicInteger();
        Bomb bomb = new Bomb(loop, from, ran, offered, refused, open);
        bomb.submit(30);
        LoopFuture<?> timer = loop.delay(Duration.ofMillis(5), () -> {});
        await().atMost(LONG).until(() -> open.get() == 0);
        get(timer);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        LaneStats books = loop.stats().lane(Lane.PASSIVE);
        // a call is refused by the active lane, too, when that has no place for its body
        long refusedForItsBody = loop.stats().lane(Lane.ACTIVE).ended(Outcome.REJECTED);
        assertThat(refused.sum()).as("refused").isPositive();
        assertThat(offered.sum()).isEqualTo(ran.sum() + refused.sum());
        assertThat(books.submitted() + refusedForItsBody).isEqualTo(offered.sum());
        assertThat(books.ended(Outcome.SUCCEEDED)).isEqualTo(ran.sum());
        assertThat(books.ended(Outcome.REJECTED) + refusedForItsBody).isEqualTo(refused.sum());
        System.out.printf(
                "bomb from %s: %,d offered, %,d ran, %,d refused%n", from, offered.sum(), ran.sum(), refused.sum());
    }

    /** Each call submits two more, out of its operation or out of its body, down to a depth that would be 2^30 calls. */
    private record Bomb(
            EventLoop loop, Lane from, LongAdder ran, LongAdder offered, LongAdder refused, AtomicInteger open) {
        void submit(int depth) {
            offered.increment();
            open.incrementAndGet();
            LoopFuture<?> call = from == Lane.ACTIVE
                    ? loop.next(ran::increment, () -> explode(depth))
                    : loop.next(() -> {
                        ran.increment();
                        explode(depth);
                    });
            if (call.outcome() == Outcome.REJECTED) {
                refused.increment();
                open.decrementAndGet();
            }
        }

        private void explode(int depth) {
            if (depth > 0) {
                submit(depth - 1);
                submit(depth - 1);
            }
            open.decrementAndGet();
        }
    }

    // ------------------------------------------------------------------ the machine

    /** Every second park returns at once, or late, for no reason: as the JDK allows it to. */
    private static final class Restless extends ForwardingMachine {
        private final LongAdder spurious = new LongAdder();

        @Override
        public void park(Object blocker, long nanos) {
            if (ThreadLocalRandom.current().nextBoolean()) {
                spurious.increment();
                Thread.yield();
            } else {
                super.park(blocker, nanos);
            }
        }
    }

    /** A wall clock that jumps by up to an hour at every look, and a monotonic one that will overflow soon. */
    private static final class BadClocks extends ForwardingMachine {
        private final long offset = Long.MAX_VALUE - 200_000_000 - super.nanoTime();

        @Override
        public long nanoTime() {
            return super.nanoTime() + offset;
        }

        @Override
        public Instant now() {
            return super.now().plusSeconds(ThreadLocalRandom.current().nextInt(-3_600, 3_601));
        }
    }

    /** A clock that fails once on the thread that is armed, as anything does for which no memory is left. */
    private static final class BrokenClock extends ForwardingMachine {
        private final AtomicReference<Thread> next = new AtomicReference<>();

        @Override
        public long nanoTime() {
            if (next.compareAndSet(Thread.currentThread(), null)) {
                throw new OutOfMemoryError("the test's fault");
            }
            return super.nanoTime();
        }

        void failHere() {
            next.set(Thread.currentThread());
        }

        boolean hasFailed() {
            return next.get() == null;
        }
    }

    private static final class Stopwatch implements EventLoopListener {
        @Override
        public boolean needsExactTimes() {
            return true;
        }
    }

    @Test
    void callWhoseCancelCannotBeBookedEndsNevertheless() {
        BrokenClock clock = new BrokenClock();
        EventLoop loop = loops.made(options -> options, clock);
        loop.start();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            running.countDown();
            new CountDownLatch(1).await();
        });
        pass(running);
        clock.failHere();
        assertThatThrownBy(() -> call.cancel(true)).isInstanceOf(OutOfMemoryError.class);
        assertThat(call).isCancelled();
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
    }

    @Test
    void callWhoseResultCannotBeBookedEndsNevertheless() {
        BrokenClock clock = new BrokenClock();
        EventLoop loop = loops.made(options -> options.withErrorHandler(failure -> {}), clock);
        loop.start();
        LoopFuture<Integer> call = loop.next(() -> {
            clock.failHere();
            return 1;
        });
        awaitDone(call);
        assertThat(clock.hasFailed()).isTrue();
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(Loops.failureOf(call)).isInstanceOf(OutOfMemoryError.class);
        await().untilAsserted(() ->
                assertThat(lines.with("caught what should not have reached it")).hasSize(1));
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
    }

    @Test
    void bodyThatCannotBeBookedEndsItsCallNevertheless() {
        BrokenClock clock = new BrokenClock();
        EventLoop loop =
                loops.made(options -> options.withErrorHandler(failure -> {}).withListener(new Stopwatch()), clock);
        loop.start();
        LoopFuture<Integer> call = loop.next(() -> 1, one -> clock.failHere());
        awaitDone(call);
        assertThat(clock.hasFailed()).isTrue();
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
    }

    private void callsOfAllKindsThroughManyStops(EventLoop loop, int stops) {
        Ledger ledger = new Ledger(stops * 20_000L);
        Crowd crowd = new Crowd();
        SplittableRandom random = new SplittableRandom(1);
        Producer producer = new Producer(loop, ledger, crowd, new OneAtATime(loop), random.split());
        for (int i = 0; i < stops; i++) {
            loop.start();
            Future<?> submitting = threads.submit(producer::submitUntilRefused);
            long enough = ledger.issued() + 500;
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> ledger.issued() >= enough);
            StopReport report = get(i % 2 == 0 ? loop.stop(LONG) : loop.forceStop());
            assertThat(report.stuck()).isEmpty();
            ledger.closeRun();
            get(submitting);
            producer.judge();
        }
        Producer.Verdict verdict = producer.verdict();
        assertThat(List.of(verdict.lost, verdict.rejectedButRan, verdict.notEnded, ledger.doubled(), ledger.stale()))
                .containsOnly(0L);
        assertThat(crowd.tooMany()).as("too many at once of a key or a limit").isZero();
        assertThat(verdict.outcomes.get(Outcome.SUCCEEDED)).isPositive();
    }

    @Test
    void wakeUpsWithoutReasonAreHarmless() {
        Restless machine = new Restless();
        callsOfAllKindsThroughManyStops(loops.made(Crowd::withLimit, machine), 50);
        assertThat(machine.spurious.sum()).isGreaterThan(100); // how many there are depends on how fast the machine is
    }

    @Test
    void jumpsOfTheWallClockAndTheOverflowOfTheOtherAreHarmless() {
        BadClocks machine = new BadClocks();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        long before = machine.nanoTime();
        assertThat(before).isPositive();
        List<Integer> order = new ArrayList<>();
        List<LoopFuture<?>> timers = new ArrayList<>();
        for (int i = 40; i > 0; i--) {
            int number = i;
            timers.add(loop.delay(Duration.ofMillis(10L * i), () -> order.add(number)));
        }
        LoopFuture<?> far = loop.delay(Duration.ofDays(1), () -> {});
        LoopFuture<?> slow =
                loop.call("slow").timeout(Duration.ofMillis(300)).next(() -> Loops.block(new CountDownLatch(1)));
        awaitDone(slow);
        timers.forEach(Loops::get);
        assertThat(machine.nanoTime()).as("the clock has overflown").isNegative();
        assertThat(order).isSorted().hasSize(40);
        assertThat(slow.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(far).isNotDone();
        assertThat(get(loop.stop(Duration.ofMillis(20))).timersStopped()).isEqualTo(1);
        callsOfAllKindsThroughManyStops(loops.made(Crowd::withLimit, new BadClocks()), 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 3_600})
    void clockThatLeapsForwardFiresEachTimerOnce(long seconds) {
        AtomicLong leap = new AtomicLong();
        EventLoop loop = loops.made(options -> options, new ForwardingMachine() {
            @Override
            public long nanoTime() {
                return super.nanoTime() + leap.get();
            }
        });
        loop.start();
        int[] fired = new int[1];
        List<LoopFuture<?>> due = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            due.add(loop.delay(Duration.ofMillis(seconds * i), () -> fired[0]++));
        }
        LoopFuture<?> later = loop.delay(Duration.ofSeconds(2 * seconds), () -> fired[0]++);
        leap.addAndGet(Duration.ofSeconds(seconds).toNanos());
        loop.enqueue(Lane.ACTIVE, () -> {}); // whoever was suspended is woken
        due.forEach(Loops::get);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(fired).containsExactly(1_000)));
        assertThat(later.cancel(true)).isTrue();
    }

    // ------------------------------------------------------------------ listeners

    @Test
    void listenerThatCancelsCompletesAndSubmitsIsHarmless() {
        Queue<LoopFuture<?>> victims = new ConcurrentLinkedQueue<>();
        AtomicBoolean meddles = new AtomicBoolean(true);
        EventLoop[] loop = new EventLoop[1];
        LongAdder told = new LongAdder();
        loop[0] = loops.made(options -> options.withErrorHandler(failure -> {}).withListener(new EventLoopListener() {
            @Override
            public void started(CallInfo call, Lane lane, long waitingNanos) {
                meddle();
            }

            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                meddle();
            }

            private void meddle() {
                told.increment();
                LoopFuture<?> victim = victims.poll();
                if (victim != null && meddles.get()) {
                    victim.cancel(true);
                    victim.cancel(false);
                    victim.completeExceptionally(new IllegalStateException("too late"));
                    loop[0].next(() -> 1);
                }
            }
        }));
        loop[0].start();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            LoopFuture<?> call = loop[0].next(() -> 1, one -> {});
            calls.add(call);
            victims.add(call);
            if (i % 100 == 0) {
                awaitDone(call);
            }
        }
        calls.forEach(call -> {
            awaitDone(call);
            assertThat(call.outcome()).isIn(Outcome.SUCCEEDED, Outcome.CANCELLED, Outcome.REJECTED);
        });
        meddles.set(false);
        assertThat(get(loop[0].stop(LONG)).isClean()).isTrue();
        assertThat(told.sum()).isGreaterThan(10_000);
        LoopStats stats = loop[0].stats();
        for (Lane lane : Lane.values()) {
            assertThat(stats.lane(lane).submitted())
                    .isEqualTo(stats.lane(lane).outcomes().values().stream()
                            .mapToLong(count -> count)
                            .sum());
        }
    }
}
