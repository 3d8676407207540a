package dev.pel;

import static dev.pel.Loops.together;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker whose thread is that of the test. */
class WorkerTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final PoolLane lane = run.pool(Lane.PASSIVE);
    private final Worker worker = new Worker(lane, run, run.workers, 1, 1);
    private long random = 1;

    @AfterEach
    void noFlagIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private Call<?> call(Task operation) {
        return new Call<>(run, Lane.PASSIVE, operation, null, null);
    }

    // ------------------------------------------------------------------ interrupts

    /** A call whose operation runs on the worker, inside the join of the one before if there is one. */
    private Call<?> entered() {
        if (run.workers.byId(worker.id()) == null) {
            run.workers.starts(worker);
        }
        Call<?> call = call(() -> {});
        assertThat(call.claimOperation()).isTrue();
        worker.enter(call);
        assertThat(call.beginOperation(worker.id())).isTrue();
        return call;
    }

    @Test
    void interruptOfTheRunningCallSetsTheFlagAndTheEndClearsIt() {
        Call<?> call = entered();
        assertThat(worker.current()).isSameAs(call);
        call.cancel(true);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        worker.leave(null);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(worker.current()).isNull();
    }

    @Test
    void cancelWithoutAnInterruptSetsNoFlag() {
        Call<?> call = entered();
        call.cancel(false);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        worker.leave(null);
    }

    @Test
    void interruptOfACallThatWaitsForAnotherComesWhenItGoesOn() {
        Call<?> outer = entered();
        entered();
        outer.cancel(true);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        worker.leave(outer);
        assertThat(worker.current()).isSameAs(outer);
        assertThat(Thread.interrupted()).isTrue();
        worker.leave(null);
    }

    @Test
    void flagThatWasSetBeforeAnotherRunsBelongsToTheOneThatWaits() {
        Call<?> outer = entered();
        Thread.currentThread().interrupt();
        entered();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        worker.leave(outer);
        assertThat(Thread.interrupted()).isTrue();
        worker.leave(null);
    }

    @Test
    void interruptOfTheInnerCallHitsItAtOnceAndNotTheOuterOne() {
        Call<?> outer = entered();
        Call<?> inner = entered();
        inner.cancel(true);
        assertThat(Thread.interrupted()).isTrue();
        worker.leave(outer);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        worker.leave(null);
    }

    @Test
    void sixtyFourCallsMayWaitInOneThread() {
        List<Call<?>> calls = new ArrayList<>(List.of(entered()));
        for (int i = 0; i < 64; i++) {
            assertThat(worker.mayNest()).isTrue();
            calls.add(entered());
        }
        assertThat(worker.mayNest()).isFalse();
        worker.leave(calls.get(63));
        assertThat(worker.mayNest()).isTrue();
    }

    @Test
    void stopEndsTheCallThatRunsAndThoseThatWaitForIt() {
        Call<?> outer = entered();
        Call<?> inner = entered();
        worker.stopCalls(true);
        assertThat(inner.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(outer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void stopLeavesAnIdleWorkerAlone() {
        worker.stopCalls(true);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    // ------------------------------------------------------------------ the thread

    @Test
    void workerRunsWhatIsQueuedAndEndsWithTheLoop() {
        List<String> ran = new ArrayList<>();
        run.workers.starts(worker);
        submit(() -> ran.add("first"));
        submit(() -> {
            ran.add("second");
            throw new IllegalStateException("x");
        });
        machine.onLongSleep.add(() -> {
            assertThat(worker.searcher().isIdle()).isTrue();
            submit(() -> ran.add("third"));
        });
        machine.onLongSleep.add(() -> {
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            lane.wakeAll();
        });
        worker.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(ran).containsExactly("first", "second", "third");
        assertThat(machine.onLongSleep).isEmpty();
        assertThat(run.workers.living()).isZero();
        assertThat(worker.searcher().operations()).isEqualTo(3);
    }

    @Test
    void workerSleepsOnWhenItIsWokenForNoReason() {
        run.workers.starts(worker);
        machine.onLongSleep.add(() -> {});
        machine.onLongSleep.add(() -> Thread.currentThread().interrupt());
        machine.onLongSleep.add(() -> {
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            lane.wakeAll();
        });
        worker.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(machine.onLongSleep).isEmpty();
    }

    private void submit(Task operation) {
        run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
    }

    // ------------------------------------------------------------------ rivals

    @Test
    @Tag("slow")
    void callThatIsCancelledWhileItIsTakenIsNotTakenAsWell() {
        for (int round = 0; round < 20; round++) {
            takeAndCancel(2_000);
            LaneStats stats = lane.stats(null, machine.clock);
            assertThat(stats.queued()).isZero();
            assertThat(stats.running()).isZero();
            assertThat(stats.outcomes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(stats.submitted());
        }
    }

    /** The window is a few instructions wide; so whoever was second waits a little less for the next call, or the first a little more. */
    private void takeAndCancel(int calls) {
        AtomicReference<Call<?>> taken = new AtomicReference<>();
        AtomicInteger cancelled = new AtomicInteger();
        Runnable taking = () -> {
            Worker worker = new Worker(lane, run, run.workers, 1, 1);
            int pause = 0;
            for (int i = 1; i <= calls; i++) {
                LoopFuture<?> handle = run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
                Call<?> call = lane.queue().poll();
                assertThat(call).isSameAs(handle);
                taken.set(call);
                pause(pause + i % 8);
                worker.run(call, lane);
                int all = i;
                spinUntil(() -> cancelled.get() == all);
                pause = Math.max(0, pause + (handle.outcome() == Outcome.CANCELLED ? -1 : 1));
            }
        };
        Runnable cancelling = () -> {
            for (int i = 1; i <= calls; i++) {
                spinUntil(() -> taken.get() != null);
                taken.getAndSet(null).cancel(false);
                cancelled.set(i);
            }
        };
        together(taking, cancelling);
    }

    /** A few instructions each, which no compiler sums up. */
    private void pause(int steps) {
        for (int i = 0; i < steps; i++) {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
        }
    }

    private static void spinUntil(BooleanSupplier condition) {
        for (int i = 1; !condition.getAsBoolean(); i++) {
            if (i % 1_000 == 0) {
                Thread.yield(); // the rival may need this processor
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
