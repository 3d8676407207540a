package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallRejectedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A timeout holds also on a loop that has stopped, and what is attached runs all the same. */
class TimeoutAfterStopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final EventLoop loop = loops.started();
    private final LoopFuture<Integer> done = loop.next(() -> 1);

    private void stop() {
        get(done);
        get(loop.stop(LONG));
    }

    @Test
    void actionsWithATimeoutRunOnAStoppedLoop() {
        stop();
        AtomicInteger ran = new AtomicInteger();
        List<LoopFuture<Integer>> ofDone = new ArrayList<>();
        List<LoopFuture<Integer>> ofRefused = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ofDone.add(
                    done.whenComplete((value, error) -> ran.incrementAndGet()).orTimeout(1, TimeUnit.HOURS));
            ofRefused.add(loop.next(() -> 1)
                    .whenComplete((value, error) -> ran.incrementAndGet())
                    .orTimeout(1, TimeUnit.HOURS));
        }
        assertThat(ofDone).allSatisfy(handle -> assertThat(get(handle)).isEqualTo(1));
        assertThat(ofRefused)
                .allSatisfy(handle -> assertThat(Loops.failureOf(handle)).isInstanceOf(CallRejectedException.class));
        assertThat(ran).hasValue(400);
    }

    @Test
    void valueForTheCaseOfATimeoutDoesNotEndAnActionOnAStoppedLoop() {
        stop();
        for (int i = 0; i < 200; i++) {
            assertThat(get(done.thenApply(one -> one + 1).completeOnTimeout(7, 1, TimeUnit.HOURS)))
                    .isEqualTo(2);
        }
    }

    @Test
    void actionOnASlowExecutorHasItsTimeOnAStoppedLoop() {
        stop();
        CountDownLatch armed = new CountDownLatch(1);
        LoopFuture<Integer> slow = done.thenApplyAsync(
                one -> {
                    Loops.pass(armed);
                    return one + 1;
                },
                command -> new Thread(command).start());
        slow.orTimeout(1, TimeUnit.HOURS);
        armed.countDown();
        assertThat(get(slow)).isEqualTo(2);
    }

    @Test
    void futureThatNobodyEndsTimesOutOnAStoppedLoop() {
        stop();
        LoopFuture<Integer> open = (LoopFuture<Integer>) done.<Integer>newIncompleteFuture();
        open.orTimeout(1, TimeUnit.MILLISECONDS);
        assertThat(Loops.failureOf(open)).isInstanceOf(CallTimeoutException.class);
        assertThat(open.outcome()).isEqualTo(Outcome.TIMED_OUT);
        LoopFuture<Integer> valued = (LoopFuture<Integer>) done.<Integer>newIncompleteFuture();
        valued.completeOnTimeout(7, 1, TimeUnit.MILLISECONDS);
        assertThat(get(valued)).isEqualTo(7);
    }

    @Test
    void timeoutThatWasSetBeforeTheStopWasOverStillEndsItsFuture() {
        LoopFuture<Integer> open = (LoopFuture<Integer>) done.<Integer>newIncompleteFuture();
        open.orTimeout(300, TimeUnit.MILLISECONDS);
        get(done);
        get(loop.forceStop());
        assertThat(Loops.failureOf(open)).isInstanceOf(CallTimeoutException.class);
    }

    @Test
    void noTimeoutIsLostThatIsSetWhileTheStopEnds() {
        for (int i = 0; i < 100; i++) {
            EventLoop each = loops.started(options ->
                    options.withPassive(passive -> passive.withThreads(1)).withWork(work -> work.withThreads(1)));
            LoopFuture<Integer> source = each.next(() -> 1);
            get(source);
            List<LoopFuture<Integer>> open = new ArrayList<>();
            CompletableFuture<StopReport> report = each.forceStop();
            while (!report.isDone()) {
                LoopFuture<Integer> future = (LoopFuture<Integer>) source.<Integer>newIncompleteFuture();
                open.add(future.orTimeout(1, TimeUnit.MILLISECONDS));
                LockSupport.parkNanos(1_000); // or the watch would have nothing else to do
            }
            assertThat(open)
                    .allSatisfy(future -> assertThat(Loops.failureOf(future)).isInstanceOf(CallTimeoutException.class));
        }
    }

    @Test
    void stoppedLoopHasNoThreadWhenNoTimeoutIsLeft() {
        stop();
        LoopFuture<Integer> open = (LoopFuture<Integer>) done.<Integer>newIncompleteFuture();
        open.orTimeout(1, TimeUnit.HOURS);
        await().atMost(LONG) // the thread that has told the report may be on its way out
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(Loops.threadsOf(loop))
                        .containsExactly(loop.options().name() + "-watch"));
        open.complete(1);
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).isEmpty());
    }

    @Test
    void loopThatWasStoppedBeforeItsStartKeepsTimeouts() {
        EventLoop early = loops.made(options -> options);
        LoopFuture<Integer> call = early.next(() -> 1);
        LoopFuture<Integer> open = (LoopFuture<Integer>) call.<Integer>newIncompleteFuture();
        open.orTimeout(1, TimeUnit.MILLISECONDS);
        get(early.forceStop());
        assertThat(Loops.failureOf(open)).isInstanceOf(CallTimeoutException.class);
    }
}
