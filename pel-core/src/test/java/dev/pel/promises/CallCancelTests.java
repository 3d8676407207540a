package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.occupy;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call that is cancelled ends at once, and its place is free. */
class CallCancelTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void cancelInterruptsTheRunningOperation() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            running.countDown();
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        pass(running);
        assertThat(call.cancel(true)).isTrue();
        assertThat(call.isCancelled()).isTrue();
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
        pass(interrupted);
    }

    @Test
    void cancelWithoutInterruptLeavesTheOperationAlone() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch over = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            running.countDown();
            pass(gate);
            interrupted.set(Thread.currentThread().isInterrupted());
            over.countDown();
        });
        pass(running);
        assertThat(call.cancel(false)).isTrue();
        gate.countDown();
        pass(over);
        assertThat(interrupted).isFalse();
    }

    @Test
    void cancelledQueuedOperationNeverStartsAndFreesItsPlace() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = occupy(loop, gate);
        AtomicBoolean started = new AtomicBoolean();
        LoopFuture<?> queued = loop.next(() -> started.set(true));
        assertThat(loop.isFull(Lane.PASSIVE)).isTrue();
        assertThat(queued.cancel(true)).isTrue();
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        LoopFuture<Integer> next = loop.next(() -> 2);
        gate.countDown();
        get(first);
        assertThat(get(next)).isEqualTo(2);
        assertThat(started).isFalse();
    }

    @Test
    void cancelledBodyThatWaitsNeverRuns() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        LoopFuture<?> blocker = loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            pass(gate);
        });
        pass(busy);
        AtomicBoolean ran = new AtomicBoolean();
        LoopFuture<?> call = loop.next(() -> 1, one -> ran.set(true));
        await().atMost(LONG).until(() -> loop.size(Lane.ACTIVE) == 1);
        assertThat(call.cancel(true)).isTrue();
        gate.countDown();
        get(blocker);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(ran).isFalse();
        assertThat(loop.stats().lane(Lane.ACTIVE).ended(Outcome.CANCELLED)).isEqualTo(1);
    }

    @Test
    void lateResultAfterCancelChangesNothingAndIsCounted() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            running.countDown();
            ignoreInterrupts(gate);
            return 1;
        });
        pass(running);
        call.cancel(true);
        assertThat(loop.stats().lane(Lane.PASSIVE).abandoned()).isEqualTo(1);
        assertThat(loop.running(Lane.PASSIVE)).isZero();
        gate.countDown();
        await().atMost(LONG).until(() -> loop.stats().lane(Lane.PASSIVE).late() == 1);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(loop.stats().lane(Lane.PASSIVE).abandoned()).isZero();
    }

    @Test
    void bodyThatComesBackAfterItsCallHasEndedIsBookedOnce() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> 1, one -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        assertThat(call.cancel(false)).isTrue();
        gate.countDown();
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        LaneStats active = loop.stats().lane(Lane.ACTIVE);
        assertThat(active.ended(Outcome.CANCELLED)).isEqualTo(1);
        assertThat(active.ended(Outcome.SUCCEEDED)).as("the one after it").isEqualTo(1);
        assertThat(active.late()).isEqualTo(1);
        assertThat(active.abandoned()).isZero();
    }

    @Test
    void interruptOfACancelNeverReachesTheNextOperation() {
        EventLoop loop = loops.withOnePassiveThread();
        AtomicInteger leaks = new AtomicInteger();
        for (int round = 0; round < 2_000; round++) {
            LoopFuture<Integer> call = loop.next(() -> 1);
            LoopFuture<?> probe = loop.next(() -> {
                if (Thread.currentThread().isInterrupted()) {
                    leaks.incrementAndGet();
                }
            });
            call.cancel(true);
            get(probe);
        }
        assertThat(leaks).hasValue(0);
    }

    @Test
    void flagThatAnOperationLeavesSetIsClearForTheNext() {
        EventLoop loop = loops.withOnePassiveThread();
        get(loop.next(() -> Thread.currentThread().interrupt()));
        assertThat(get(loop.next(() -> Thread.currentThread().isInterrupted()))).isFalse();
        get(loop.enqueue(Lane.ACTIVE, () -> Thread.currentThread().interrupt()));
        get(loop.enqueue(
                Lane.ACTIVE,
                () -> assertThat(Thread.currentThread().isInterrupted()).isFalse()));
    }

    @Test
    void operationThatCancelsItsOwnCallIsHarmless() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<?>[] self = new LoopFuture<?>[1];
        CountDownLatch known = new CountDownLatch(1);
        self[0] = loop.next(() -> {
            pass(known);
            self[0].cancel(true);
        });
        known.countDown();
        awaitDone(self[0]);
        assertThat(self[0].outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(get(loop.next(() -> Thread.currentThread().isInterrupted()))).isFalse();
    }

    @Test
    void cancellingTheHandleOfTwoOperationsCancelsBoth() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        LoopFuture<Void> both = loop.next(
                () -> blockUntilInterrupted(running, interrupted),
                () -> blockUntilInterrupted(running, interrupted),
                (a, b) -> {});
        pass(running);
        assertThat(both.cancel(true)).isTrue();
        pass(interrupted);
    }

    private static int blockUntilInterrupted(CountDownLatch running, CountDownLatch interrupted) {
        running.countDown();
        try {
            block(new CountDownLatch(1));
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return 0;
    }

    @Test
    void cancelsRacingWithOperationsEndEveryCallOnce() throws InterruptedException {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withCapacity(100_000))
                .withActive(active -> active.withCapacity(100_000))); // else calls are refused while it lags behind
        int rounds = 20_000;
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(rounds);
        for (int i = 0; i < rounds; i++) {
            LoopFuture<Integer> call = loop.next(() -> 1);
            call.whenComplete((value, error) -> {
                ended.incrementAndGet();
                all.countDown();
            });
            if (i % 2 == 0) {
                call.cancel(true);
            }
        }
        pass(all);
        assertThat(ended).hasValue(rounds);
        // a worker that has claimed a cancelled call counts its end later than the handle has it
        await().atMost(LONG).untilAsserted(() -> {
            LaneStats stats = loop.stats().lane(Lane.PASSIVE);
            assertThat(stats.ended(Outcome.SUCCEEDED) + stats.ended(Outcome.CANCELLED))
                    .isEqualTo(rounds);
        });
    }

    @Test
    @Tag("slow")
    void cancelsRacingWithTheStartOfOperationsLetThemRunOrNot() {
        EventLoop loop = loops.withOnePassiveThread();
        AtomicInteger ran = new AtomicInteger();
        int rounds = 100_000;
        int cancelled = 0;
        for (int i = 0; i < rounds; i++) {
            if (loop.next(() -> ran.incrementAndGet()).cancel(false)) {
                cancelled++;
            }
        }
        int ended = cancelled;
        await().atMost(LONG).untilAsserted(() -> {
            LaneStats stats = loop.stats().lane(Lane.PASSIVE);
            assertThat(stats.queued()).isZero();
            assertThat(stats.running()).isZero();
            assertThat(stats.abandoned()).isZero();
            assertThat(stats.ended(Outcome.CANCELLED)).isEqualTo(ended);
            assertThat(stats.ended(Outcome.SUCCEEDED)).isEqualTo(rounds - ended);
            assertThat(stats.ended(Outcome.SUCCEEDED) + stats.late()).isEqualTo(ran.get());
        });
    }

    @Test
    @Tag("slow")
    void manyCancelledCallsBehindAStuckOperationLeaveNoTombstones() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = occupy(loop, gate);
        for (int i = 0; i < 200_000; i++) {
            loop.next(() -> 1).cancel(true);
        }
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        gate.countDown();
        get(first);
        assertThat(loop.stats().lane(Lane.PASSIVE).ended(Outcome.CANCELLED)).isEqualTo(200_000);
    }

    @Test
    void cancelledCallsBehindAStuckOperationAreLetGoOf() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = occupy(loop, gate);
        List<WeakReference<LoopFuture<?>>> cancelled = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            LoopFuture<?> call = loop.next(() -> 1);
            call.cancel(true);
            cancelled.add(new WeakReference<>(call));
        }
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(cancelled.stream().filter(call -> call.get() != null)).hasSizeLessThan(500);
        });
        gate.countDown();
        get(first);
    }

    @Test
    void callsKeepTheirOrderWhenCancelledOnesAreTakenOutBetweenThem() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, gate);
        StringBuffer order = new StringBuffer();
        loop.next(() -> order.append("a"));
        for (int i = 0; i < 1_000; i++) {
            loop.next(() -> 1).cancel(true);
        }
        loop.next(() -> order.append("b"));
        LoopFuture<?> last = loop.next(() -> order.append("c"));
        gate.countDown();
        get(last);
        assertThat(order).hasToString("abc");
    }
}
