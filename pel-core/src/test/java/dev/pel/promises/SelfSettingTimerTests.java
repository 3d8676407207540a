package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A timer that sets itself anew in its own body ends with the drain; a timer that a call's chain sets is a link of that chain. */
class SelfSettingTimerTests {
    private static final Duration SOON = Duration.ofMillis(1);

    /** No test is as long: a drain that takes it is one that was held. */
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch inBody = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<LoopFuture<?>> setAnew = new AtomicReference<>();

    @Test
    void timerThatSetsItselfAnewDoesNotHoldADrain() {
        EventLoop loop = loops.started();
        CountDownLatch ticked = new CountDownLatch(3);
        tick(loop, ticked);
        pass(ticked);

        StopReport report = get(loop.stop(FOR_EVER));

        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(report.timersStopped()).isZero();
    }

    private static void tick(EventLoop loop, CountDownLatch ticked) {
        loop.delay(SOON, () -> {
            ticked.countDown();
            tick(loop, ticked);
        });
    }

    @Test
    void timerSetInATimersBodyWhileDrainingEndsAsStoppedAndItsBodyNeverRuns() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        loop.delay(SOON, () -> setAnewWhileDraining(loop, ran));

        get(stopInBody(loop));

        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(ran.getCount()).isEqualTo(1);
        assertThat(loop.stats().timers().stopped()).isEqualTo(1);
        assertThat(loop.stats().timers().pending()).isZero();
    }

    @Test
    void errorHandlerHearsNothingOfATimerThatEndedSo() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        loop.delay(SOON, () -> setAnewWhileDraining(loop, new CountDownLatch(1)));

        get(stopInBody(loop));

        assertThat(failures).isEmpty();
    }

    @Test
    void dependentOfATimerIsATimersBody() {
        EventLoop loop = loops.started();
        loop.delay(SOON, () -> {})
                .thenRun(() -> {})
                .whenComplete((value, error) -> setAnewWhileDraining(loop, new CountDownLatch(1)));

        get(stopInBody(loop));

        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void dependentThatIsAttachedAfterTheEndsOfThoseBeforeItIsATimersBody() {
        EventLoop loop = loops.started();
        setsAnewBehind(loop, loop.delay(SOON, () -> {}).thenRun(() -> {}));
    }

    @Test
    void dependentThatIsAttachedAfterAFailureOfOneBeforeItIsATimersBody() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<?> failing = loop.delay(SOON, () -> {}).thenRun(() -> {
            throw new IllegalStateException("the clock stands still");
        });
        setsAnewBehind(loop, failing.thenRun(() -> {}));
    }

    private void setsAnewBehind(EventLoop loop, LoopFuture<?> chain) {
        awaitDone(chain);
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // what comes after the end of a dependent is done
        chain.whenComplete((value, error) -> setAnewWhileDraining(loop, new CountDownLatch(1)));

        get(stopInBody(loop));

        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void dependentOfATimerOnAnExecutorOfItsOwnIsATimersBody() throws Exception {
        EventLoop loop = loops.started();
        ExecutorService own = Executors.newSingleThreadExecutor();
        try {
            loop.delay(SOON, () -> {}).thenRunAsync(() -> setAnewWhileDraining(loop, new CountDownLatch(1)), own);

            get(stopInBody(loop));

            assertThat(setAnew.get().outcome()).isEqualTo(Outcome.STOPPED);
        } finally {
            own.shutdown();
            assertThat(own.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void timerSetInTheBodyOfACallRunsWhileDraining() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        loop.next(() -> 1, one -> setAnewWhileDraining(loop, ran));

        StopReport report = get(stopInBody(loop));

        assertThat(ran.getCount()).isZero();
        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(report.isClean()).as("%s", report).isTrue();
    }

    @Test
    void retryAfterAFailureRunsWhileDraining() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        loop.next(() -> {
                    throw new IllegalStateException("the first try");
                })
                .exceptionally(error -> {
                    setAnewWhileDraining(loop, ran);
                    return null;
                });

        get(stopInBody(loop));

        assertThat(ran.getCount()).isZero();
    }

    @Test
    void taskThatATimersBodyPostsIsACallOfItsOwn() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        loop.delay(SOON, () -> {
            inBody.countDown();
            block(gate);
            loop.enqueue(Lane.ACTIVE, () -> setAnew.set(loop.delay(SOON, ran::countDown)));
        });

        get(stopInBody(loop));

        assertThat(ran.getCount()).isZero();
        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void callOfATimersBodyMaySetATimerWhileDraining() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        loop.delay(SOON, () -> {
            inBody.countDown();
            block(gate);
            loop.next(() -> 1).thenAccept(one -> setAnew.set(loop.delay(SOON, ran::countDown)));
        });

        get(stopInBody(loop));

        assertThat(ran.getCount()).isZero();
        assertThat(setAnew.get().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void timerOutsideOfABodyThatIsTooLateStillMakesAReportThatIsNotClean() {
        EventLoop loop = loops.started();
        loop.delay(FOR_EVER, () -> {});

        StopReport report = get(loop.stop(Duration.ofMillis(1)));

        assertThat(report.timersStopped()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
    }

    /** In a body: waits until the loop drains, and sets a timer. */
    private void setAnewWhileDraining(EventLoop loop, CountDownLatch ran) {
        inBody.countDown();
        pass(gate);
        setAnew.set(loop.delay(SOON, ran::countDown));
    }

    private CompletableFuture<StopReport> stopInBody(EventLoop loop) {
        pass(inBody);
        CompletableFuture<StopReport> report = loop.stop(FOR_EVER);
        assertThat(loop.state()).isEqualTo(LoopState.DRAINING);
        gate.countDown();
        return report;
    }
}
