package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a simulation offers to tests of others. */
class SimulationTests {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Simulation simulation = Simulation.withSeed(7);

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void bodyRunsOnTheActiveThreadAfterTheOperationOnAPassiveOne() {
        EventLoop loop = simulation.loop();
        List<String> threads = new ArrayList<>();
        LoopFuture<?> call = loop.next(
                () -> threads.add(Thread.currentThread().getName()),
                added -> threads.add(Thread.currentThread().getName()));
        simulation.runUntilIdle();
        assertThat(call).isCompleted();
        assertThat(threads).hasSize(2).element(0).asString().startsWith("pel-passive-");
        assertThat(threads).element(1).isEqualTo("pel-active");
        simulation.assertQuiescent();
    }

    @Test
    void delayOfAnHourPassesAtOnceAndToTheNanosecond() {
        LoopFuture<?> timer = simulation.loop().delay(HOUR, () -> {});
        simulation.runUntilIdle();
        assertThat(timer).isCompleted();
        assertThat(simulation.elapsed()).isEqualTo(HOUR);
    }

    @Test
    void advanceRunsWhatFallsDueAndNothingLater() {
        EventLoop loop = simulation.loop();
        List<String> ran = new ArrayList<>();
        loop.delay(HOUR, () -> ran.add("first"));
        loop.delay(HOUR.plusNanos(1), () -> ran.add("second"));
        simulation.advance(HOUR.minusNanos(1));
        assertThat(ran).isEmpty();
        simulation.advance(Duration.ofNanos(1));
        assertThat(ran).containsExactly("first");
        simulation.advance(Duration.ZERO);
        assertThat(ran).containsExactly("first");
        simulation.advance(HOUR);
        assertThat(ran).containsExactly("first", "second");
        assertThat(simulation.elapsed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void advanceEndsThoughATimerSetsTheNextOneForEver() {
        EventLoop loop = simulation.loop();
        List<Duration> ticks = new ArrayList<>();
        tick(loop, ticks);
        simulation.advance(Duration.ofSeconds(10));
        assertThat(ticks).hasSize(10).last().isEqualTo(Duration.ofSeconds(10));
    }

    private void tick(EventLoop loop, List<Duration> ticks) {
        loop.delay(Duration.ofSeconds(1), () -> {
            ticks.add(simulation.elapsed());
            tick(loop, ticks);
        });
    }

    @Test
    void joinInTheTestLetsTheOthersGoOn() {
        EventLoop loop = simulation.loop();
        assertThat(loop.next(simulation.taking(HOUR, "done")).join()).isEqualTo("done");
        assertThat(simulation.elapsed()).isEqualTo(HOUR);
    }

    @Test
    void waitWithALimitEndsInVirtualTime() {
        LoopFuture<String> call = simulation.loop().next(simulation.taking(HOUR, "done"));
        assertThatThrownBy(() -> call.get(59, TimeUnit.MINUTES)).isInstanceOf(TimeoutException.class);
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofMinutes(59));
    }

    @Test
    void operationsSleepSideBySide() {
        EventLoop loop = simulation.loop();
        loop.next(simulation.taking(HOUR, 1), simulation.taking(HOUR, 2), (a, b) -> {});
        simulation.runUntilIdle();
        assertThat(simulation.elapsed()).isEqualTo(HOUR);
    }

    @Test
    void timeoutOfACallInterruptsTheSleepOfItsOperation() {
        EventLoop loop = simulation.loop();
        List<String> seen = new ArrayList<>();
        LoopFuture<?> call = loop.call("slow").timeout(Duration.ofMinutes(1)).next(() -> {
            try {
                simulation.sleep(HOUR);
            } catch (InterruptedException e) {
                seen.add("interrupted after " + simulation.elapsed());
                throw e;
            }
        });
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CallTimeoutException.class);
        simulation.runUntilIdle();
        assertThat(call.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(seen).containsExactly("interrupted after PT1M");
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void stopOfALoopTakesVirtualTimeOnly() {
        EventLoop loop = simulation.loop();
        LoopFuture<?> call = loop.next(simulation.taking(HOUR, "done"));
        CompletableFuture<StopReport> stop = loop.stop(HOUR.multipliedBy(2));
        assertThat(stop.join().isClean()).isTrue();
        assertThat(call).isCompleted();
        assertThat(simulation.elapsed()).isEqualTo(HOUR);
        loop.start();
        assertThat(loop.next(() -> "again").join()).isEqualTo("again");
    }

    @Test
    void seedsChooseTheOrderOfOperations() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            List<Integer> order = new ArrayList<>();
            try (Simulation other = Simulation.withSeed(seed)) {
                for (int number = 1; number <= 3; number++) {
                    int mine = number;
                    other.loop().next(() -> {
                        other.step();
                        order.add(mine);
                    });
                }
                other.runUntilIdle();
            }
            assertThat(order).containsExactlyInAnyOrder(1, 2, 3);
            orders.add(order);
        }
        assertThat(orders).as("all of the six").hasSize(6);
    }

