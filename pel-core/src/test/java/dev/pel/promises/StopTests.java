package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.CallInfo;
import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.LoopTimer;
import dev.pel.Loops;
import dev.pel.Machine;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 8: stop has one deadline and tells the truth. */
class StopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void gracefulStopRunsAllBodiesAlsoOfCallsMadeWhileDraining() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(5)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(5);
        int[] bodies = new int[2];
        for (int i = 0; i < 25; i++) {
            loop.next(
                    () -> {
                        running.countDown();
                        pass(gate);
                    },
                    () -> {
                        bodies[0]++;
                        loop.next(() -> 1, one -> bodies[1]++);
                    });
        }
        pass(running);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(20);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        assertThat(loop.state()).isEqualTo(LoopState.DRAINING);
        gate.countDown();
        StopReport report = get(stop);
        assertThat(bodies).containsExactly(25, 25);
        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(report.calls()).isEqualTo(new StopReport.Tally(50, 0, 0));
        assertThat(report.entries()).isEqualTo(new StopReport.Tally(100, 0, 0)); // an operation and a body each
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    @Tag("slow")
    void deadlineCutsOffAndTheReportSaysExactlyWhat() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(4)));
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(4);
        List<LoopFuture<?>> calls = new ArrayList<>();
        calls.add(loop.call("deaf").next(() -> {
            running.countDown();
            ignoreInterrupts(never);
        }));
        for (int i = 0; i < 3; i++) {
            calls.add(loop.next(() -> {
                running.countDown();
                block(never);
            }));
        }
        pass(running);
        for (int i = 0; i < 10; i++) {
            calls.add(loop.next(() -> 1));
        }
        StopReport report = get(loop.stop(Duration.ofMillis(500)));
        assertThat(report.interrupted()).isEqualTo(3);
        assertThat(report.neverStarted()).isEqualTo(10);
        assertThat(report.stuck()).singleElement().satisfies(stuck -> {
            assertThat(stuck.thread()).startsWith(loop.options().name() + "-passive-");
            assertThat(stuck.label()).isEqualTo("deaf");
            assertThat(stuck.lane()).isEqualTo(Lane.PASSIVE);
            assertThat(stuck.stack())
                    .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("ignoreInterrupts"));
        });
        assertThat(report.isClean()).isFalse();
        assertThat(report.toString()).contains("10 never started, 3 interrupted", "1 stuck", "deaf");
        assertThat(calls).allSatisfy(call -> {
            assertThat(call).isDone();
            assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        });
        LaneStats stats = loop.stats().lane(Lane.PASSIVE);
        assertThat(stats.ended(Outcome.STOPPED)).isEqualTo(14);
        assertThat(stats.submitted()).isEqualTo(14);
        never.countDown();
    }

    @Test
    void stopFromTheActiveThreadDoesNotDeadlock() {
        EventLoop loop = loops.started();
        AtomicReference<CompletableFuture<StopReport>> stop = new AtomicReference<>();
        get(loop.enqueue(Lane.ACTIVE, () -> {
            stop.set(loop.stop(LONG));
            assertThatThrownBy(() -> stop.get().join()).isInstanceOf(WaitOnLoopThreadException.class);
        }));
        assertThat(get(stop.get()).isClean()).isTrue();
    }

    @Test
    void stopFromAnOperationDoesNotDeadlock() {
        EventLoop loop = loops.started();
        AtomicReference<CompletableFuture<StopReport>> stop = new AtomicReference<>();
        get(loop.next(() -> {
            stop.set(loop.stop(LONG));
            assertThatThrownBy(() -> stop.get().join()).isInstanceOf(WaitOnLoopThreadException.class);
        }));
        assertThat(get(stop.get()).isClean()).isTrue();
    }

    @Test
    void closeOnAThreadOfTheLoopDoesNotWait() {
        EventLoop loop = loops.started();
        get(loop.enqueue(Lane.ACTIVE, loop::close));
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
    }

    @Test
    void closeWaitsForTheEnd() {
        EventLoop loop = loops.started();
        loop.next(() -> 1);
        loop.close();
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void twoStoppersGetOneReport() {
        EventLoop loop = loops.started();
        CompletableFuture<StopReport> one = loop.stop(LONG);
        CompletableFuture<StopReport> two = loop.stop(Duration.ofSeconds(30));
        assertThat(get(one)).isSameAs(get(two));
        assertThat(get(loop.stop(LONG))).isSameAs(get(one));
    }

    @Test
    void forceStopHurriesAGracefulOne() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            block(new CountDownLatch(1));
        });
        pass(running);
        CompletableFuture<StopReport> graceful = loop.stop(Duration.ofDays(1));
        assertThat(graceful).isNotDone();
        StopReport report = get(loop.forceStop());
        assertThat(get(graceful)).isSameAs(report);
        assertThat(report.forced()).isTrue();
        assertThat(report.interrupted()).isEqualTo(1);
    }

    @Test
    void earlierDeadlineOfASecondStopperCounts() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            block(new CountDownLatch(1));
        });
        pass(running);
        CompletableFuture<StopReport> patient = loop.stop(Duration.ofDays(1));
        StopReport report = get(loop.stop(Duration.ofMillis(20)));
        assertThat(get(patient)).isSameAs(report);
        assertThat(report.forced()).isFalse();
        assertThat(report.interrupted()).isEqualTo(1);
    }

    @Test
    void reportCountsAsDrainedOnlyWhatEndedDuringTheStop() {
        EventLoop loop = loops.started();
        for (int i = 0; i < 10; i++) {
            get(loop.work(() -> 1));
        }
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.work(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        gate.countDown();
        assertThat(get(report).drained()).isEqualTo(1);
    }

    @Test
    @Tag("slow")
    void stopDuringStartEndsInOneOfTheLegalStates() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            EventLoop loop = loops.made(options -> options);
            Thread starter = new Thread(loop::start);
            starter.start();
            get(loop.stop(LONG));
            starter.join();
            if (loop.state() == LoopState.RUNNING) { // the stop came first
                get(loop.stop(LONG));
            }
            assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        }
    }

    @Test
    void stoppedLoopRejectsEverythingClearly() {
        EventLoop loop = loops.started();
        get(loop.stop(LONG));
        for (LoopFuture<?> refused : List.of(
                loop.next(() -> 1),
                loop.work(() -> 1),
                loop.next(() -> 1, v -> {}),
                loop.next(() -> 1, () -> 2, (a, b) -> {}),
                loop.enqueue(Lane.ACTIVE, () -> {}),
                loop.enqueue(Lane.WORK, () -> {}),
                loop.call("x").timeout(Duration.ofDays(1)).next(() -> 1),
                loop.delay(Duration.ZERO, () -> {}))) {
            assertThat(refused).isDone();
            assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
            assertThat(Loops.failureOf(refused))
                    .isInstanceOfSatisfying(CallRejectedException.class, why -> {
                        assertThat(why.state()).isEqualTo(LoopState.STOPPED);
                        assertThat(why.isFull()).isFalse();
                    })
                    .hasMessageContaining(
                            "its state is STOPPED. It accepts calls again when it has been started again");
        }
        assertThatThrownBy(() -> loop.executor(Lane.PASSIVE).execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void drainingLoopRefusesOutsideCallers() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        LoopFuture<Integer> refused = loop.next(() -> 1);
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(Loops.failureOf(refused)).hasMessageContaining("DRAINING");
        assertThatThrownBy(loop::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("DRAINING");
        gate.countDown();
        get(stop);
    }

    @Test
    @Tag("slow")
    void restartsWithOtherThreadCountsLeaveNothingBehind() {
        EventLoop loop = loops.made(options -> options);
        AtomicInteger stale = new AtomicInteger();
        for (int threads : new int[] {3, 7, 2}) {
            loop.start();
            loop.resize(Lane.PASSIVE, threads);
            int expected = threads + 2 + 2; // passive, work, active and watch
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).hasSize(expected));
            assertThat(get(loop.next(() -> 1))).isEqualTo(1);
            assertThat(loop.stats().lane(Lane.PASSIVE).submitted()).isEqualTo(1);
            CountDownLatch running = new CountDownLatch(1);
            for (int i = 0; i < threads; i++) {
                loop.next(() -> block(new CountDownLatch(1)), stale::incrementAndGet);
            }
            loop.enqueue(Lane.ACTIVE, running::countDown);
            pass(running);
            loop.next(() -> 1, one -> stale.incrementAndGet());
            get(loop.forceStop());
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(Loops.threadsOf(loop)).isEmpty());
        }
        loop.start();
        get(loop.next(() -> 1, one -> {}));
        assertThat(stale).hasValue(0);
        assertThat(get(loop.forceStop()).stuck()).isEmpty();
    }

    @Test
    void loopThatIsStoppingCannotStart() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            ignoreInterrupts(gate);
        });
        pass(running);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        assertThatThrownBy(loop::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("DRAINING");
        gate.countDown();
        get(report);
        loop.start();
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    @Test
    void startOfARunningLoopDoesNothing() {
        EventLoop loop = loops.started();
        loop.start();
        assertThat(Loops.threadsOf(loop)).hasSize(4 + 2 + 2);
    }

    @Test
    @Tag("slow")
    void stuckBodyIsReportedAndItsHandleEnds() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> body = loop.call("stuck body").enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        pass(stuck);
        LoopFuture<?> behind = loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<?> timer = loop.delay(Duration.ofHours(1), () -> {});
        LoopFuture<Integer> source = loop.next(() -> 1);
        get(source);
        LoopFuture<?> dependent = source.thenAccept(one -> {});
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck()).singleElement().satisfies(thread -> {
            assertThat(thread.thread()).isEqualTo(loop.options().name() + "-active");
            assertThat(thread.label()).isEqualTo("stuck body");
        });
        for (LoopFuture<?> handle : List.of(body, behind, timer)) {
            awaitDone(handle);
            assertThat(handle.outcome()).isEqualTo(Outcome.STOPPED);
        }
        awaitDone(dependent); // on a completion thread
        assertThat(dependent.outcome()).isEqualTo(Outcome.SUCCEEDED);
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void stuckDependentIsReportedAndItsHandleEnds() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> dependent = loop.next(() -> 1).thenAccept(one -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        LoopFuture<?> after = dependent.thenAccept(nothing -> {});
        pass(stuck);
        assertThat(get(loop.stop(Duration.ofMillis(50))).stuck()).hasSize(1);
        awaitDone(dependent);
        awaitDone(after);
        assertThat(dependent.outcome()).isEqualTo(Outcome.STOPPED);
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void stuckErrorHandlerDoesNotHoldTheStop() {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        }));
        loop.enqueue(Lane.ACTIVE, () -> {
            throw new IllegalStateException("x");
        });
        pass(stuck);
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck()).hasSize(1);
        gate.countDown();
    }

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
    void reportCountsCallsFirstAndWhatIsAttachedToThemAsEntriesOnly() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        CountDownLatch busy = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            block(new CountDownLatch(1));
        });
        pass(busy);
        CountDownLatch operations = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            loop.next(operations::countDown, () -> {});
        }
        pass(operations);
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        done.thenApply(one -> one);
        await().atMost(LONG).until(() -> loop.size(Lane.ACTIVE) == 4);
        StopReport report = get(loop.forceStop());
        assertThat(report.calls())
                .as("one ran, three had their bodies waiting")
                .isEqualTo(new StopReport.Tally(0, 3, 1));
        assertThat(report.entries().interrupted()).isEqualTo(1);
        assertThat(report.entries().drained() + report.entries().neverStarted())
                .as("what is attached runs, or is an entry that never started")
                .isEqualTo(4);
        assertThat(report.toString()).contains("calls: 3 never started, 1 interrupted; lane entries: ");
    }

    @Test
    void pairThatAStopEndsIsStopped() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> pair = loop.next(
                () -> 1,
                () -> {
                    running.countDown();
                    pass(new CountDownLatch(1));
                    return 2;
                },
                (one, two) -> {});
        pass(running);
        get(loop.forceStop());
        awaitDone(pair);
        assertThat(pair.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void timerDueBeforeTheDeadlineRunsAndALaterOneEndsAsStopped() {
        EventLoop loop = loops.started();
        AtomicBoolean ran = new AtomicBoolean();
        LoopTimer soon = loop.delay(Duration.ofMillis(200), () -> ran.set(true));
        LoopTimer late = loop.delay(Duration.ofDays(10), () -> {});
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
    void cancelledOperationThatStillBlocksIsInterruptedByTheStop() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            running.countDown();
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        pass(running);
        call.cancel(false);
        assertThat(get(loop.stop(Duration.ofMillis(50))).stuck()).isEmpty();
        pass(interrupted);
    }

    @Test
    @Tag("slow")
    void codeAttachedPastPelMayBlockWithoutHoldingTimeoutsOrStop() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        LoopFuture<?> slow = loop.next(() -> block(new CountDownLatch(1)));
        CountDownLatch outside = new CountDownLatch(1);
        CompletableFuture.allOf(slow).whenComplete((nothing, error) -> {
            inside.countDown();
            try {
                ignoreInterrupts(gate);
            } finally {
                outside.countDown();
            }
        });
        slow.orTimeout(5, java.util.concurrent.TimeUnit.MILLISECONDS);
        pass(inside);
        LoopFuture<?> other = loop.call("x").timeout(Duration.ofMillis(5)).next(() -> block(new CountDownLatch(1)));
        awaitDone(other);
        assertThat(other.outcome()).isEqualTo(Outcome.TIMED_OUT);
        get(loop.forceStop());
        assertThat(outside.getCount()).as("the code still blocks").isOne();
        gate.countDown();
    }

    @Test
    void listenerIsToldEveryStateOnce() {
        List<String> states = new java.util.concurrent.CopyOnWriteArrayList<>();
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                states.add(from + ">" + to);
            }
        }));
        loop.start();
        get(loop.stop(LONG));
        loop.start();
        get(loop.forceStop());
        assertThat(states)
                .containsExactly(
                        "NEW>RUNNING",
                        "RUNNING>DRAINING",
                        "DRAINING>STOPPING",
                        "STOPPING>STOPPED",
                        "STOPPED>RUNNING",
                        "RUNNING>STOPPING",
                        "STOPPING>STOPPED");
    }

    @Test
    @Tag("scaled")
    void callsRacingWithAStopHaveRunOrTheirHandlesHaveEnded() throws InterruptedException {
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withThreads(2))
                .withWork(work -> work.withThreads(1))
                .withInterruptGrace(LONG));
        long rounds = Scale.of("pel.stop.races", 2_500, 10_000);
        for (int round = 0; round < rounds; round++) {
            loop.start();
            AtomicBoolean ran = new AtomicBoolean();
            AtomicReference<LoopFuture<?>> call = new AtomicReference<>();
            int kind = round % 4;
            Thread submitter = new Thread(() -> call.set(
                    switch (kind) {
                        case 0 -> loop.next(() -> ran.set(true));
                        case 1 -> loop.next(() -> 1, one -> ran.set(true));
                        case 2 -> loop.enqueue(Lane.ACTIVE, () -> ran.set(true));
                        default -> loop.next(() -> 1).thenAccept(one -> ran.set(true));
                    }));
            submitter.start();
            StopReport report = get(round % 3 == 0 ? loop.forceStop() : loop.stop(LONG));
            submitter.join();
            LoopFuture<?> handle = call.get();
            awaitDone(handle);
            if (handle.outcome() == Outcome.SUCCEEDED) {
                assertThat(ran).as("round %d: %s", round, report).isTrue();
            } else {
                Outcome takenOver = kind == 3 ? Outcome.FAILED : Outcome.STOPPED;
                assertThat(handle.outcome()).isIn(Outcome.REJECTED, Outcome.STOPPED, takenOver);
            }
            assertThat(report.stuck()).isEmpty();
        }
    }

    @Test
    @Tag("slow")
    void stopsUnderLoadLoseNoHandle() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(3)));
            List<LoopFuture<?>> handles = new java.util.concurrent.CopyOnWriteArrayList<>();
            Thread[] producers = new Thread[3];
            CountDownLatch enough = new CountDownLatch(200);
            for (int p = 0; p < producers.length; p++) {
                producers[p] = new Thread(() -> {
                    boolean accepted = true;
                    while (accepted) {
                        LoopFuture<Integer> handle = loop.next(() -> 1, one -> {});
                        handles.add(handle);
                        enough.countDown();
                        accepted = handles.size() < 3_000 && handle.outcome() != Outcome.REJECTED;
                    }
                });
                producers[p].start();
            }
            pass(enough);
            get(round % 2 == 0 ? loop.stop(LONG) : loop.forceStop());
            for (Thread producer : producers) {
                producer.join();
            }
            assertThat(handles).allSatisfy(handle -> assertThat(handle).isDone());
            LoopStats stats = loop.stats();
            assertThat(stats.queued()).isZero();
            assertThat(stats.running()).isZero();
        }
    }

    /** Blocks in code that the JDK runs inline, on whichever thread completes the handle. */
    private static void blockInline(LoopFuture<?> handle, CountDownLatch inside, CountDownLatch gate) {
        CompletableFuture.allOf(handle).whenComplete((nothing, error) -> {
            inside.countDown();
            ignoreInterrupts(gate);
        });
    }

    @Test
    @Tag("slow")
    void codeThatBlocksTheActiveThreadInlineIsReported() {
        EventLoop loop = loops.started();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> handle = loop.enqueue(Lane.ACTIVE, () -> pass(attached));
        blockInline(handle, inside, gate);
        attached.countDown();
        pass(inside);
        assertThat(get(loop.forceStop()).stuck())
                .singleElement()
                .satisfies(stuck -> assertThat(stuck.lane()).isEqualTo(Lane.ACTIVE));
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void codeBehindADependentThatCannotRunAnyMoreDoesNotHoldTheStop() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        pass(stuck);
        LoopFuture<?> dependent = loop.next(() -> 1).thenApply(one -> one);
        blockInline(dependent, inside, gate);
        assertThat(get(loop.forceStop()).stuck()).isNotEmpty();
        awaitDone(dependent);
        gate.countDown();
    }

    @Test
    void activeThreadThatIsOnlyBusyIsNotCalledStuck() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> source = loop.next(() -> {
            pass(gate);
            return 0;
        });
        LoopFuture<Integer> tail = source;
        for (int i = 0; i < 300_000; i++) {
            tail = tail.thenApply(value -> value + 1);
        }
        gate.countDown();
        StopReport report = get(loop.forceStop());
        assertThat(report.stuck()).isEmpty();
        awaitDone(tail);
    }

    @Test
    void activeThreadThatEndsManyEntriesIsNotCalledStuck() {
        AtomicLong passed = new AtomicLong();
        Machine machine = new ForwardingMachine() {
            @Override
            public long nanoTime() {
                return passed.get(); // so that a test machine that is busy makes no difference
            }
        };
        EventLoopListener slow = new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
                if (outcome == Outcome.STOPPED) {
                    LockSupport.parkNanos(2_000_000); // the watch looks meanwhile,
                    passed.addAndGet(60_000_000); // the whole machine stands still,
                    LockSupport.parkNanos(2_000_000); // and it looks again
                }
            }
        };
        EventLoop loop =
                loops.made(options -> options.withInterruptGrace(Duration.ZERO).withListener(slow), machine);
        loop.start();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            ignoreInterrupts(gate);
        });
        pass(busy);
        List<LoopFuture<?>> behind = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            behind.add(loop.enqueue(Lane.ACTIVE, () -> {}));
        }
        CompletableFuture<StopReport> stop = loop.forceStop();
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPING);
        gate.countDown();
        StopReport report = get(stop);
        assertThat(report.stuck()).isEmpty();
        assertThat(behind).allSatisfy(call -> assertThat(call.outcome()).isEqualTo(Outcome.STOPPED));
    }

    @Test
    void oneWhoWaitsForAReportIsNotHeldByWhatAnotherDoesWithIt() {
        EventLoop loop = loops.started();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(attached);
        });
        pass(running);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<StopReport> one = loop.stop(LONG);
        loop.stop(LONG).thenRun(() -> {
            inside.countDown();
            ignoreInterrupts(gate);
        });
        attached.countDown();
        assertThat(get(one).isClean()).isTrue();
        pass(inside);
        gate.countDown();
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

    @Test
    void reportDoesNotWaitBehindAttachedCodeAndCountsTheHandlesThatDo() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(10)));
        CountDownLatch entered = new CountDownLatch(4);
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            loop.next(() -> {
                entered.countDown();
                Loops.block(gate);
            });
        }
        pass(entered);
        List<LoopFuture<?>> handles = new ArrayList<>();
        for (int i = 0; i < 70; i++) { // more than there may be completion threads
            LoopFuture<?> handle = loop.next(() -> {});
            handles.add(handle);
            CompletableFuture.allOf(handle).whenComplete((value, error) -> pass(gate));
        }
        StopReport report = get(loop.forceStop());
        assertThat(report.completing()).isEqualTo(70);
        assertThat(report.isClean()).isFalse();
        assertThat(report).asString().contains("70 handles still to be told");
        gate.countDown();
        handles.forEach(Loops::awaitDone);
        assertThat(handles).allMatch(handle -> handle.outcome() == Outcome.STOPPED);
        loop.close();
    }

    @Test
    void twoOperationsWithOneBodyAreTwoCallsAndThreeEntries() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(2);
        LoopFuture<Void> pair = loop.next(
                () -> {
                    ran.countDown();
                    pass(gate);
                    return 1;
                },
                () -> {
                    ran.countDown();
                    pass(gate);
                    return 2;
                },
                (a, b) -> {});
        pass(ran);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        gate.countDown();
        StopReport report = get(stop);
        get(pair);
        assertThat(report.calls()).isEqualTo(new StopReport.Tally(2, 0, 0));
        assertThat(report.entries()).isEqualTo(new StopReport.Tally(3, 0, 0));
        assertThat(loop.stats().submitted()).isEqualTo(3);
    }

    @Test
    void stackOfAStuckActiveThreadIsThatFromBeforeTheStopEndsWhatItWaitsFor() {
        for (int i = 0; i < 5; i++) {
            EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ZERO));
            LoopFuture<Integer> done = loop.next(() -> 1);
            get(done);
            CountDownLatch waits = new CountDownLatch(1);
            loop.enqueue(Lane.ACTIVE, () -> {
                CompletableFuture<Void> behind = CompletableFuture.allOf(done.thenApply(one -> one));
                waits.countDown();
                behind.join();
            });
            pass(waits);
            StopReport report = get(loop.forceStop());
            assertThat(report.stuck())
                    .singleElement()
                    .satisfies(stuck -> assertThat(stuck.stack())
                            .anySatisfy(element ->
                                    assertThat(element.getMethodName()).isEqualTo("join")));
        }
    }
}
