package dev.pel.promises;

import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In which turn of the active thread a body runs: now, later, in slices, or when there is nothing else to do. */
class TurnTests {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    // ------------------------------------------------------------------ now or later

    @Test
    void executeRunsAtOnceOnTheActiveThreadAndEnqueueInALaterTurn() {
        EventLoop loop = loops.started();
        CountDownLatch last = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            loop.enqueue(Lane.ACTIVE, () -> {
                order.add("third");
                last.countDown();
            });
            loop.execute(() -> order.add("first"));
            order.add("second");
        });
        pass(last);
        assertThat(order).containsExactly("first", "second", "third");
    }

    @Test
    void executeFromAnotherThreadIsALaterTurnOfTheActiveOne() {
        EventLoop loop = loops.started();
        AtomicReference<Boolean> active = new AtomicReference<>();
        get(loop.execute(() -> active.set(loop.onActiveThread())));
        assertThat(active).hasValue(true);
    }

    @Test
    void executeFromAnotherThreadComesAfterWhatThatHasEnqueued() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> pass(gate));
        loop.enqueue(Lane.ACTIVE, () -> order.add("enqueued"));
        LoopFuture<Void> executed = loop.execute(() -> order.add("executed"));
        gate.countDown();
        get(executed);
        assertThat(order).containsExactly("enqueued", "executed");
    }

    @Test
    void bodyThatFailsInsideAnotherFailsItsOwnHandleOnly() {
        EventLoop loop = loops.started();
        AtomicReference<LoopFuture<Void>> inner = new AtomicReference<>();
        LoopFuture<Void> outer = loop.enqueue(
                Lane.ACTIVE,
                () -> inner.set(loop.execute(() -> {
                    throw new IllegalStateException("planted");
                })));
        get(outer);
        assertThat(failureOf(inner.get())).hasMessage("planted");
    }

    @Test
    void failureInsideAnotherBodyReachesTheErrorHandler() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        get(loop.enqueue(Lane.ACTIVE, () -> {
            loop.execute(() -> {
                throw new IllegalStateException("planted");
            });
        }));
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void executeOnALoopThatHasStoppedIsRejected() {
        EventLoop loop = loops.started();
        get(loop.stop(FOR_EVER));
        assertThat(loop.execute(() -> {}).outcome()).isEqualTo(Outcome.REJECTED);
    }

    // ------------------------------------------------------------------ slices

    @Test
    void stepIsRepeatedUntilItSaysThatThereIsNoMore() {
        EventLoop loop = loops.started();
        AtomicInteger steps = new AtomicInteger();
        get(loop.loopWhile(() -> steps.incrementAndGet() < 100_000));
        assertThat(steps).hasValue(100_000);
    }

    @Test
    void othersHaveTheirTurnBetweenTwoSlices() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ZERO));
        LoopFuture<Void> forEver = loop.loopWhile(() -> true);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        get(loop.delay(Duration.ofMillis(2), () -> {}));
        assertThat(get(loop.next(() -> "result", result -> {}))).isEqualTo("result");
        assertThat(forEver).isNotDone();
        forEver.cancel(false);
        get(loop.stop(FOR_EVER));
    }

    @Test
    void timerThatIsDueComesBeforeTheNextSlice() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ZERO));
        get(loop.loopWhile(() -> {
            order.add("step");
            if (order.size() == 1) {
                loop.delay(Duration.ZERO, () -> order.add("timer"));
            }
            return order.size() < 4;
        }));
        assertThat(order).containsExactly("step", "timer", "step", "step");
    }

    @Test
    void stepsGoOnWithoutAPauseUntilTheBudgetOfTheTurnIsSpent() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(FOR_EVER));
        get(loop.loopWhile(() -> {
            order.add("step");
            if (order.size() == 1) {
                loop.enqueue(Lane.ACTIVE, () -> order.add("other"));
            }
            return order.size() < 3;
        }));
        assertThat(order).startsWith("step", "step", "step");
    }

    @Test
    void cancelledFromInsideItEndsBeforeTheNextStep() {
        EventLoop loop = loops.started();
        AtomicReference<LoopFuture<Void>> self = new AtomicReference<>();
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch known = new CountDownLatch(1);
        self.set(loop.loopWhile(() -> {
            pass(known);
            steps.incrementAndGet();
            self.get().cancel(false);
            return true;
        }));
        known.countDown();
        Loops.awaitDone(self.get());
        get(loop.stop(FOR_EVER));
        assertThat(steps).hasValue(1);
        assertThat(self.get().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void failureOfAStepEndsIt() {
        EventLoop loop = loops.started();
        LoopFuture<Void> loopWhile = loop.loopWhile(() -> {
            throw new IllegalStateException("planted");
        });
        assertThat(failureOf(loopWhile)).hasMessage("planted");
        assertThat(loopWhile.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void failureOfAStepThatNobodyDealsWithIsToldOnce() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        loop.loopWhile(() -> {
            throw new IllegalStateException("planted");
        });
        Loops.until(() -> !failures.isEmpty());
        get(loop.stop(FOR_EVER));
        assertThat(failures).hasSize(1);
    }

    @Test
    void gracefulStopWaitsForAllSlices() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ZERO));
        AtomicInteger steps = new AtomicInteger();
        LoopFuture<Void> long1 = loop.loopWhile(() -> {
            begun.countDown();
            return steps.incrementAndGet() < 1_000;
        });
        pass(begun);
        StopReport report = get(loop.stop(FOR_EVER));
        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(steps).hasValue(1_000);
        assertThat(long1.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void forcedStopEndsItAsStopped() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ZERO));
        LoopFuture<Void> forEver = loop.loopWhile(() -> {
            begun.countDown();
            return true;
        });
        pass(begun);
        get(loop.forceStop());
        Loops.awaitDone(forEver);
        assertThat(forEver.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void onAFullLaneItIsRejected() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(1)));
        loop.enqueue(Lane.ACTIVE, () -> {
            begun.countDown();
            pass(gate);
        });
        pass(begun);
        loop.enqueue(Lane.ACTIVE, () -> {});
        assertThat(loop.loopWhile(() -> false).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(loop.onIdle(() -> {}).outcome()).isEqualTo(Outcome.REJECTED);
        gate.countDown();
    }

    // ------------------------------------------------------------------ nothing else to do

    @Test
    void idleBodyRunsAfterAllThatIsQueued() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> pass(gate));
        LoopFuture<Void> idle = loop.onIdle(() -> order.add("idle"));
        loop.enqueue(Lane.ACTIVE, () -> order.add("one"));
        loop.enqueue(Lane.ACTIVE, () -> order.add("two"));
        gate.countDown();
        get(idle);
        assertThat(order).containsExactly("one", "two", "idle");
    }

    @Test
    void idleBodyWakesALoopThatSleeps() {
        EventLoop loop = loops.started();
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        get(loop.onIdle(() -> {}));
    }

    @Test
    void idleBodiesRunOneByOneAndWhatTheyEnqueueComesFirst() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> pass(gate));
        loop.onIdle(() -> {
            order.add("first");
            loop.enqueue(Lane.ACTIVE, () -> order.add("of the first"));
        });
        LoopFuture<Void> second = loop.onIdle(() -> order.add("second"));
        gate.countDown();
        get(second);
        assertThat(order).containsExactly("first", "of the first", "second");
    }

    @Test
    void drainWaitsForIdleBodies() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> {
            begun.countDown();
            pass(gate);
        });
        pass(begun);
        LoopFuture<Void> idle = loop.onIdle(() -> order.add("idle"));
        var report = loop.stop(FOR_EVER);
        gate.countDown();
        assertThat(get(report).isClean()).isTrue();
        assertThat(idle.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void forcedStopEndsIdleBodiesAsStopped() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> {
            begun.countDown();
            gate.await();
        });
        pass(begun);
        LoopFuture<Void> idle = loop.onIdle(() -> order.add("idle"));
        StopReport report = get(loop.forceStop());
        assertThat(idle.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.entries().neverStarted()).isEqualTo(1);
        assertThat(loop.stats().queued()).isZero();
        assertThat(order).isEmpty();
    }

    @Test
    void cancelledIdleBodyDoesNotRun() {
        EventLoop loop = loops.started();
        loop.enqueue(Lane.ACTIVE, () -> pass(gate));
        LoopFuture<Void> idle = loop.onIdle(() -> order.add("idle"));
        assertThat(idle.cancel(false)).isTrue();
        gate.countDown();
        get(loop.stop(FOR_EVER));
        assertThat(order).isEmpty();
    }

    @Test
    void nullsAreRefused() {
        EventLoop loop = loops.started();
        assertThatThrownBy(() -> loop.execute(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.loopWhile(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.onIdle(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void cancelledIdleBodyFreesItsPlaceAtOnce() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(10)));
        AtomicBoolean isBusy = new AtomicBoolean(true);
        LoopFuture<Void> busy = loop.loopWhile(isBusy::get); // no idle body ever comes to its turn
        for (int i = 0; i < 50; i++) {
            assertThat(loop.onIdle(() -> {}).cancel(true)).isTrue();
        }
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
        isBusy.set(false);
        get(busy);
    }
}