    @Test
    void forkedThreadsSubmitSideBySide() {
        EventLoop loop = simulation.loop();
        List<Integer> sums = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            simulation.fork(
                    "client-" + i, () -> sums.add(loop.next(() -> number).join()));
        }
        simulation.runUntilIdle();
        assertThat(sums).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void throwableOfAForkedThreadFailsTheTest() {
        simulation.fork("client", () -> {
            throw new IllegalStateException("on purpose");
        });
        assertThatThrownBy(simulation::runUntilIdle)
                .isInstanceOf(SimulationFailure.class)
                .hasRootCauseMessage("on purpose");
    }

    @Test
    void quiescenceIsDeniedWhileSomethingIsLeft() {
        EventLoop loop = simulation.loop();
        LoopFuture<?> timer = loop.delay(HOUR, () -> {});
        simulation.advance(Duration.ZERO);
        assertThatThrownBy(simulation::assertQuiescent).hasMessageContaining("1 timer pending");
        timer.cancel(false);
        LoopFuture<?> call = loop.next(simulation.taking(HOUR, 1));
        simulation.advance(Duration.ofMinutes(1));
        assertThatThrownBy(simulation::assertQuiescent)
                .hasMessageContaining("sleeps, at most PT59M more")
                .hasMessageContaining("PASSIVE: 0 queued, 1 running");
        call.cancel(true);
        simulation.runUntilIdle();
        simulation.assertQuiescent();
    }

    @Test
    void reportNamesTheTimersThatArePending() {
        EventLoop loop = simulation.loop(options -> options.withCallSiteInterval(Duration.ZERO));
        loop.start();
        loop.call("reminder").delay(HOUR.multipliedBy(2), () -> {});
        loop.delay(HOUR, () -> {});
        simulation.advance(Duration.ZERO);
        assertThatThrownBy(simulation::assertQuiescent)
                .hasMessageContaining("2 timers are pending, the next submitted at "
                        + getClass().getName())
                .hasMessageContaining(", then one 'reminder' falls due in ");
    }

    @Test
    void reportHasOneLineForAllIdleThreads() {
        EventLoop loop = simulation.loop(options -> options.withPassive(lane -> lane.withThreads(64)));
        loop.start();
        LoopFuture<?> call = loop.next(simulation.taking(HOUR, 1));
        simulation.advance(Duration.ZERO);
        assertThat(simulation.describe().lines().filter(line -> line.contains("woken by PoolLane")))
                .singleElement()
                .asString()
                .matches("  pel-(passive|work)-\\d+ and 66 others: parked, waits? to be woken by PoolLane");
        assertThat(simulation.describe()).contains(": sleeps, at most PT1H more");
        call.cancel(true);
    }

    @Test
    void waitForWhatNobodyWillEndIsReportedWithWhoWaitsForWhat() {
        EventLoop loop = simulation.loop();
        LoopFuture<Object> never =
                loop.enqueue(Lane.ACTIVE, () -> {}).thenCompose(nothing -> new CompletableFuture<>());
        LoopFuture<?> call = loop.call("stuck").next(() -> never.join());
        assertThatThrownBy(simulation::runUntilIdle)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("nobody is left to end that")
                .hasMessageContaining("pel-passive-")
                .hasMessageContaining("PASSIVE: 0 queued, 1 running")
                .hasMessageContaining("pel-active: parked");
        assertThatThrownBy(call::join)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("each of its threads waits for another one")
                .hasMessageContaining("'stuck' on PASSIVE");
    }

    @Test
    void loopThatNeverComesToRestIsReported() {
        EventLoop loop = simulation.loop();
        tick(loop, new ArrayList<>());
        assertThatThrownBy(simulation::runUntilIdle)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("never comes to rest: more than 2000000 decisions")
                .hasMessageContaining("of virtual time")
                .hasMessageContaining("dev.pel.test.SimulationTests.tick(SimulationTests.java:")
                .hasMessageContaining("which calls delay")
                .hasMessageContaining("simulation.advance(Duration)")
                .hasMessageContaining("1 timer pending");
    }

