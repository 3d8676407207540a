package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallSpec;
import dev.pel.ContextPropagator;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.MissedTicks;
import dev.pel.Outcome;
import dev.pel.PeriodicTimer;
import dev.pel.StopReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** What a periodic timer promises on a loop that runs. */
class PeriodicTimerPromiseTests {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    @Test
    void runsAreOnTheActiveThread() {
        EventLoop loop = loops.started();
        List<Boolean> active = new CopyOnWriteArrayList<>();
        PeriodicTimer timer = loop.every(SOON).times(3).run(() -> active.add(loop.onActiveThread()));
        get(timer);
        assertThat(active).containsExactly(true, true, true);
    }

    @Test
    void runsOfCallsAreOnTheirLanesAndNeverOverlap() {
        EventLoop loop = loops.started();
        AtomicInteger inside = new AtomicInteger();
        List<Integer> most = new CopyOnWriteArrayList<>();
        List<Boolean> bodies = new CopyOnWriteArrayList<>();
        PeriodicTimer timer = loop.every(SOON)
                .missed(MissedTicks.CATCH_UP)
                .times(20)
                .next(
                        () -> {
                            most.add(inside.incrementAndGet());
                            TimeUnit.MILLISECONDS.sleep(3); // longer than the interval, so that ticks come meanwhile
                            return inside.decrementAndGet();
                        },
                        left -> bodies.add(loop.onActiveThread()));
        get(timer);
        assertThat(most).hasSize(20).containsOnly(1);
        assertThat(bodies).hasSize(20).containsOnly(true);
    }

    @Test
    void stopThatComesWithTheLastRunEndsItAsStopped() {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicReference<EventLoop> running = new AtomicReference<>();
        ContextPropagator stopsAtTheFirstRun = () -> {
            EventLoop loop = running.get();
            if (loop != null && loop.onActiveThread()) { // a run is about to be submitted
                loop.forceStop();
                stopped.countDown();
            }
            return null;
        };
        EventLoop loop = loops.made(options -> options.withPropagator(stopsAtTheFirstRun));
        loop.start();
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // the active thread has begun, where it captures as well
        running.set(loop);
        PeriodicTimer timer = loop.every(SOON).times(1).next(begun::countDown);
        pass(stopped);
        awaitDone(timer);
        // The stop may end the timer while the active thread submits the run, which it has counted and takes back when
        // it is refused.
        Loops.until(() -> loop.state() == LoopState.STOPPED);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(timer.runs()).isZero();
        assertThat(timer.failures()).isZero();
        assertThat(begun.getCount()).isEqualTo(1);
    }

    @Test
    void tickThatComesWhileTheLastCallIsUnderWayIsMissed() {
        EventLoop loop = loops.started();
        PeriodicTimer timer = loop.every(SOON).times(2).next(() -> {
            begun.countDown();
            pass(gate);
        });
        pass(begun);
        Loops.until(() -> timer.missed() >= 3);
        assertThat(timer.runs()).isEqualTo(1);
        gate.countDown();
        get(timer);
        assertThat(timer.runs()).isEqualTo(2);
    }

