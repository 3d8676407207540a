package dev.pel;

import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers and timeouts that are set and given up while the thread that keeps them is busy. */
class TimerPileTests {
    private static final Duration FAR = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final ManualMachine machine = new ManualMachine();

    // ------------------------------------------------------------------ an active thread that never takes its turn

    @Test
    void timersSetAndCancelledFromOutsideDoNotPileUpWhileTheActiveThreadIsBusy() {
        LoopRun busy = machine.running();
        for (int i = 0; i < 1_000_000; i++) {
            busy.submissions.delay(FAR, () -> {}).cancel(false);
        }
        assertThat(busy.timers.held()).isLessThan(200);
        assertThat(busy.timers.counters().stats())
                .isEqualTo(new LoopStats.TimerStats(1_000_000, 0, 0, 1_000_000, 0, 0, 0));
    }

    @Test
    void timersThatAreCancelledLaterThanTheNextOnesAreSetDoNotPileUpEither() {
        LoopRun busy = machine.running(EventLoopOptions.defaults().withTimerCapacity(1_000));
        Timers timers = busy.timers;
        for (int round = 0; round < 100; round++) {
            List<LoopFuture<?>> set = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                set.add(busy.submissions.delay(FAR, () -> {}));
            }
            assertThat(timers.counters().stats().pending()).isEqualTo(1_000);
            assertThat(busy.submissions.delay(FAR, () -> {}).outcome()).isEqualTo(Outcome.REJECTED);
            set.forEach(timer -> assertThat(timer.cancel(false)).isTrue());
            assertThat(timers.held()).isLessThan(2_200);
        }
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(100_100, 0, 0, 100_000, 0, 100, 0));
    }

    @Test
    void timerIsFoundAtOnceBesideManyAlsoWhereTurnsTakeLong() throws InterruptedException {
        LoopRun loop = machine.running();
        loop.threads.active(Thread.currentThread());
        Timers timers = loop.timers;
        onAnotherThread(() -> {
            for (int i = 0; i < 10_000; i++) {
                loop.submissions.delay(FAR, () -> {});
            }
        });
        timers.takeIn();
        for (int turn = 0; turn < 3; turn++) {
            machine.clock += Duration.ofMillis(60).toNanos();
            List<LoopFuture<?>> soon = new ArrayList<>();
            onAnotherThread(() -> soon.add(loop.submissions.delay(Duration.ofMillis(10), () -> {})));
            timers.takeIn();
            machine.clock += Duration.ofMillis(10).toNanos();
            assertThat(timers.fireDue(10)).as("turn %d", turn).isEqualTo(1);
        }
    }

    private static void onAnotherThread(Runnable code) throws InterruptedException {
        Thread other = new Thread(code);
        other.start();
        other.join();
    }

    @Test
    void timersThatWereInTheHeapWhenOthersCancelledThemLeaveWithTheNextTurnHoweverMany() throws InterruptedException {
        LoopRun loop = machine.running();
        loop.threads.active(Thread.currentThread());
        Timers timers = loop.timers;
        List<LoopFuture<?>> set = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            set.add(loop.submissions.delay(FAR, () -> {}));
        }
        Thread other = new Thread(() -> set.forEach(timer -> timer.cancel(false)));
        other.start();
        other.join();
        timers.takeIn();
        assertThat(timers.held()).isZero();
        assertThat(timers.hasNext()).isFalse();
    }

    @Test
    void sleepingActiveThreadIsWokenForATimerThatIsDueBeforeItWakesAndNotForALaterOne() {
        LoopRun loop = machine.running();
        List<Integer> woken = new ArrayList<>();
        List<String> fired = new ArrayList<>();
        machine.onLongSleep.add(() -> fromOutside(() -> {
            int before = machine.wakeUps;
            loop.submissions.delay(Duration.ofMillis(100), () -> fired.add("first"));
            woken.add(machine.wakeUps - before);
        }));
        machine.onShortSleep.add(() -> fromOutside(() -> {
            int before = machine.wakeUps;
            loop.submissions.delay(Duration.ofMillis(200), () -> fired.add("later"));
            woken.add(machine.wakeUps - before);
            loop.submissions.delay(Duration.ofMillis(50), () -> fired.add("earlier"));
            woken.add(machine.wakeUps - before);
        }));
        machine.onLongSleep.add(() -> {
            loop.state.change(LoopState.RUNNING, LoopState.STOPPING);
            loop.state.reach(StopPhase.SWEPT);
        });
        loop.threads.active(Thread.currentThread());
        loop.activeThread.run();
        assertThat(woken).containsExactly(1, 0, 1);
        assertThat(fired).containsExactly("earlier", "first", "later");
        assertThat(machine.isStuck()).isFalse();
    }

    // ------------------------------------------------------------------ many at once

    private LoopRun ownedByThisThread() {
        LoopRun loop = machine.running();
        loop.threads.active(Thread.currentThread());
        return loop;
    }

    @Test
    void timerThatIsDueDoesNotWaitUntilThoseThatArriveAreInTheHeap() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        List<String> fired = new ArrayList<>();
        loop.submissions.delay(Duration.ofMillis(1), () -> fired.add("due"));
        fromOutside(() -> {
            for (int i = 0; i < 10_000; i++) {
                loop.submissions.delay(FAR, () -> {});
            }
        });
        machine.clock += 1_000_000;
        timers.takeIn();
        assertThat(timers.hasNews()).as("it has not seen all").isTrue();
        assertThat(timers.fireDue(10)).isEqualTo(1);
        assertThat(fired).containsExactly("due");
        int turns = 0;
        while (timers.hasNews()) {
            timers.takeIn();
            turns++;
        }
        assertThat(turns).isBetween(10, 200);
        assertThat(timers.held()).isEqualTo(10_000);
    }

    @Test
    void timerThatIsDueSoonIsFoundAtOnceAmongManyThatAreNot() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        fromOutside(() -> {
            for (int i = 0; i < 10_000; i++) {
                loop.submissions.delay(i == 5_000 ? Duration.ofMillis(1) : FAR, () -> {});
            }
        });
        timers.takeIn();
        assertThat(timers.firstDue()).isEqualTo(machine.clock + 1_000_000);
        assertThat(timers.hasNews()).as("most of the others wait").isTrue();
    }

    @Test
    void timerThatCanWaitIsInTheHeapBeforeItIsDueHoweverFewOfTheOthersAre() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        fromOutside(() -> {
            loop.submissions.delay(Duration.ofMillis(140), () -> {});
            for (int i = 0; i < 10_000; i++) {
                loop.submissions.delay(FAR, () -> {});
            }
        });
        timers.takeIn();
        machine.clock += 60_000_000; // near the end of what has been looked at
        timers.takeIn();
        assertThat(timers.hasNews()).isTrue();
        assertThat(timers.firstDue()).isEqualTo(machine.clock + 80_000_000);
    }

    @Test
    void thoseOfTheSameInstantFireInTheOrderInWhichTheyWereSetHoweverManyArrive() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        List<Integer> fired = new ArrayList<>();
        int batch = 1_000;
        for (int b = 0; b < 4; b++) {
            int first = b * (batch + 1);
            fromOutside(() -> {
                for (int i = 0; i < batch; i++) {
                    int number = first + i;
                    loop.submissions.delay(FAR, () -> fired.add(number));
                }
            });
            timers.takeIn();
            loop.submissions.delay(FAR, () -> fired.add(first + batch)); // by the active thread itself
        }
        while (timers.hasNews()) {
            timers.takeIn();
        }
        machine.clock += FAR.toNanos();
        while (timers.fireDue(256) > 0) {
            // all of them
        }
        assertThat(fired).hasSize(4 * (batch + 1)).isSorted();
    }

    @Test
    void drainAndStopEndAlsoThoseThatAreNotYetInTheHeap() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        List<LoopFuture<?>> set = new ArrayList<>();
        fromOutside(() -> {
            for (int i = 0; i < 1_000; i++) {
                set.add(loop.submissions.delay(FAR, () -> {}));
            }
        });
        timers.takeIn();
        assertThat(timers.hasNews()).isTrue();
        loop.state.change(LoopState.RUNNING, LoopState.STOPPING);
        timers.stopAll();
        assertThat(set).allSatisfy(timer -> assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED));
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.hasNews()).isFalse();
    }

    @Test
    void timersNotYetInTheHeapOfALostActiveThreadAreStoppedByAnother() {
        LoopRun loop = ownedByThisThread();
        Timers timers = loop.timers;
        List<LoopFuture<?>> set = new ArrayList<>();
        loop.submissions.delay(Duration.ZERO, () -> {});
        fromOutside(() -> {
            for (int i = 0; i < 1_000; i++) {
                set.add(loop.submissions.delay(FAR, () -> {}));
            }
        });
        timers.takeIn(); // some seen, the others not
        fromOutside(timers::abandonAll);
        assertThat(set).allSatisfy(timer -> assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED));
    }

    private static void fromOutside(Runnable code) {
        Thread other = new Thread(code);
        other.start();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the test", e);
        }
    }

    // ------------------------------------------------------------------ real threads

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("slow")
    void loopStopsWhileAPileOfTimersIsThere(boolean forced) {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(10)));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            inside.countDown();
            ignoreInterrupts(open);
        });
        pass(inside);
        List<LoopFuture<?>> kept = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            LoopFuture<?> timer = loop.delay(FAR, () -> {});
            if (i % 4 == 0) {
                kept.add(timer);
            } else {
                timer.cancel(false);
            }
        }
        CompletableFuture<StopReport> stop = forced ? loop.forceStop() : loop.stop(Duration.ofMillis(10));
        StopReport report = get(stop);
        open.countDown();
        assertThat(report.timersStopped()).isEqualTo(25_000);
        assertThat(kept).allSatisfy(timer -> assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED));
        assertThat(loop.stats().timers()).isEqualTo(new LoopStats.TimerStats(100_000, 0, 0, 75_000, 25_000, 0, 0));
    }

    @Test
    void figuresAddUpAtEveryInstant() throws InterruptedException {
        EventLoop loop = loops.started(options -> options.withTimerCapacity(50));
        AtomicBoolean goOn = new AtomicBoolean(true);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            threads.add(new Thread(() -> {
                List<LoopFuture<?>> some = new ArrayList<>();
                for (int i = 0; goOn.get(); i++) {
                    some.add(loop.delay(i % 3 == 0 ? Duration.ZERO : FAR, () -> {}));
                    if (some.size() > 40) {
                        some.forEach(timer -> timer.cancel(false));
                        some.clear();
                    }
                }
                some.forEach(timer -> timer.cancel(false));
            }));
        }
        threads.forEach(Thread::start);
        for (int i = 0; i < 20_000; i++) {
            LoopStats.TimerStats stats = loop.stats().timers();
            assertThat(stats.pending()).isNotNegative();
            assertThat(stats.created())
                    .isEqualTo(
                            stats.pending() + stats.fired() + stats.cancelled() + stats.stopped() + stats.rejected());
        }
        goOn.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        get(loop.stop(Duration.ofSeconds(20)));
        assertThat(loop.stats().timers().pending()).isZero();
    }
}
