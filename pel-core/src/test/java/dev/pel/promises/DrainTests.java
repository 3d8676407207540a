package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a drain waits for, and what the stop ends that the drain has left. */
class DrainTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void dependentsOfStoppedCallsStillRunAndTell() {
        // by default a machine that pauses for half a second would make the stop lose patience
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<String> told = loop.next(() -> {
                    running.countDown();
                    block(new CountDownLatch(1));
                    return "never";
                })
                .exceptionally(error -> "stopped: " + loop.onActiveThread());
        pass(running);
        get(loop.forceStop());
        assertThat(get(told)).isEqualTo("stopped: true");
    }

    @Test
    void timerDueBeforeTheDeadlineRunsAndALaterOneEndsAsStopped() {
        EventLoop loop = loops.started();
        AtomicBoolean ran = new AtomicBoolean();
        LoopFuture<?> soon = loop.delay(Duration.ofMillis(200), () -> ran.set(true));
        LoopFuture<?> late = loop.delay(Duration.ofDays(10), () -> {});
        StopReport report = get(loop.stop(LONG));
        assertThat(ran).isTrue();
        assertThat(soon.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(late.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.timersStopped()).isEqualTo(1);
        assertThat(loop.stats().timers().pending()).isZero();
    }

    @Test
    void chainThatWaitsForAForeignFutureEndsWithTheStop() {
        EventLoop loop = loops.started();
        CountDownLatch composed = new CountDownLatch(1);
        LoopFuture<Object> chain = loop.next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return new CompletableFuture<>();
        });
        pass(composed);
        get(loop.stop(Duration.ofMillis(100)));
        awaitDone(chain);
        assertThat(chain.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void drainWaitsForAForeignFutureInAChain() {
        EventLoop loop = loops.started();
        CountDownLatch composed = new CountDownLatch(1);
        CompletableFuture<String> foreign = new CompletableFuture<>();
        LoopFuture<String> chain = loop.next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return foreign;
        });
        pass(composed);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        foreign.complete("late but there");
        assertThat(get(chain)).isEqualTo("late but there");
        assertThat(get(stop).isClean()).isTrue();
    }

    @Test
    void dependentOnABusyLaneEndsWithTheStop() {
        EventLoop loop = loops.started(options -> options.withWork(work -> work.withThreads(1)));
        CountDownLatch running = new CountDownLatch(1);
        loop.work(() -> {
            running.countDown();
            block(new CountDownLatch(1));
        });
        pass(running);
        LoopFuture<Integer> onWork = loop.next(() -> 1).thenApplyAsync(one -> one, loop.executor(Lane.WORK));
        await().atMost(LONG).until(() -> loop.size(Lane.WORK) == 1);
        get(loop.forceStop());
        awaitDone(onWork);
        assertThat(onWork.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    @Tag("slow")
    void chainThroughAnotherLoopIsDrainedAndEndsWithTheStop() {
        EventLoop loop = loops.started();
        EventLoop other = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch composed = new CountDownLatch(2);
        LoopFuture<Integer> drained = loop.next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return other.next(() -> {
                pass(gate);
                return 2;
            });
        });
        LoopFuture<Integer> endless = loop.next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return drained.newIncompleteFuture();
        });
        pass(composed);
        CompletableFuture<StopReport> stop = loop.stop(Duration.ofSeconds(3));
        gate.countDown();
        assertThat(get(drained)).isEqualTo(2);
        get(stop);
        awaitDone(endless);
        assertThat(endless.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void timeoutOnAHandleThatAStopLeftToItsMakerEndsIt() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        CompletableFuture<Integer> own = done.newIncompleteFuture();
        awaitDone(own.orTimeout(1, java.util.concurrent.TimeUnit.MILLISECONDS));
    }

    @Test
    void dependentOnAForeignExecutorMaySubmitTheNextLinkDuringADrain() {
        EventLoop loop = loops.started();
        ExecutorService foreign = Executors.newSingleThreadExecutor();
        try {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch draining = new CountDownLatch(1);
            AtomicReference<LoopFuture<Integer>> link = new AtomicReference<>();
            LoopFuture<Void> chain = loop.next(() -> 1)
                    .thenAcceptAsync(
                            one -> {
                                inside.countDown();
                                pass(draining);
                                link.set(loop.next(() -> 2));
                            },
                            foreign);
            pass(inside);
            CompletableFuture<StopReport> stop = loop.stop(LONG);
            Future<LoopFuture<Integer>> later = foreign.submit(() -> loop.next(() -> 3));
            assertThat(loop.next(() -> 4).outcome()).isEqualTo(Outcome.REJECTED);
            draining.countDown();
            awaitDone(chain);
            assertThat(get(link.get())).isEqualTo(2);
            assertThat(get(later).outcome())
                    .as("the thread is an outside caller again")
                    .isEqualTo(Outcome.REJECTED);
            assertThat(get(stop).isClean()).isTrue();
        } finally {
            foreign.shutdownNow();
        }
    }

    @Test
    void codeAttachedPastPelMaySubmitTheNextLinkDuringADrain() {
        EventLoop loop = loops.started();
        LoopFuture<Void> slow =
                loop.call("slow").timeout(Duration.ofMillis(200)).next(() -> block(new CountDownLatch(1)));
        AtomicReference<LoopFuture<Integer>> link = new AtomicReference<>();
        CompletableFuture<Void> all = CompletableFuture.allOf(slow).handle((nothing, error) -> {
            link.set(loop.next(() -> 2));
            return null;
        });
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        get(all);
        assertThat(get(link.get())).isEqualTo(2);
        get(stop);
    }

    @Test
    void functionOnAnExecutorOfItsOwnMayCloseTheLoopAndDoesNotWaitForItself() {
        EventLoop loop = loops.started(options -> options.withStopDeadline(LONG.multipliedBy(2)));
        LoopFuture<LoopState> closed = loop.next(() -> 1)
                .thenApplyAsync(
                        one -> {
                            loop.close();
                            return loop.state();
                        },
                        command -> new Thread(command).start());
        assertThat(get(closed)).isEqualTo(LoopState.DRAINING);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void functionOnAnExecutorOfItsOwnCannotWaitForTheStop() {
        EventLoop loop = loops.started();
        LoopFuture<StopReport> waiting = loop.next(() -> 1)
                .thenApplyAsync(one -> loop.stop(LONG).join(), command -> new Thread(command).start());
        assertThat(Loops.failureOf(waiting)).isInstanceOf(WaitOnLoopThreadException.class);
    }

    /** A pair is two operations and a body that is attached to them: a thread that submits it may be held up in between. */
    @Test
    void drainWaitsForThePairThatAThreadIsAboutToBind() {
        CountDownLatch isBetween = new CountDownLatch(1);
        CompletableFuture<StopReport> report = new CompletableFuture<>();
        EventLoop loop = loops.started(options -> options.withPassive(
                        passive -> passive.withThreads(1).withCapacity(10).withWaterMarks(20, 10))
                .withListener(new EventLoopListener() {
                    @Override
                    public void pressureHigh(Lane lane, int size) {
                        isBetween.countDown(); // the second operation is queued, and the body not attached yet
                        report.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS)
                                .join();
                    }
                }));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        AtomicReference<LoopFuture<?>> pair = new AtomicReference<>();
        Thread submitter = new Thread(() -> pair.set(loop.next(() -> 1, () -> 2, (one, two) -> {})));
        submitter.start();
        pass(isBetween);
        gate.countDown();
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        stop.thenAccept(report::complete);
        assertThat(get(stop).isClean()).isTrue();
        await().atMost(LONG).until(() -> pair.get() != null);
        awaitDone(pair.get());
        assertThat(pair.get().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    /** The end of the call is being told while the drain begins: what is attached to it has not been queued yet. */
    @Test
    void drainWaitsUntilAnEndThatAThreadOfTheApplicationMakesHasBeenTold() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch draining = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            running.countDown();
            block(new CountDownLatch(1));
            return 1;
        });
        LoopFuture<Integer> chain = call.thenCompose(one -> loop.next(() -> one + 1));
        AtomicReference<LoopFuture<Integer>> link = new AtomicReference<>();
        CompletableFuture<Void> attached = CompletableFuture.allOf(call).thenRun(() -> {
            telling.countDown();
            pass(draining);
            link.set(loop.next(() -> 3));
        });
        pass(running);
        Thread application = new Thread(() -> call.complete(1));
        application.start();
        pass(telling);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        draining.countDown();
        get(attached);
        assertThat(get(link.get())).isEqualTo(3);
        assertThat(get(chain)).isEqualTo(2);
        assertThat(get(stop).isClean()).isTrue();
    }
}
