package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A stop whose steps the test makes, while the active thread, which is that of the test as well, sleeps. */
class ShutdownTests {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private CompletableFuture<StopReport> report = new CompletableFuture<>();

    /** Asks for a stop, lets the active thread begin with the drain and fall asleep again, and then does the rest. */
    private void drain(Runnable rest) {
        List<Throwable> failures = new ArrayList<>();
        machine.onLongSleep.add(() -> report = run.stop(DEADLINE, false));
        Runnable last = () -> {
            try {
                rest.run();
            } catch (Throwable e) {
                failures.add(e); // the active thread would survive it
            }
            end();
        };
        machine.onLongSleep.add(last);
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        assertThat(failures).isEmpty();
        assertThat(machine.isStuck()).isFalse();
    }

    private void end() {
        if (!report.isDone()) {
            run.stop(Duration.ZERO, true);
            step();
        }
    }

    private long step() {
        Shutdown stopping = run.stopping();
        return stopping == null ? 0 : stopping.step();
    }

    private void waits() {
        assertThat(step()).isEqualTo(SlowDrain.PATIENCE);
        assertThat(run.state()).isEqualTo(LoopState.DRAINING);
        assertThat(report).isNotDone();
    }

    private void isDone() {
        assertThat(step()).isEqualTo(-1);
        assertThat(run.state()).isEqualTo(LoopState.STOPPED);
        assertThat(report).isCompletedWithValueMatching(StopReport::isClean);
    }

    /** The concurrent thread that stops the loop has made the stop known, and is about to refuse calls from outside. */
    @Test
    void stopOfALoopThatStillRunsEndsNothing() {
        AtomicReference<LoopState> after = new AtomicReference<>();
        machine.onLongSleep.add(() -> {
            new Shutdown(run, DEADLINE).step();
            after.set(run.state());
            run.stop(Duration.ZERO, true);
            step();
        });
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        assertThat(after).hasValue(LoopState.RUNNING);
    }

    @Test
    void loopThatHasNothingToDoStopsAtOnce() {
        drain(this::isDone);
    }

    @Test
    void drainIsToldWhenAThreadHasNothingToDo() {
        drain(() -> {
            int before = machine.wakeUps;
            run.state.wentIdle();
            assertThat(machine.wakeUps).isEqualTo(before + 1);
        });
    }

    @Test
    void drainWaitsForWhatIsNotTheLoops() {
        drain(() -> {
            LoopFuture<String> chain = new LoopFuture<>(run);
            chain.waitOutside();
            waits();
            chain.complete("late but there");
            isDone();
        });
    }

    @Test
    void drainWaitsForTimersThatFallDueInTime() {
        drain(() -> {
            LoopTimer timer = run.submissions.delay(Duration.ofSeconds(1), () -> {});
            waits();
            timer.complete(null);
            isDone();
        });
    }

    @Test
    void drainWaitsForQueuedAndRunningCalls() {
        Task operation = () -> {};
        LoopFuture<?> call = run.submissions.submit(Lane.WORK, operation, null, null, null);
        drain(() -> {
            waits();
            PoolLane work = run.pool(Lane.WORK);
            Call<?> taken = work.queue().poll();
            assertThat(taken).isSameAs(call);
            waits();
            new Worker(work, run, run.workers, 1, 1).run(taken, work);
            isDone();
        });
        assertThat(report.join().drained()).isEqualTo(1);
    }

    @Test
    void drainWaitsForFuturesThatAreBeingCompleted() {
        drain(() -> {
            run.completions.complete(this, () -> {});
            waits();
            machine.started.get(0).run();
            isDone();
        });
    }

    @Test
    void deadlineEndsWhatIsLeft() {
        Task operation = () -> {};
        LoopFuture<?> call = run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
        drain(() -> {
            machine.clock += DEADLINE.toNanos() - 1;
            assertThat(step()).isEqualTo(1);
            assertThat(call).isNotDone();
            machine.clock++;
            assertThat(step()).isEqualTo(-1);
        });
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        StopReport done = report.join();
        assertThat(done.isClean()).isFalse();
        assertThat(done.forced()).isFalse();
        assertThat(done.neverStarted()).isEqualTo(1);
        assertThat(done.interrupted()).isZero();
        assertThat(done.drained()).isZero();
        assertThat(done.deadline()).isEqualTo(DEADLINE);
        assertThat(done.took()).isEqualTo(DEADLINE);
    }

    @Test
    void earliestDeadlineOfAllWhoStopCounts() {
        Task operation = () -> {};
        run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
        drain(() -> {
            run.stop(Duration.ofMillis(500), false);
            run.stop(Duration.ofSeconds(50), false);
            assertThat(step()).isEqualTo(Duration.ofMillis(500).toNanos());
            run.stop(Duration.ofSeconds(50), true);
            assertThat(step()).isEqualTo(-1);
        });
        assertThat(report.join().forced()).isTrue();
        assertThat(report.join().deadline()).isZero();
    }

    @Test
    void everybodyWhoStopsGetsTheSameReportAlsoAfterTheEnd() {
        drain(() -> {
            CompletableFuture<StopReport> other = run.stop(DEADLINE, false);
            isDone();
            assertThat(other.join()).isSameAs(report.join());
        });
        assertThat(run.stop(DEADLINE, false).join()).isSameAs(report.join());
    }