    @Test
    void chainThatNeverEndsIsReportedWithItsLabel() {
        try (Simulation brief =
                Simulation.withOptions(SimulationOptions.defaults().withDecisions(5_000))) {
            poll(brief.loop(), () -> {});
            assertThatThrownBy(brief::runUntilIdle)
                    .isInstanceOf(SimulationFailure.class)
                    .hasMessageContaining("more than 5000 decisions")
                    .hasMessageContaining("'poll the stock'")
                    .hasMessageContaining("dev.pel.test.SimulationTests.poll(SimulationTests.java:")
                    .hasMessageContaining("which calls next");
        }
    }

    private static void poll(EventLoop loop, Task operation) {
        loop.call("poll the stock").next(operation, () -> poll(loop, operation));
    }

    @Test
    void chainWhoseOperationsTakeRealTimeIsReportedAfterTheLimit() {
        SimulationOptions options = SimulationOptions.defaults().withLimit(Duration.ofSeconds(1));
        try (Simulation slow = Simulation.withOptions(options)) {
            poll(slow.loop(), () -> Thread.sleep(5)); // what calls a real service does
            assertThatThrownBy(slow::runUntilIdle)
                    .isInstanceOf(SimulationFailure.class)
                    .hasMessageContaining("never comes to rest: more than 1 s of real time")
                    .hasMessageContaining("dev.pel.test.SimulationTests.poll(SimulationTests.java:");
        }
    }

    @Test
    void stopThatAChainHoldsUpIsForcedAfterTheLimit() {
        SimulationOptions options = SimulationOptions.defaults().withDecisions(5_000);
        try (Simulation drained = Simulation.withOptions(options)) {
            EventLoop loop = drained.loop();
            poll(loop, () -> {});
            assertThatThrownBy(() -> drained.stop(List.of(loop)))
                    .isInstanceOf(SimulationFailure.class)
                    .hasMessageContaining("dev.pel.test.SimulationTests.poll(SimulationTests.java:");
            assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        }
    }