    @Test
    void failedCallIsToldAndFollowedByTheNext() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        PeriodicTimer timer = loop.call("fetch").every(SOON).times(3).work(() -> {
            throw new IllegalStateException("planted");
        });
        get(timer);
        assertThat(timer.failures()).isEqualTo(3);
        Loops.until(() -> failures.size() == 3);
        assertThat(failures).allSatisfy(failure -> assertThat(failure.label()).isEqualTo("fetch"));
    }

    @Test
    void failureOfARunDoesNotWaitForSomebodyWhoDealsWithIt() {
        CompletableFuture<Failure> told = new CompletableFuture<>();
        EventLoop loop =
                loops.started(options -> options.withUnobservedGrace(FOR_EVER).withErrorHandler(told::complete));
        loop.every(SOON).times(1).run(() -> {
            throw new IllegalStateException("planted");
        });
        assertThat(get(told).error()).hasMessage("planted");
    }

    @Test
    void cancellingItInterruptsTheCallThatIsUnderWay() {
        EventLoop loop = loops.started();
        CountDownLatch interrupted = new CountDownLatch(1);
        PeriodicTimer timer = loop.every(SOON).next(() -> {
            begun.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        pass(begun);
        timer.cancel(true);
        pass(interrupted);
        assertThat(timer.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void runThatIsCancelledIsNoFailure() {
        EventLoop loop = loops.started();
        CallSpec keyed = loop.call("tick").key("k");
        LoopFuture<Void> busy = keyed.next(() -> Loops.block(gate));
        PeriodicTimer timer = keyed.every(SOON).times(1).endAfterFailures(1).next(() -> {});
        Loops.until(() -> keyed.cancelWaiting() == 1);
        get(timer);
        assertThat(timer.failures()).isZero();
        gate.countDown();
        get(busy);
    }

    @Test
    void timeoutOfTheDescriptionIsThatOfEachCall() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        PeriodicTimer timer =
                loop.call("slow").timeout(SOON).every(SOON).times(2).next(() -> gate.await());
        get(timer);
        assertThat(timer.failures()).isEqualTo(2);
        assertThat(loop.stats().ended(Outcome.TIMED_OUT)).isEqualTo(2);
    }

    @Test
    void stopWaitsForTheRunThatIsUnderWayAndForNoOther() {
        EventLoop loop = loops.started();
        AtomicInteger runs = new AtomicInteger();
        PeriodicTimer timer = loop.every(SOON).next(() -> {
            runs.incrementAndGet();
            begun.countDown();
            pass(gate);
        });
        pass(begun);
        var report = loop.stop(FOR_EVER);
        gate.countDown();
        StopReport stopped = get(report);
        assertThat(stopped.isClean()).as("%s", stopped).isTrue();
        assertThat(stopped.timersStopped()).isZero();
        awaitDone(timer);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void oneWithALongIntervalDoesNotHoldAStop() {
        EventLoop loop = loops.started();
        PeriodicTimer timer = loop.every(Duration.ofHours(1)).run(() -> {});
        StopReport report = get(loop.stop(FOR_EVER));
        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void forcedStopEndsOneWhoseBodyRuns() {
        EventLoop loop = loops.started();
        PeriodicTimer timer = loop.every(SOON).run(() -> {
            begun.countDown();
            gate.await();
        });
        pass(begun);
        get(loop.forceStop());
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void forcedStopEndsOneWhoseLastCallRuns() {
        EventLoop loop = loops.started();
        PeriodicTimer timer = loop.every(SOON).times(1).next(() -> {
            begun.countDown();
            gate.await();
        });
        pass(begun);
        get(loop.forceStop());
        awaitDone(timer);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void runsThatAreRefusedCountAsFailedAndTheTimerGoesOn() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        loop.next(() -> {
            begun.countDown();
            pass(gate);
        });
        pass(begun);
        LoopFuture<Integer> waiting = loop.next(() -> 1);
        PeriodicTimer timer = loop.every(SOON).times(3).next(() -> {});
        get(timer);
        gate.countDown();
        get(waiting);
        assertThat(timer.failures()).isEqualTo(3);
        assertThat(loop.stats().ended(Outcome.REJECTED)).isEqualTo(3);
    }

    @Test
    void oneThatIsMadeAfterTheStopIsRejected() {
        EventLoop loop = loops.started();
        get(loop.stop(FOR_EVER));
        assertThat(loop.every(SOON).run(() -> {}).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void oneThatIsMadeBeforeTheStartRunsAfterIt() {
        EventLoop loop = loops.made(options -> options);
        PeriodicTimer timer = loop.every(SOON).times(2).run(() -> {});
        loop.start();
        get(timer);
        assertThat(timer.runs()).isEqualTo(2);
    }

    @Test
    void runsHaveTheContextOfThePlaceWhereItWasMade() {
        EventLoop loop = loops.started();
        List<String> seen = new CopyOnWriteArrayList<>();
        MDC.put("user", "ada");
        PeriodicTimer timer;
        try {
            timer = loop.every(SOON).times(2).run(() -> {
                seen.add(MDC.get("user"));
                MDC.put("user", "changed by a run");
            });
        } finally {
            MDC.remove("user");
        }
        get(timer);
        assertThat(seen).containsExactly("ada", "ada");
    }

    @Test
    void runsOfASecondRunOfTheLoopHaveTheirOwnTimer() {
        EventLoop loop = loops.started();
        PeriodicTimer first = loop.every(SOON).run(() -> {});
        get(loop.stop(FOR_EVER));
        loop.start();
        PeriodicTimer second = loop.every(SOON).times(2).run(() -> {});
        get(second);
        assertThat(first.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void timerOfADateRunsWhenItHasCome() {
        EventLoop loop = loops.started();
        Instant soon = Instant.now().plusMillis(5);
        Instant[] ran = new Instant[1];
        LoopFuture<Void> timer = loop.at(soon, () -> ran[0] = Instant.now());
        get(timer);
        assertThat(ran[0]).isAfterOrEqualTo(soon);
    }

    @Test
    void timerOfADateThatHasPassedRunsInALaterTurn() {
        EventLoop loop = loops.started();
        get(loop.at(Instant.MIN, () -> {}));
        LoopFuture<Void> never = loop.call("never").at(Instant.MAX, () -> {});
        assertThat(never.cancel(false)).isTrue();
    }

    // ------------------------------------------------------------------ bad input

    @Test
    void wrongValuesAreRefused() {
        EventLoop loop = loops.started();
        assertThatThrownBy(() -> loop.every(Duration.ZERO)).hasMessage("'interval' must be more than zero but was 0 s");
        assertThatThrownBy(() -> loop.every(Duration.ofMillis(-1)))
                .hasMessage("'interval' must be more than zero but was -1 ms");
        assertThatThrownBy(() -> loop.every(SOON).first(Duration.ofMillis(-1)))
                .hasMessage("'first' must not be negative but was -1 ms");
        assertThatThrownBy(() -> loop.every(SOON).times(0)).hasMessage("'times' must be at least 1 but was 0");
        assertThatThrownBy(() -> loop.every(SOON).endAfterFailures(0))
                .hasMessage("'inARow' must be at least 1 but was 0");
        assertThatThrownBy(() -> loop.call("a").timeout(SOON).every(SOON).run(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no timeout");
        assertThatThrownBy(() -> loop.call("a").cancelUpstream().every(SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cancelUpstream");
        assertThat(loop.size(Lane.ACTIVE)).isZero();
    }

    @Test
    void forcedStopAtAnyMomentEndsItAsStopped() {
        for (int round = 0; round < 100; round++) {
            EventLoop loop = loops.started();
            List<PeriodicTimer> timers = new ArrayList<>();
            for (MissedTicks missed : MissedTicks.values()) {
                timers.add(loop.every(Duration.ofNanos(50_000)).missed(missed).run(() -> {}));
                timers.add(loop.every(Duration.ofNanos(50_000)).missed(missed).next(() -> 1, one -> {}));
            }
            Loops.until(() -> timers.stream().allMatch(timer -> timer.runs() > 0));
            get(loop.forceStop());
            assertThat(timers).extracting(PeriodicTimer::outcome).containsOnly(Outcome.STOPPED);
        }
    }

    /** The ticks are due when the stop begins, and the active thread comes to them before it comes to the stop. */
    @Test
    void noRunBeginsWhenTheStopHasBegun() {
        EventLoop loop = loops.started();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.delay(Duration.ofMillis(20), () -> {
            inside.countDown();
            pass(gate);
        });
        PeriodicTimer bodies = loop.every(Duration.ofMillis(25)).run(() -> {});
        PeriodicTimer calls = loop.every(Duration.ofMillis(25)).next(() -> 1, one -> {});
        long made = System.nanoTime();
        pass(inside);
        Loops.until(() -> System.nanoTime() - made > 30_000_000);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        gate.countDown();
        get(stop);
        assertThat(List.of(bodies.runs(), calls.runs())).containsExactly(0L, 0L);
        assertThat(List.of(bodies.outcome(), calls.outcome())).containsOnly(Outcome.STOPPED);
    }
}