    // ------------------------------------------------------------------ threads that do not come back

    private static final long GRACE =
            EventLoopOptions.defaults().interruptGrace().toNanos();

    /** Makes the steps of a stop that is forced, each when it is due, until it is done; how long that took from the request on. */
    private long forcedStop() {
        long start = machine.clock;
        report = run.stop(Duration.ZERO, true);
        long wait = step();
        while (wait >= 0) {
            assertThat(report).isNotDone();
            assertThat(wait).isPositive();
            machine.clock += wait;
            wait = step();
        }
        Thread.interrupted(); // the stop's
        assertThat(run.state()).isEqualTo(LoopState.STOPPED);
        return machine.clock - start;
    }

    /** Runs something on the active thread, in a body. */
    private void inABody(Task body) {
        run.pool(Lane.WORK).resize(1); // counts for the active thread, which is nobody's here
        run.submissions.submit(Lane.ACTIVE, body, null, CallDetails.shared("stuck"), null);
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
    }

    /** Runs something on the one thread of the work lane, in an operation. */
    private void inAnOperation(Task operation) {
        PoolLane work = run.pool(Lane.WORK);
        work.resize(1);
        run.submissions.submit(Lane.WORK, operation, null, CallDetails.shared("stuck"), null);
        Call<?> call = work.queue().poll();
        assertThat(call).isNotNull();
        ((Worker) machine.started.get(0)).run(call, work);
    }

    @Test
    void stuckBodyIsGivenUpSomeTimeAfterTheGrace() {
        long[] took = new long[1];
        inABody(() -> took[0] = forcedStop());
        assertThat(took[0]).isGreaterThan(GRACE);
        StopReport done = report.join();
        assertThat(done.stuck()).hasSize(1);
        StopReport.StuckThread stuck = done.stuck().get(0);
        assertThat(stuck.lane()).isEqualTo(Lane.ACTIVE);
        assertThat(stuck.label()).isEqualTo("stuck");
        assertThat(stuck.thread()).isEqualTo(Thread.currentThread().getName());
        assertThat(stuck.stack()).isNotEmpty();
        assertThat(done.interrupted()).as("others than the stuck").isZero();
        assertThat(done.took()).isEqualTo(Duration.ofNanos(took[0]));
    }

    @Test
    void stuckOperationIsGivenUpWhenTheGraceIsOver() {
        long[] took = new long[1];
        inAnOperation(() -> took[0] = forcedStop());
        assertThat(took[0]).isEqualTo(GRACE);
        StopReport done = report.join();
        assertThat(done.stuck()).hasSize(1);
        assertThat(done.stuck().get(0).lane()).isEqualTo(Lane.WORK);
        assertThat(done.interrupted()).isZero();
    }

    @Test
    void operationThatComesBackDuringTheGraceIsNotStuck() {
        inAnOperation(() -> {
            report = run.stop(Duration.ZERO, true);
            assertThat(step()).isPositive();
            Thread.interrupted();
        });
        Worker worker = (Worker) machine.started.get(0);
        worker.lane().ended(worker);
        assertThat(step()).isEqualTo(-1);
        assertThat(report.join().stuck()).isEmpty();
        assertThat(report.join().interrupted()).isEqualTo(1);
    }

    @Test
    void operationIsInterruptedAgainInIntervalsThatDouble() {
        List<Long> interrupts = new ArrayList<>();
        inAnOperation(() -> {
            long start = machine.clock;
            report = run.stop(Duration.ZERO, true);
            long wait = step();
            while (wait >= 0) {
                if (Thread.interrupted()) {
                    interrupts.add((machine.clock - start) / 1_000_000);
                }
                machine.clock += wait;
                wait = step();
            }
        });
        assertThat(interrupts).startsWith(0L, 1L, 3L, 7L, 15L, 31L, 63L);
        Thread.interrupted();
    }

    @Test
    void bodyThatComesBackDuringTheGraceIsNotStuck() {
        inABody(() -> {
            report = run.stop(Duration.ZERO, true);
            assertThat(step()).isPositive();
            Thread.interrupted();
            run.state.reach(StopPhase.SWEPT);
        });
        assertThat(step()).isEqualTo(-1);
        assertThat(report.join().stuck()).isEmpty();
        assertThat(report.join().interrupted()).isEqualTo(1);
    }

    @Test
    void threadThatIsOnItsWayOutIsWaitedForBeyondTheGrace() {
        run.pool(Lane.WORK).resize(1);
        report = run.stop(Duration.ZERO, true);
        step();
        machine.clock += 2 * GRACE;
        assertThat(step()).isPositive();
        assertThat(report).isNotDone();
        Worker worker = (Worker) machine.started.get(0);
        worker.lane().ended(worker);
        assertThat(step()).isEqualTo(-1);
        assertThat(report.join().isClean()).isTrue();
    }

    @Test
    void threadThatIsOnItsWayOutForEverDoesNotHoldTheStopForEver() {
        run.pool(Lane.WORK).resize(1);
        assertThat(forcedStop()).isGreaterThan(10 * GRACE);
    }
}
