package dev.pel.promises;

import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.occupy;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallSpec;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call ends when its time is over, whatever it is in. */
class CallTimeoutTests {
    /** So long that the operation has begun before it passes, also on a busy machine. */
    private static final Duration BEGUN_BEFORE = Duration.ofSeconds(1);

    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void timeoutEndsTheCallAndInterruptsTheOperation() {
        EventLoop loop = loops.started();
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<?> call = loop.call("slow").timeout(BEGUN_BEFORE).next(() -> {
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(failureOf(call))
                .isInstanceOfSatisfying(
                        CallTimeoutException.class, e -> assertThat(e.timeout()).isEqualTo(BEGUN_BEFORE));
        assertThat(call.outcome()).isEqualTo(Outcome.TIMED_OUT);
        pass(interrupted);
    }

    @Test
    void timeoutOfAQueuedCallSkipsItAndFreesItsPlace() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = occupy(loop, gate);
        AtomicBoolean started = new AtomicBoolean();
        LoopFuture<?> queued =
                loop.call("queued").timeout(Duration.ofMillis(10)).next(() -> started.set(true));
        assertThat(failureOf(queued)).isInstanceOf(CallTimeoutException.class);
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        gate.countDown();
        get(first);
        get(loop.next(() -> 1));
        assertThat(started).isFalse();
    }

    @Test
    void timeoutWorksWhileTheActiveThreadIsStuck() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> blocker = loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            pass(gate);
        });
        pass(stuck);
        LoopFuture<?> call = loop.call("slow").timeout(Duration.ofMillis(10)).next(() -> block(new CountDownLatch(1)));
        assertThat(failureOf(call)).isInstanceOf(CallTimeoutException.class);
        gate.countDown();
        get(blocker);
    }

    @Test
    void orTimeoutReallyStopsTheOperation() {
        EventLoop loop = loops.started();
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Void> call = loop.next(() -> {
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(call.orTimeout(10, TimeUnit.MILLISECONDS)).isSameAs(call);
        assertThat(failureOf(call)).isInstanceOf(CallTimeoutException.class);
        pass(interrupted);
    }

    @Test
    void completeOnTimeoutGivesTheValueAndStopsTheOperation() {
        EventLoop loop = loops.started();
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return 1;
        });
        assertThat(get(call.completeOnTimeout(5, 10, TimeUnit.MILLISECONDS))).isEqualTo(5);
        pass(interrupted);
        assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void callThatEndsInTimeIsNotTouchedByItsTimeout() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call =
                loop.call("quick").timeout(Duration.ofHours(1)).next(() -> 1);
        assertThat(get(call)).isEqualTo(1);
    }

    @Test
    void timeoutOfZeroIsRefused() {
        CallSpec call = loops.started().call("x");
        assertThatThrownBy(() -> call.timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'timeout' must be more than zero but was 0 s");
    }
}
