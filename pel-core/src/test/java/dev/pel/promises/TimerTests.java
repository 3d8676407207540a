package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 7: delays hold no thread, never fire early, and leave nothing behind. */
class TimerTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void timerNeverFiresEarly() {
        EventLoop loop = loops.started();
        AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
        CountDownLatch fired = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            long delay = 1_000_000L * (i % 20);
            long asked = System.nanoTime();
            loop.delay(Duration.ofNanos(delay), () -> {
                earliest.accumulateAndGet(System.nanoTime() - asked - delay, Math::min);
                fired.countDown();
            });
        }
        pass(fired);
        assertThat(earliest.get()).isNotNegative();
    }

    @Test
    void timersFireInTheOrderOfTheirTimes() {
        EventLoop loop = loops.started();
        List<Integer> order = new ArrayList<>();
        CountDownLatch fired = new CountDownLatch(3);
        get(loop.enqueue(Lane.ACTIVE, () -> {
            for (int i : new int[] {30, 10, 20}) {
                loop.delay(Duration.ofMillis(i), () -> {
                    order.add(i);
                    fired.countDown();
                });
            }
        }));
        pass(fired);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(order).containsExactly(10, 20, 30)));
    }

    @Test
    void cancelledTimerNeverFiresAndLeavesNothing() {
        EventLoop loop = loops.started();
        AtomicBoolean fired = new AtomicBoolean();
        LoopFuture<?> timer = loop.delay(Duration.ofDays(1), () -> fired.set(true));
        assertThat(timer.cancel(true)).isTrue();
        assertThat(timer.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(loop.stats().timers().pending()).isZero();
        assertThat(loop.stats().timers().cancelled()).isEqualTo(1);
        assertThat(fired).isFalse();
    }

    @Test
    void cancelRacingWithTheTimeEitherCancelsOrFires() {
        EventLoop loop = loops.started();
        AtomicInteger fired = new AtomicInteger();
        int cancelled = 0;
        List<LoopFuture<?>> timers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            timers.add(loop.delay(Duration.ofNanos(i % 50_000), fired::incrementAndGet));
            if (i % 2 == 1 && timers.get(i - 1).cancel(true)) {
                cancelled++;
            }
        }
        timers.forEach(Loops::awaitDone);
        assertThat(fired.get() + cancelled).isEqualTo(20_000);
    }

    @Test
    @Tag("slow")
    void tenThousandDelaysHoldUpNoOperation() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        List<LoopFuture<?>> timers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            timers.add(loop.delay(Duration.ofSeconds(1), () -> {}));
        }
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
        assertThat(loop.stats().lane(Lane.PASSIVE).submitted()).isEqualTo(1);
        timers.forEach(Loops::get);
        assertThat(loop.stats().timers().fired()).isEqualTo(10_000);
    }

    @Test
    void aMillionCreatedAndCancelledTimersLeaveNothing() {
        EventLoop loop = loops.started();
        List<WeakReference<Object>> held = new ArrayList<>();
        get(loop.enqueue(Lane.ACTIVE, () -> {
            for (int i = 0; i < 500_000; i++) {
                Object payload = new Object();
                loop.delay(Duration.ofDays(1), () -> assertThat(payload).isNotNull())
                        .cancel(true);
                if (i % 50_000 == 0) {
                    held.add(new WeakReference<>(payload));
                }
            }
        }));
        for (int i = 0; i < 500_000; i++) {
            Object payload = new Object();
            loop.delay(Duration.ofDays(1), () -> assertThat(payload).isNotNull())
                    .cancel(true);
            if (i % 50_000 == 0) {
                held.add(new WeakReference<>(payload));
            }
        }
        assertThat(loop.stats().timers().pending()).isZero();
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // behind all requests to remove one
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(held).allSatisfy(reference -> assertThat(reference.get()).isNull());
        });
    }

    @Test
    void finishedCallsLeaveNoTimeoutBehind() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withCapacity(1_000_000)));
        List<WeakReference<Object>> held = new ArrayList<>();
        LoopFuture<?> last = null;
        for (int i = 0; i < 200_000; i++) {
            Object payload = new Object();
            last = loop.call("x").timeout(Duration.ofHours(1)).next(payload::hashCode);
            if (i % 20_000 == 0) {
                held.add(new WeakReference<>(payload));
                held.add(new WeakReference<>(last));
            }
        }
        get(last);
        last = null;
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(held).allSatisfy(reference -> assertThat(reference.get()).isNull());
        });
    }

    @Test
    void delayOfZeroOrLessRunsSoonButNeverInline() {
        EventLoop loop = loops.started();
        StringBuilder order = new StringBuilder();
        LoopFuture<?>[] timer = new LoopFuture<?>[1];
        get(loop.enqueue(Lane.ACTIVE, () -> {
            timer[0] = loop.delay(Duration.ofMillis(-5), () -> order.append("timer"));
            order.append("body ");
        }));
        get(timer[0]);
        assertThat(order).hasToString("body timer");
    }

    @Test
    void hugeDelayDoesNotOverflow() {
        EventLoop loop = loops.started();
        LoopFuture<?> never = loop.delay(Duration.ofSeconds(Long.MAX_VALUE), () -> {});
        LoopFuture<?> soon = loop.delay(Duration.ofMillis(1), () -> {});
        get(soon);
        assertThat(never.outcome()).isNull();
        assertThat(loop.next(() -> 1).orTimeout(Long.MAX_VALUE, java.util.concurrent.TimeUnit.DAYS))
                .isNotNull();
    }

    @Test
    void floodOfBodiesDoesNotStarveTimers() {
        EventLoop loop = loops.started();
        AtomicBoolean goOn = new AtomicBoolean(true);
        repost(loop, goOn);
        get(loop.delay(Duration.ofMillis(20), () -> {}));
        goOn.set(false);
    }

    private static void repost(EventLoop loop, AtomicBoolean goOn) {
        loop.enqueue(Lane.ACTIVE, () -> {
            if (goOn.get()) {
                repost(loop, goOn);
            }
        });
    }

    @Test
    void floodOfTimersDoesNotStarveBodies() {
        EventLoop loop = loops.started();
        AtomicBoolean goOn = new AtomicBoolean(true);
        rearm(loop, goOn);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        goOn.set(false);
    }

    private static void rearm(EventLoop loop, AtomicBoolean goOn) {
        loop.delay(Duration.ZERO, () -> {
            if (goOn.get()) {
                rearm(loop, goOn);
            }
        });
    }
}
