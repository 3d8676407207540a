package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promises 4 and 5: everything is bounded, and nobody waits for pel, least of all pel itself. */
class BoundTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private EventLoop tiny() {
        return loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
    }

    private static LoopFuture<Void> occupy(EventLoop loop, Lane lane, CountDownLatch gate) {
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> call = loop.enqueue(lane, () -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        return call;
    }

    @Test
    void fullLaneReturnsAnAlreadyRejectedHandle() {
        EventLoop loop = tiny();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> running = occupy(loop, Lane.PASSIVE, gate);
        assertThat(loop.isFull(Lane.PASSIVE)).isFalse();
        LoopFuture<Integer> waiting = loop.next(() -> 2);
        assertThat(loop.isFull(Lane.PASSIVE)).isTrue();
        assertThat(loop.isFull(Lane.WORK)).isFalse();
        LoopFuture<Integer> refused = loop.next(() -> 3);
        assertThat(refused).isDone();
        assertThat(Loops.failureOf(refused)).isInstanceOfSatisfying(CallRejectedException.class, why -> {
            assertThat(why.lane()).isEqualTo(Lane.PASSIVE);
            assertThat(why.capacity()).isEqualTo(1);
            assertThat(why.isFull()).isTrue();
            assertThat(why).hasMessageContaining("PASSIVE lane").hasMessageContaining("its capacity is 1");
        });
        gate.countDown();
        get(running);
        assertThat(get(waiting)).isEqualTo(2);
        assertThat(loop.stats().lane(Lane.PASSIVE).ended(Outcome.REJECTED)).isEqualTo(1);
    }

    @Test
    void activeThreadIsNeverBlockedByAFullLane() {
        EventLoop loop = tiny();
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.PASSIVE, gate);
        List<Outcome> outcomes = new ArrayList<>();
        get(loop.enqueue(Lane.ACTIVE, () -> {
            for (int i = 0; i < 5; i++) {
                outcomes.add(loop.next(() -> 1).outcome());
            }
        }));
        assertThat(outcomes)
                .containsExactly(null, Outcome.REJECTED, Outcome.REJECTED, Outcome.REJECTED, Outcome.REJECTED);
        gate.countDown();
    }

    @Test
    void completionsAreNeverRefused() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(1))
                .withPassive(passive -> passive.withThreads(4).withCapacity(100)));
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger bodies = new AtomicInteger();
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        CountDownLatch operations = new CountDownLatch(20);
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            calls.add(loop.next(
                    () -> {
                        pass(go);
                        operations.countDown();
                        return 1;
                    },
                    one -> bodies.incrementAndGet()));
        }
        occupy(loop, Lane.ACTIVE, gate);
        go.countDown();
        pass(operations);
        await().atMost(LONG).until(() -> loop.size(Lane.ACTIVE) == 20);
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
        gate.countDown();
        calls.forEach(Loops::get);
        assertThat(bodies).hasValue(20);
    }

    @Test
    void callIsRejectedWhenTheActiveThreadHasFallenBehind() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(1)));
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.ACTIVE, gate);
        loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<Integer> refused = loop.next(() -> 1);
        assertThat(Loops.failureOf(refused))
                .isInstanceOfSatisfying(
                        CallRejectedException.class,
                        why -> assertThat(why.lane()).isEqualTo(Lane.ACTIVE));
        gate.countDown();
    }

    @Test
    void executorViewThrowsWhenTheLaneIsFull() {
        EventLoop loop = tiny();
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.PASSIVE, gate);
        loop.next(() -> 1);
        assertThatThrownBy(() -> loop.executor(Lane.PASSIVE).execute(() -> {}))
                .isInstanceOf(CallRejectedException.class);
        gate.countDown();
    }

    @Test
    void operationThatJoinsAQueuedCallRunsItRightThere() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        AtomicReference<Thread> inner = new AtomicReference<>();
        Thread outer = get(loop.next(() -> {
            loop.next(() -> inner.set(Thread.currentThread())).join();
            return Thread.currentThread();
        }));
        assertThat(inner.get()).isSameAs(outer);
    }

    @Test
    void nestedJoinsOnAFullPoolDoNotDeadlock() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(loop.next(() ->
                    1 + loop.next(() -> 1 + loop.next(() -> 1).join()).join()));
        }
        for (LoopFuture<Integer> call : calls) {
            assertThat(get(call)).isEqualTo(3);
        }
    }

    @Test
    void joinsOfChainsOnAFullPoolDoNotDeadlock() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        assertThat(get(loop.next(
                        () -> loop.next(() -> 1).thenApply(one -> one + 1).join())))
                .isEqualTo(2);
        assertThat(get(loop.next(() -> loop.next(() -> 1, () -> 2, (a, b) -> {})
                        .handle((v, e) -> 3)
                        .join())))
                .isEqualTo(3);
        assertThat(get(loop.next(() -> loop.next(() -> 1)
                        .thenCompose(one -> loop.next(() -> one + 3))
                        .join())))
                .isEqualTo(4);
        assertThat(get(loop.next(() -> loop.next(() -> 2)
                        .thenCombine(loop.next(() -> 3), Integer::sum)
                        .join())))
                .isEqualTo(5);
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(Loops.threadsOf(loop).stream().filter(name -> name.contains("-passive-")))
                                .hasSize(1));
    }

    @Test
    void cancelOfTheOuterCallDoesNotHitTheOneThatRunsInItsJoin() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        CountDownLatch nested = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch outerOver = new CountDownLatch(1);
        AtomicReference<Boolean> innerSaw = new AtomicReference<>();
        AtomicReference<Boolean> outerSaw = new AtomicReference<>();
        LoopFuture<?> outer = loop.next(() -> {
            loop.next(() -> {
                        nested.countDown();
                        pass(gate);
                        innerSaw.set(Thread.currentThread().isInterrupted());
                    })
                    .join();
            outerSaw.set(Thread.currentThread().isInterrupted());
            outerOver.countDown();
        });
        pass(nested);
        outer.cancel(true);
        gate.countDown();
        pass(outerOver);
        assertThat(innerSaw.get()).isFalse();
        assertThat(outerSaw.get()).isTrue();
    }

    @Test
    void pressureEventsHaveHysteresis() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withPassive(
                        passive -> passive.withThreads(1).withCapacity(10).withWaterMarks(80, 50))
                .withListener(new EventLoopListener() {
                    @Override
                    public void pressureHigh(Lane lane, int size) {
                        events.add("high");
                    }

                    @Override
                    public void pressureLow(Lane lane, int size) {
                        events.add("low");
                    }
                }));
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.PASSIVE, gate);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(loop.next(() -> 1));
        }
        assertThat(events).containsExactly("high");
        calls.get(0).cancel(true); // 7 wait
        calls.add(loop.next(() -> 1)); // 8 again: no second event
        assertThat(events).containsExactly("high");
        calls.get(1).cancel(true);
        calls.get(2).cancel(true);
        assertThat(events).containsExactly("high");
        calls.get(3).cancel(true); // 5
        assertThat(events).containsExactly("high", "low");
        gate.countDown();
    }

    @Test
    void floodIsRefusedExactlyAtTheLimit() throws InterruptedException {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1_000)));
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.PASSIVE, gate);
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        Thread[] producers = new Thread[8];
        for (int p = 0; p < producers.length; p++) {
            producers[p] = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    boolean rejected = loop.next(() -> 1).outcome() == Outcome.REJECTED;
                    (rejected ? refused : accepted).incrementAndGet();
                }
            });
            producers[p].start();
        }
        for (Thread producer : producers) {
            producer.join();
        }
        assertThat(accepted).hasValue(1_000);
        assertThat(refused).hasValue(39_000);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1_000);
        gate.countDown();
    }

    @Test
    void timersAreBounded() {
        EventLoop loop = loops.started(options -> options.withTimerCapacity(2));
        LoopFuture<?> first = loop.delay(Duration.ofDays(1), () -> {});
        loop.delay(Duration.ofDays(1), () -> {});
        LoopFuture<?> refused = loop.delay(Duration.ofDays(1), () -> {});
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        first.cancel(true);
        assertThat(loop.delay(Duration.ofDays(1), () -> {}).outcome()).isNull();
        assertThat(loop.stats().timers().rejected()).isEqualTo(1);
    }

    @Test
    void timeoutThatFiresAtOnceNeverBreaksTheBooks() {
        EventLoop loop = tiny();
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, Lane.PASSIVE, gate);
        for (int i = 0; i < 500; i++) {
            loop.call("instant").timeout(Duration.ofNanos(1)).next(() -> 1);
            assertThat(loop.size(Lane.PASSIVE)).isBetween(0, 1);
        }
        gate.countDown();
        assertThat(get(loop.stop(LONG)).stuck()).isEmpty();
        assertThat(loop.stats().queued()).isZero();
    }

    @Test
    void resizeGrowsAndShrinksALaneThatIsInUse() {
        EventLoop loop = loops.started();
        loop.resize(Lane.PASSIVE, 20);
        CountDownLatch together = new CountDownLatch(20);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(loop.next(() -> {
                together.countDown();
                pass(together);
            }));
        }
        calls.forEach(Loops::get);
        loop.resize(Lane.PASSIVE, 3);
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(Loops.threadsOf(loop).stream().filter(name -> name.contains("-passive-")))
                                .hasSize(3));
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(3);
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    @Test
    void resizeRefusesWhatIsOutOfRange() {
        EventLoop loop = loops.started();
        for (int wrong : new int[] {0, -1, LaneOptions.MAX_PLATFORM_THREADS + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> loop.resize(Lane.PASSIVE, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'threads' must be between 1 and 4096 but was " + wrong);
        }
        assertThatThrownBy(() -> loop.resize(Lane.ACTIVE, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(4);
        get(loop.stop(LONG));
        assertThatThrownBy(() -> loop.resize(Lane.WORK, 2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void poolWhoseSpareThreadHasJustEndedDoesNotWaitForItself() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        int sum = get(loop.next(() -> {
            int first =
                    loop.enqueue(Lane.ACTIVE, () -> {}).thenApply(nothing -> 1).join();
            return first
                    + loop.enqueue(Lane.ACTIVE, () -> {})
                            .thenCompose(nothing -> loop.next(() -> 2))
                            .join();
        }));
        assertThat(sum).isEqualTo(3);
    }

    @Test
    void poolThatShrinksWhileAnOperationWaitsDoesNotWaitForItself() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> outer = loop.next(() -> {
            LoopFuture<Integer> chain = loop.enqueue(Lane.ACTIVE, () -> {
                        waiting.countDown();
                        pass(gate);
                    })
                    .thenCompose(nothing -> loop.next(() -> 7));
            return chain.join();
        });
        pass(waiting);
        loop.resize(Lane.PASSIVE, 1);
        gate.countDown();
        assertThat(get(outer)).isEqualTo(7);
    }

    @Test
    void joinOfADiamondOfManyFuturesIsQuick() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> top = loop.work(() -> {
            pass(gate);
            return 1;
        });
        LoopFuture<Integer> x = top;
        for (int i = 0; i < 30; i++) {
            x = x.thenCombine(x, Integer::sum);
        }
        LoopFuture<Integer> bottom = x;
        LoopFuture<Integer> joined = loop.next(() -> {
            gate.countDown();
            return bottom.join();
        });
        assertThat(get(joined)).isEqualTo(1 << 30);
    }

    @Test
    void deepRecursionOfJoinsEndsEveryCall() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {})
                .withWork(work -> work.withThreads(2).withCapacity(100_000)));
        LoopFuture<Integer> deep = loop.work(() -> deeper(loop, 200));
        assertThat(get(deep)).isEqualTo(200);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    private static int deeper(EventLoop loop, int depth) {
        return depth == 0 ? 0 : 1 + loop.work(() -> deeper(loop, depth - 1)).join();
    }

    /** Ids are part of the bits of a call's state, and each join that blocks may start a thread. */
    @Test
    @Tag("slow")
    void idOfAWorkerThatHasEndedIsGivenAgain() {
        EventLoop loop = loops.started();
        for (int round = 0; round < 50; round++) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch gate = new CountDownLatch(1);
            LoopFuture<Void> source = loop.work(() -> {
                running.countDown();
                pass(gate);
            });
            pass(running);
            LoopFuture<Void> joining = loop.next(() -> source.join());
            await().atMost(LONG)
                    .until(() -> Loops.threadsOf(loop).stream().anyMatch(name -> name.endsWith("-passive-5")));
            gate.countDown();
            get(joining);
            await().atMost(LONG)
                    .until(() -> Loops.threadsOf(loop).stream()
                                    .filter(name -> name.contains("-passive-"))
                                    .count()
                            == 4);
        }
        assertThat(((PretendEventLoop) loop).loopRun().workers.nextId())
                .as("of 6 threads and a spare one")
                .isLessThan(20);
    }
}
