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

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
    void changesAreToldInTheirOrderAlsoWhereAListenerBlocks() {
        List<String> states = new java.util.concurrent.CopyOnWriteArrayList<>();
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch startedAgain = new CountDownLatch(1);
        EventLoop loop = loops.made(options -> options.withListener(new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                if (to == LoopState.DRAINING) {
                    pass(stopped);
                } else if (to == LoopState.STOPPED) {
                    pass(startedAgain);
                }
                states.add(from + ">" + to);
            }
        }));
        loop.start();
        new Thread(() -> loop.stop(LONG)).start();
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
        stopped.countDown();
        loop.start();
        startedAgain.countDown();
        await().atMost(LONG).until(() -> states.size() == 5);
        assertThat(states)
                .containsExactly(
                        "NEW>RUNNING", "RUNNING>DRAINING", "DRAINING>STOPPING", "STOPPING>STOPPED", "STOPPED>RUNNING");
    }

    @Test
    @Tag("scaled")
    void callsRacingWithAStopHaveRunOrTheirHandlesHaveEnded() throws InterruptedException {
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withThreads(2))
                .withWork(work -> work.withThreads(1))
                .withInterruptGrace(LONG));
        long rounds = Scale.of("pel.stop.races", 1_000, 10_000);
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
}
