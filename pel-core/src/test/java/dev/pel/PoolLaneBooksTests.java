package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pool lane counts and tells of a call. The thread of the test submits, cancels, and is the only worker. */
class PoolLaneBooksTests {
    private final ManualMachine machine = new ManualMachine();
    private final Recorder recorder = new Recorder();
    private final List<String> told = recorder.told;
    private Runnable onOpen = () -> {};
    private final LoopRun run = machine.running(EventLoopOptions.defaults()
            .withPassive(lane -> lane.withThreads(1).withCapacity(4).withWaterMarks(75, 25))
            .withListener(recorder)
            .withPropagator(() -> () -> {
                onOpen.run();
                return () -> {};
            }));
    private final PoolLane lane = run.pool(Lane.PASSIVE);
    private final Worker worker = new Worker(lane, run, run.workers, 1, 1);

    private LoopFuture<Void> submit(Task operation) {
        return run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
    }

    private void submit(int calls) {
        for (int i = 0; i < calls; i++) {
            submit(() -> {});
        }
    }

    private void runNext() {
        Call<?> call = lane.queue().poll();
        assertThat(call).isNotNull();
        worker.run(call, lane);
    }

    private LaneStats stats() {
        return lane.stats(null, machine.clock);
    }

    // ------------------------------------------------------------------ how a call ends

    @Test
    void callThatHasRunIsToldWithBothItsTimes() {
        submit(() -> {
            assertThat(stats().running()).isEqualTo(1);
            machine.clock += 300;
        });
        assertThat(stats().queued()).isEqualTo(1);
        machine.clock += 500;
        runNext();
        assertThat(told).containsExactly("queued", "started after 500", "SUCCEEDED after 500 and 300");
        assertThat(stats().running()).isZero();
        assertThat(stats().outcomes()).containsEntry(Outcome.SUCCEEDED, 1L);
    }

    @Test
    void callThatIsCancelledWhileItWaitsIsToldWithItsTimeInTheQueue() {
        LoopFuture<Void> handle = submit(() -> {});
        machine.clock += 500;
        handle.cancel(true);
        assertThat(told).containsExactly("queued", "CANCELLED after 500 and 0");
        assertThat(stats().queued()).isZero();
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void callThatIsCancelledWhileItRunsIsAbandonedUntilItsOperationComesBack() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        handle.add(submit(() -> {
            machine.clock += 300;
            handle.get(0).cancel(false);
            assertThat(stats().running()).isZero();
            assertThat(stats().abandoned()).isEqualTo(1);
            machine.clock += 4_000;
        }));
        machine.clock += 500;
        runNext();
        assertThat(told).containsExactly("queued", "started after 500", "CANCELLED after 500 and 300");
        assertThat(stats().abandoned()).isZero();
        assertThat(stats().late()).as("results that came too late").isEqualTo(1);
    }

    @Test
    void abandonedOperationThatFailsIsLate() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        handle.add(submit(() -> {
            handle.get(0).cancel(false);
            throw new IllegalStateException("late");
        }));
        runNext();
        assertThat(stats().abandoned()).isZero();
        assertThat(stats().late()).isEqualTo(1);
    }

    @Test
    void callThatIsCancelledWhenAWorkerHasJustTakenItDoesNotRun() {
        boolean[] ran = new boolean[1];
        LoopFuture<Void> handle = submit(() -> ran[0] = true);
        machine.clock += 500;
        onOpen = () -> handle.cancel(true);
        runNext();
        assertThat(ran[0]).isFalse();
        assertThat(told).containsExactly("queued", "CANCELLED after 500 and 0");
        assertThat(stats().queued()).isZero();
        assertThat(stats().running()).isZero();
        assertThat(stats().abandoned()).isZero();
    }

    // ------------------------------------------------------------------ room

    @Test
    void fullLaneCountsWhatItRefuses() {
        submit(3);
        assertThat(lane.isFull()).isFalse();
        submit(1);
        assertThat(lane.isFull()).isTrue();
        LoopFuture<Void> refused = submit(() -> {});
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 1L);
        assertThat(stats().submitted()).isEqualTo(5);
        assertThat(told).endsWith("rejected");
    }

    @Test
    void loopThatIsOverCountsWhatItRefuses() {
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        submit(1);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 1L);
    }

    @Test
    void laneTellsOnceWhenItFillsAndOnceWhenItEmpties() {
        submit(4);
        runNext();
        runNext();
        runNext();
        runNext();
        assertThat(told.stream().filter(event -> event.contains(" at "))).containsExactly("high at 3", "low at 1");
    }

    @Test
    void oldestWaitIsThatOfTheFirstThatHasNotEnded() {
        assertThat(stats().oldestWait()).isZero();
        LoopFuture<Void> first = submit(() -> {});
        machine.clock += 200;
        submit(1);
        machine.clock += 50;
        assertThat(stats().oldestWait()).isEqualTo(Duration.ofNanos(250));
        first.cancel(true);
        assertThat(stats().oldestWait()).isEqualTo(Duration.ofNanos(50));
    }

    // ------------------------------------------------------------------ a drain

    /** How often the thread that makes the steps of the stop is woken. */
    private int nudges(Runnable action) {
        run.stop(Duration.ofSeconds(20), false);
        run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        int before = machine.wakeUps;
        action.run();
        return machine.wakeUps - before;
    }

    @Test
    void cancelOfACallThatWaitsTellsTheDrain() {
        LoopFuture<Void> handle = submit(() -> {});
        assertThat(nudges(() -> handle.cancel(true))).isPositive();
    }

    @Test
    void cancelOfACallThatRunsTellsTheDrain() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        int[] nudges = new int[1];
        handle.add(submit(() -> nudges[0] = nudges(() -> handle.get(0).cancel(false))));
        runNext();
        assertThat(nudges[0]).isPositive();
    }

    @Test
    void workerThatFindsNothingTellsTheDrain() {
        assertThat(nudges(lane.wakeUp()::lastLook)).isPositive();
    }

    // ------------------------------------------------------------------ a stop

    @Test
    void stopEndsAllThatWaitAndSaysWhetherSomebodyIsOnTheWay() {
        LoopFuture<Void> one = submit(() -> {});
        LoopFuture<Void> other = submit(() -> {});
        assertThat(lane.stopWaiting()).isTrue();
        assertThat(one.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(other.outcome()).isEqualTo(Outcome.STOPPED);
        lane.counters().takePlace(); // as somebody who has a place, and has not queued the call yet
        assertThat(lane.stopWaiting()).isFalse();
        assertThat(lane.isEmpty()).isFalse();
    }

    @Test
    void stopEndsWhatRuns() {
        lane.grow();
        Worker own = (Worker) machine.started.get(0);
        Outcome[] seen = new Outcome[1];
        List<LoopFuture<Void>> handle = new ArrayList<>();
        handle.add(submit(() -> {
            lane.stopRunning(true);
            seen[0] = handle.get(0).outcome();
            Thread.interrupted();
        }));
        Call<?> call = lane.queue().poll();
        assertThat(call).isNotNull();
        own.run(call, lane);
        assertThat(seen[0]).isEqualTo(Outcome.STOPPED);
    }
}