    @Test
    void threadsOfOthersDoNotPutOffTheLimit() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        SimulationOptions options = SimulationOptions.defaults().withDecisions(50_000);
        try (Simulation shared = Simulation.withOptions(options)) {
            EventLoop loop = shared.loop();
            tick(loop, new ArrayList<>());
            Thread other = new Thread(() -> {
                while (!over.get()) {
                    loop.size(Lane.ACTIVE);
                    shared.step();
                }
            });
            other.start();
            try {
                assertThatThrownBy(shared::runUntilIdle).hasMessageContaining("never comes to rest");
            } finally {
                over.set(true);
                while (other.isAlive()) {
                    shared.step();
                }
            }
        }
    }

    @Test
    void threadThatCannotBeStartedFailsTheStart() {
        Faults none = Faults.defaults().withThreadStartFailures(1);
        try (Simulation poor = Simulation.withSeed(1, none)) {
            assertThatThrownBy(poor::loop).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void operationFailsWhereTheSeedSaysSo() {
        Faults half = Faults.defaults().withOperationFailures(0.5);
        int failures = 0;
        for (long seed = 0; seed < 100; seed++) {
            try (Simulation broken = Simulation.withSeed(seed, half)) {
                broken.loop().next(() -> broken.mayFail(() -> new IOException("lost")));
                broken.runUntilIdle();
                failures += broken.takeFailures().size();
                assertThat(broken.takeFailures()).isEmpty();
            }
        }
        assertThat(failures).isBetween(25, 75);
    }

    /** No time passes between two submissions, so the second one's place is not taken, and a failure has that of the code that failed. */
    @Test
    void placeOfTheCodeThatFailedIsNotCalledThatOfTheSubmission() {
        Simulation broken = Simulation.withSeed(3);
        broken.loop().next(() -> 1);
        broken.loop().next(SimulationTests::fails);
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("on PASSIVE, at dev.pel.test.SimulationTests.fails(");
    }

    @Test
    void errorThatCannotTellOfItselfIsToldByItsClass() {
        Simulation broken = Simulation.withSeed(3);
        broken.loop().next(() -> {
            throw new Nameless();
        });
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining(": " + Nameless.class.getName());
    }

    private static final class Nameless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no message");
        }
    }

    private static Object fails() {
        throw new IllegalStateException("on purpose");
    }

    @Test
    void failureThatNobodyDealsWithIsThrownWhenTheSimulationIsClosed() {
        Simulation broken = Simulation.withSeed(3);
        broken.loop().call("show").next(() -> 1, one -> {
            throw new IllegalStateException("on purpose");
        });
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageStartingWith("Seed 3 after PT")
                .hasMessageContaining("'show' on ACTIVE, submitted at dev.pel.test.SimulationTests")
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(broken.loop().state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void failureThatNobodyDealsWithIsSuppressedWhenTheTestHasOneOfItsOwn() {
        assertThatThrownBy(() -> {
                    try (Simulation broken = Simulation.withSeed(3)) {
                        broken.loop().delay(HOUR, () -> {
                            throw new IllegalStateException("on purpose");
                        });
                        broken.runUntilIdle();
                        throw new IOException("the test's own");
                    }
                })
                .hasMessage("the test's own")
                .satisfies(error -> assertThat(error.getSuppressed())
                        .singleElement()
                        .satisfies(also -> assertThat(also).hasRootCauseMessage("on purpose")));
    }

    @Test
    void failureThatTheSimulationInjectsIsSaidToBeOne() {
        Simulation broken = Simulation.withSeed(1, Faults.defaults().withOperationFailures(1));
        broken.loop().next(() -> {
            try {
                broken.mayFail(() -> new IOException("lost"));
            } catch (IOException e) {
                throw new IllegalStateException("cannot load", e);
            }
        });
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .hasMessageContaining("injected by the simulation: java.lang.IllegalStateException: cannot load")
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void interruptThatTheSimulationInjectsIsSaidToBeOne() {
        Simulation broken = Simulation.withSeed(1, Faults.defaults().withInterrupts(1));
        broken.loop().next(broken.taking(HOUR, 1));
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .hasMessageContaining("injected by the simulation: java.lang.InterruptedException");
    }

    @Test
    void failureThatTheTestExpectsIsGivenToIt() {
        simulation.loop().next(() -> lose("connection"));
        simulation.loop().next(() -> lose("patience"));
        simulation.runUntilIdle();
        List<String> messages = new ArrayList<>();
        messages.add(simulation.expectFailure(IOException.class).getMessage());
        messages.add(simulation.expectFailure(IOException.class).getMessage());
        assertThat(messages).containsExactlyInAnyOrder("connection", "patience");
    }

    @Test
    void failureThatIsExpectedAndMissingFailsTheTest() {
        assertThatThrownBy(() -> simulation.expectFailure(IOException.class))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("a failure of type java.io.IOException was expected")
                .hasMessageContaining("but there is none");
    }

    @Test
    void failureOfAnotherTypeThanTheExpectedOneIsTold() {
        simulation.loop().call("sum").next(() -> 1 / Integer.parseInt("0"));
        simulation.runUntilIdle();
        assertThatThrownBy(() -> simulation.expectFailure(IOException.class))
                .hasMessageContaining("'sum' on PASSIVE")
                .hasMessageContaining("/ by zero");
        assertThat(simulation.takeFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.label()).isEqualTo("sum"));
    }

    @Test
    void failuresAfterTheFirstAreSuppressed() {
        Simulation broken = Simulation.withSeed(1);
        broken.loop().next(() -> lose("connection"));
        broken.loop().next(() -> lose("patience"));
        broken.runUntilIdle();
        assertThatThrownBy(broken::close)
                .hasMessageContaining("2 failures")
                .hasCauseInstanceOf(IOException.class)
                .satisfies(failure ->
                        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IOException.class));
    }

    @Test
    void errorHandlerOfTheLoopIsToldAsWell() {
        List<Throwable> handled = new ArrayList<>();
        EventLoop loop = simulation.loop(options -> options.withErrorHandler(failure -> handled.add(failure.error())));
        loop.start();
        loop.next(() -> lose("connection"));
        simulation.runUntilIdle();
        assertThat(handled).containsExactly(simulation.expectFailure(IOException.class));
    }

    @Test
    void failureOfALoopThatOthersMakeIsSeen() {
        EventLoop loop = EventLoop.create(simulation.simulated(EventLoopOptions.defaults()));
        simulation.add(loop);
        loop.start();
        loop.next(() -> lose("connection"));
        simulation.runUntilIdle();
        assertThat(simulation.expectFailure(IOException.class)).hasMessage("connection");
    }

    @Test
    void loopWhoseFailuresWouldBeLostIsRefused() {
        EventLoop loop =
                EventLoop.create(EventLoopOptions.defaults().withName("mine").withMachine(simulation.machine()));
        assertThatThrownBy(() -> simulation.add(loop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'loop' must be made with options of simulation.simulated(options) but 'mine' was not");
    }

    @Test
    void failuresCanBeAskedForBeforeTheEnd() {
        LoopFuture<?> call = simulation.loop().next(() -> lose("connection"));
        assertThatThrownBy(simulation::assertNoFailures)
                .isInstanceOf(SimulationFailure.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(call).isCompletedExceptionally();
        simulation.assertNoFailures();
    }

    private static void lose(String what) throws IOException {
        throw new IOException(what);
    }

    @Test
    void faultOutOfRangeIsRefused() {
        assertThatThrownBy(() -> Faults.defaults().withInterrupts(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'interrupts' must be between 0 and 1 but was 1.5");
    }
}
