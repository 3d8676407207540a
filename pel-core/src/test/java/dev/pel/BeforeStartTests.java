package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a loop is asked to do before its first start. */
class BeforeStartTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void callsBeforeTheStartRunWhenItStarts() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> next =
                loop.next(() -> 1, value -> assertThat(loop.onActiveThread()).isTrue());
        LoopFuture<Integer> work = loop.work(() -> 2);
        LoopFuture<?> body = loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<?> timer = loop.delay(Duration.ofMillis(1), () -> {});
        LoopFuture<Integer> dependent = next.thenApply(one -> one + 1);
        CountDownLatch command = new CountDownLatch(1);
        loop.executor(Lane.ACTIVE).execute(command::countDown);
        assertThat(loop.state()).isEqualTo(LoopState.NEW);
        assertThat(List.of(next, work, body, timer, dependent)).noneMatch(CompletableFuture::isDone);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1);
        loop.start();
        assertThat(get(next)).isEqualTo(1);
        assertThat(get(work)).isEqualTo(2);
        assertThat(get(dependent)).isEqualTo(2);
        get(body);
        get(timer);
        Loops.pass(command);
    }

    @Test
    void loopThatHasNotStartedKeepsItsCapacities() {
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withCapacity(1)));
        LoopFuture<Integer> first = loop.next(() -> 1);
        LoopFuture<Integer> second = loop.next(() -> 2);
        assertThat(second.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(Loops.failureOf(second))
                .isInstanceOfSatisfying(
                        CallRejectedException.class,
                        why -> assertThat(why.isFull()).isTrue());
        loop.start();
        assertThat(get(first)).isEqualTo(1);
    }

    @Test
    void timeoutBeforeTheStartIsKeptFromTheStartOn() {
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withThreads(1)));
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> Loops.pass(release));
        LoopFuture<Integer> call =
                loop.call("late").timeout(Duration.ofMillis(1)).next(() -> 1);
        loop.start();
        assertThat(Loops.failureOf(call)).isInstanceOf(CallTimeoutException.class);
        release.countDown();
    }

    @Test
    void closeOfALoopThatNeverStartedEndsWhatWaitsAsStopped() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> next = loop.next(() -> 1);
        LoopFuture<?> body = loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<?> timer = loop.delay(Duration.ZERO, () -> {});
        CompletableFuture<Outcome> bridge = new CompletableFuture<>();
        next.whenComplete((value, error) -> bridge.complete(next.outcome()));
        CompletableFuture<?> foreign = CompletableFuture.allOf(next);
        loop.close();
        assertThat(List.of(next, body, timer)).allMatch(handle -> handle.outcome() == Outcome.STOPPED);
        assertThat(get(bridge)).isEqualTo(Outcome.STOPPED);
        assertThat(foreign).isCompletedExceptionally();
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        LoopStats stats = loop.stats();
        assertThat(stats.queued() + stats.running()).isZero();
        assertThat(stats.ended(Outcome.STOPPED))
                .isEqualTo(3); // the attached action was given up by the active lane, too
        assertThat(stats.timers().stopped()).isEqualTo(1);
    }

    @Test
    void stopOfALoopThatNeverStartedReportsWhatNeverRan() {
        EventLoop loop = loops.made(options -> options);
        loop.next(() -> 1);
        loop.delay(Duration.ZERO, () -> {});
        StopReport report = get(loop.stop(LONG));
        assertThat(report.isClean()).isFalse();
        assertThat(report.neverStarted()).isEqualTo(1);
        assertThat(report.timersStopped()).isEqualTo(1);
        assertThat(get(loops.made(options -> options).stop(LONG)).isClean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void actionOfACallThatWasRefusedBeforeTheFirstStartRuns(boolean isStarted) {
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withCapacity(1)));
        loop.next(() -> 1);
        LoopFuture<Integer> refused = loop.next(() -> 1);
        LoopFuture<Outcome> told = refused.handle((value, error) -> refused.outcome());
        if (isStarted) {
            loop.start();
        } else {
            loop.close();
        }
        assertThat(get(told)).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void loopThatWasStoppedBeforeItStartedStartsAfterwards() {
        EventLoop loop = loops.made(options -> options);
        get(loop.stop(LONG));
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
        loop.start();
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    @Test
    void startAndStopAtOnceLoseNothing() {
        for (int i = 0; i < 300; i++) {
            EventLoop loop = loops.made(options -> options);
            AtomicInteger told = new AtomicInteger();
            LoopFuture<Integer> call = loop.next(() -> 1, one -> {});
            call.whenComplete((value, error) -> told.incrementAndGet());
            CompletableFuture<?> start = CompletableFuture.runAsync(() -> {
                try {
                    loop.start();
                } catch (IllegalStateException e) {
                    // the stop was first
                }
            });
            get(loop.forceStop());
            get(start);
            get(loop.forceStop());
            assertThat(call.outcome()).isIn(Outcome.SUCCEEDED, Outcome.STOPPED);
        }
    }

    // ------------------------------------------------------------------ the moment a stop method returns

    @Test
    void outsideCallIsRefusedFromTheMomentForceStopHasReturned() {
        for (int i = 0; i < 300; i++) {
            EventLoop loop = loops.started();
            loop.forceStop();
            assertThat(loop.state()).isIn(LoopState.STOPPING, LoopState.STOPPED);
            assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
        }
    }

    @Test
    void outsideCallIsRefusedFromTheMomentAnyOfSeveralStopsHasReturned() {
        for (int i = 0; i < 300; i++) {
            EventLoop loop = loops.started();
            CompletableFuture<Outcome> other = CompletableFuture.supplyAsync(() -> {
                loop.stop(LONG);
                return loop.next(() -> 1).outcome();
            });
            loop.stop(LONG);
            assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
            assertThat(get(other)).isEqualTo(Outcome.REJECTED);
        }
    }

    // ------------------------------------------------------------------ code that closes the loop where it must not
    // wait

    private static void endsInTime(Runnable code) {
        get(CompletableFuture.runAsync(code, command -> {
            Thread thread = new Thread(command);
            thread.setDaemon(true); // it may hang, and then the test fails
            thread.start();
        }));
    }

    @Test
    void codeThatIsAttachedPastPelMayCloseALoopThatIsClosedBeforeItsStart() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.next(() -> 1);
        CompletableFuture<LoopState> seen = CompletableFuture.allOf(call).handle((value, error) -> {
            loop.close();
            return loop.state();
        });
        endsInTime(loop::close);
        assertThat(get(seen)).isEqualTo(LoopState.STOPPING);
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void codeThatIsAttachedPastPelCannotWaitForTheStopThatItIsPartOf() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.next(() -> 1);
        CompletableFuture<StopReport> seen = CompletableFuture.allOf(call)
                .handle((value, error) -> loop.forceStop().join());
        endsInTime(loop::close);
        assertThat(seen)
                .failsWithin(LONG)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(WaitOnLoopThreadException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = LoopState.class,
            names = {"RUNNING", "DRAINING", "STOPPING", "STOPPED"})
    void listenerMayCloseTheLoopInEveryState(LoopState state) {
        AtomicReference<EventLoop> itself = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                if (to == state) {
                    itself.get().close();
                    closed.countDown();
                }
            }
        }));
        itself.set(loop);
        endsInTime(() -> {
            loop.start();
            loop.close();
        });
        Loops.pass(closed);
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @ParameterizedTest
    @EnumSource(
            value = LoopState.class,
            names = {"STOPPING", "STOPPED"})
    void listenerMayCloseALoopThatIsClosedBeforeItsStart(LoopState state) {
        AtomicReference<EventLoop> itself = new AtomicReference<>();
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                if (to == state) {
                    itself.get().close();
                }
            }
        }));
        itself.set(loop);
        endsInTime(loop::close);
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void listenerMayCloseTheLoopWhenItIsStartedAgain() {
        AtomicReference<EventLoop> itself = new AtomicReference<>();
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                if (from == LoopState.STOPPED) {
                    itself.get().close();
                }
            }
        }));
        itself.set(loop);
        endsInTime(() -> {
            loop.start();
            loop.close();
            loop.start();
            loop.close();
        });
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void threadFactoryMayCloseTheLoopThatStarts() {
        AtomicReference<EventLoop> itself = new AtomicReference<>();
        EventLoop loop = loops.made(options -> options, new JdkMachine(body -> {
            itself.get().close();
            return new Thread(body, itself.get().options().name() + "-made");
        }));
        itself.set(loop);
        endsInTime(() -> {
            loop.start();
            loop.close();
        });
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    // ------------------------------------------------------------------ waits

    private static Thread waiting(String name, Runnable wait) {
        Thread thread = new Thread(wait, name);
        thread.start();
        return thread;
    }

    private List<String> waits(EventLoop loop) {
        return log.with("of loop '" + loop.options().name() + "', which has not been started");
    }

    @Test
    void waitBeforeTheStartIsLoggedOnceAndEndsWithTheStart() throws InterruptedException {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.call("early").next(() -> 1);
        AtomicInteger sum = new AtomicInteger();
        List<Thread> threads = List.of(
                waiting("first", () -> sum.addAndGet(call.join())),
                waiting("second", () -> sum.addAndGet(get(call.thenApply(one -> one + 1)))),
                waiting(
                        "third",
                        () -> sum.addAndGet(call.exceptionally(error -> 0).join())));
        await().atMost(LONG).until(() -> !waits(loop).isEmpty());
        LoopFuture<Integer> more = loop.next(() -> 1);
        assertThatThrownBy(() -> more.get(EarlyWaits.PATIENCE + 1, TimeUnit.NANOSECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(waits(loop))
                .singleElement()
                .asString()
                .containsPattern("^Thread '(first|second|third)' has waited for a second for ")
                .contains("handle.whenComplete(…)")
                .contains("@PostConstruct");
        loop.start();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sum).hasValue(4);
    }

    @Test
    void getThatTimesOutBeforeTheStartSaysThatTheLoopHasNotBeenStarted() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.call("early").next(() -> 1);
        assertThatThrownBy(() -> call.get(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessageStartingWith("call 1 'early' on PASSIVE[Not completed] has not ended in time: loop '"
                        + loop.options().name() + "' has not been started. ")
                .hasMessageContaining("@PostConstruct");
        assertThat(waits(loop)).isEmpty();
        loop.start();
        assertThat(get(call)).isEqualTo(1);
        LoopFuture<Integer> never = loop.enqueue(Lane.ACTIVE, () -> {}).thenCompose(x -> new CompletableFuture<>());
        assertThatThrownBy(() -> never.get(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage(null);
    }

    @Test
    void interruptEndsAGetBeforeTheStartAndLeavesAJoin() throws Exception {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.next(() -> 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(call::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> call.get(LONG.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread joining = waiting("joining", () -> {
            Thread.currentThread().interrupt();
            begun.countDown();
            call.join();
            flag.complete(Thread.currentThread().isInterrupted());
        });
        Loops.pass(begun);
        await().atMost(LONG).until(() -> !waits(loop).isEmpty());
        loop.start();
        assertThat(get(flag)).isTrue();
        joining.join();
    }

    @Test
    void waitForACallThatEndsBeforeTheStartIsNotLogged() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<Integer> call = loop.next(() -> 1);
        Thread other = waiting("other", () -> call.complete(5));
        assertThat(get(call)).isEqualTo(5);
        assertThat(call.join()).isEqualTo(5);
        assertThat(waits(loop)).isEmpty();
        assertThat(other).isNotNull();
    }
}
