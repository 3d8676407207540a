package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stop whose steps the test makes, while the active thread, which is that of the test as well, sleeps. */
class StoppingTests {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ManualMachine machine = new ManualMachine();
    private final Generation generation = machine.running();
    private CompletableFuture<StopReport> report = new CompletableFuture<>();

    /** Asks for a stop, lets the active thread begin with the drain and fall asleep again, and then does the rest. */
    private void drain(Runnable rest) {
        List<Throwable> failures = new ArrayList<>();
        machine.onLongSleep.add(() -> report = generation.stop(DEADLINE, false));
        Runnable last = () -> {
            try {
                rest.run();
            } catch (Throwable e) {
                failures.add(e); // the active thread would survive it
            }
            end();
        };
        machine.onLongSleep.add(last);
        generation.active.runsOn(Thread.currentThread());
        generation.active.run();
        assertThat(failures).isEmpty();
        assertThat(machine.isStuck()).isFalse();
    }

    private void end() {
        if (!report.isDone()) {
            generation.stop(Duration.ZERO, true);
            step();
        }
    }

    private long step() {
        Stopping stopping = generation.stopping();
        return stopping == null ? 0 : stopping.step();
    }

    private void waits() {
        assertThat(step()).isEqualTo(DEADLINE.toNanos());
        assertThat(generation.state()).isEqualTo(LoopState.DRAINING);
        assertThat(report).isNotDone();
    }

    private void isDone() {
        assertThat(step()).isEqualTo(-1);
        assertThat(generation.state()).isEqualTo(LoopState.STOPPED);
        assertThat(report).isCompletedWithValueMatching(StopReport::isClean);
    }

    @Test
    void loopThatHasNothingToDoStopsAtOnce() {
        drain(this::isDone);
    }

    @Test
    void drainWaitsForWhatIsNotTheLoops() {
        drain(() -> {
            LoopFuture<String> chain = new LoopFuture<>(generation);
            chain.waitOutside();
            waits();
            chain.complete("late but there");
            isDone();
        });
    }

    @Test
    void drainWaitsForTimersThatFallDueInTime() {
        drain(() -> {
            LoopTimer timer = generation.delay(Duration.ofSeconds(1), () -> {});
            waits();
            timer.complete(null);
            isDone();
        });
    }

    @Test
    void drainWaitsForQueuedAndRunningCalls() {
        Task operation = () -> {};
        LoopFuture<?> call = generation.submit(Lane.WORK, operation, null, null, null);
        drain(() -> {
            waits();
            PoolLane work = generation.pool(Lane.WORK);
            Call<?> taken = work.poll();
            assertThat(taken).isSameAs(call);
            waits();
            taken.runOperation(new Worker(work, generation, 1, 1));
            isDone();
        });
        assertThat(report.join().drained()).isEqualTo(1);
    }

    @Test
    void drainWaitsForFuturesThatAreBeingCompleted() {
        drain(() -> {
            generation.watch.aside(() -> {});
            waits();
            machine.started.get(0).run();
            isDone();
        });
    }

    @Test
    void deadlineEndsWhatIsLeft() {
        Task operation = () -> {};
        LoopFuture<?> call = generation.submit(Lane.PASSIVE, operation, null, null, null);
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
        generation.submit(Lane.PASSIVE, operation, null, null, null);
        drain(() -> {
            generation.stop(Duration.ofSeconds(5), false);
            generation.stop(Duration.ofSeconds(50), false);
            assertThat(step()).isEqualTo(Duration.ofSeconds(5).toNanos());
            generation.stop(Duration.ofSeconds(50), true);
            assertThat(step()).isEqualTo(-1);
        });
        assertThat(report.join().forced()).isTrue();
        assertThat(report.join().deadline()).isZero();
    }

    @Test
    void everybodyWhoStopsGetsTheSameReportAlsoAfterTheEnd() {
        drain(() -> {
            CompletableFuture<StopReport> other = generation.stop(DEADLINE, false);
            isDone();
            assertThat(other.join()).isSameAs(report.join());
        });
        assertThat(generation.stop(DEADLINE, false).join()).isSameAs(report.join());
    }
}
