package dev.pel.promises;

import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 1: every body runs on the one active thread. */
class OneThreadTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void operationOfNextRunsOnAPassiveThread() {
        EventLoop loop = loops.started();
        assertThat(get(loop.next(() -> Thread.currentThread().getName())))
                .startsWith(loop.options().name() + "-passive-");
    }

    @Test
    void operationOfWorkRunsOnAWorkThread() {
        EventLoop loop = loops.started();
        assertThat(get(loop.work(() -> Thread.currentThread().getName())))
                .startsWith(loop.options().name() + "-work-");
    }

    @Test
    void bodyRunsOnTheActiveThread() {
        EventLoop loop = loops.started();
        Set<Boolean> seen = ConcurrentHashMap.newKeySet();
        get(loop.next(() -> 1, one -> seen.add(loop.onActiveThread())));
        get(loop.work(() -> 1, one -> seen.add(loop.onActiveThread())));
        get(loop.next(() -> 1, () -> 2, (one, two) -> seen.add(loop.onActiveThread())));
        get(loop.work(() -> 1, () -> 2, (one, two) -> seen.add(loop.onActiveThread())));
        get(loop.enqueue(Lane.ACTIVE, () -> seen.add(loop.onActiveThread())));
        get(loop.delay(Duration.ZERO, () -> seen.add(loop.onActiveThread())));
        assertThat(seen).containsExactly(true);
    }

    @Test
    void bodyGetsWhatTheOperationReturned() {
        EventLoop loop = loops.started();
        StringBuilder seen = new StringBuilder();
        get(loop.next(() -> "a", seen::append));
        get(loop.next(() -> "b", () -> "c", (b, c) -> seen.append(b).append(c)));
        assertThat(seen).hasToString("abc");
    }

    @Test
    void bodyOfAnOperationThatReturnsNullRuns() {
        EventLoop loop = loops.started();
        CountDownLatch ran = new CountDownLatch(1);
        get(loop.<String>next(() -> null, nothing -> ran.countDown()));
        assertThat(ran.getCount()).isZero();
    }

    @Test
    void handleOfACallWithABodyEndsAfterTheBody() {
        EventLoop loop = loops.started();
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> handle = loop.next(() -> 7, seven -> {
            inBody.countDown();
            pass(gate);
        });
        pass(inBody);
        assertThat(handle).isNotDone();
        gate.countDown();
        assertThat(get(handle)).isEqualTo(7);
    }

    @Test
    void plainStateOfBodiesNeedsNoLock() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withCapacity(200_000))
                .withActive(active -> active.withCapacity(200_000)));
        long[] sum = new long[1];
        CompletableFuture<?>[] calls = new CompletableFuture<?>[100_000];
        for (int i = 0; i < calls.length; i++) {
            long value = i;
            calls[i] = loop.next(() -> value, v -> sum[0] += v);
        }
        get(CompletableFuture.allOf(calls));
        assertThat(sum[0]).isEqualTo(4_999_950_000L);
    }

    @Test
    void whatTheOperationWroteIsVisibleToItsBody() {
        EventLoop loop = loops.started();
        for (int round = 0; round < 10_000; round++) {
            int[] plain = new int[1];
            int expected = round;
            LoopFuture<?> handle = loop.next(
                    () -> plain[0] = expected, v -> assertThat(plain[0]).isEqualTo(expected));
            get(handle);
        }
    }

    @Test
    void dependentAttachedFromOutsideToACompletedHandleRunsOnTheActiveThread() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        LoopFuture<Boolean> dependent = done.thenApply(one -> loop.onActiveThread());
        assertThat(get(dependent)).isTrue();
    }

    @Test
    void dependentAttachedInABodyToACompletedHandleDoesNotRunInline() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        StringBuilder order = new StringBuilder();
        LoopFuture<?>[] dependent = new LoopFuture<?>[1];
        get(loop.enqueue(Lane.ACTIVE, () -> {
            dependent[0] = done.thenAccept(one -> order.append("dependent"));
            order.append("body ");
        }));
        get(dependent[0]);
        assertThat(order).hasToString("body dependent");
    }

    @Test
    void postedTaskNeverRunsInline() {
        EventLoop loop = loops.started();
        StringBuilder order = new StringBuilder();
        LoopFuture<?>[] posted = new LoopFuture<?>[1];
        get(loop.enqueue(Lane.ACTIVE, () -> {
            posted[0] = loop.enqueue(Lane.ACTIVE, () -> order.append("posted"));
            order.append("poster ");
        }));
        get(posted[0]);
        assertThat(order).hasToString("poster posted");
    }

    @Test
    void tasksOfOneProducerRunInOrder() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(100_000)));
        int[] next = new int[1];
        LoopFuture<?> last = null;
        for (int i = 0; i < 50_000; i++) {
            int expected = i;
            last = loop.enqueue(Lane.ACTIVE, () -> assertThat(next[0]++).isEqualTo(expected));
        }
        get(last);
        assertThat(next[0]).isEqualTo(50_000);
    }

    @Test
    void userCompletingAHandleRunsItsDependentsOnTheActiveThread() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            pass(gate);
            return 1;
        });
        LoopFuture<Boolean> dependent = call.thenApply(v -> loop.onActiveThread());
        call.complete(2);
        assertThat(get(dependent)).isTrue();
        gate.countDown();
    }

    @Test
    void getOnAnUnfinishedCallOnTheActiveThreadThrowsAdvice() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> unfinished = loop.next(() -> {
            pass(gate);
            return 1;
        });
        get(loop.enqueue(Lane.ACTIVE, () -> {
            assertThatThrownBy(unfinished::join)
                    .isInstanceOf(WaitOnLoopThreadException.class)
                    .hasMessageContaining("join()")
                    .hasMessageContaining("thenAccept");
            assertThatThrownBy(unfinished::get).isInstanceOf(WaitOnLoopThreadException.class);
            assertThatThrownBy(() -> unfinished.get(1, TimeUnit.HOURS)).isInstanceOf(WaitOnLoopThreadException.class);
        }));
        gate.countDown();
        assertThat(get(unfinished)).isEqualTo(1);
    }

    @Test
    void getOnAFinishedCallOnTheActiveThreadReturns() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> finished = loop.next(() -> 1);
        get(finished);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(finished.join()).isEqualTo(1)));
    }

    @Test
    void executorViewRunsItsCommandsOnTheLane() {
        EventLoop loop = loops.started();
        Executor active = loop.executor(Lane.ACTIVE);
        assertThat(get(CompletableFuture.supplyAsync(loop::onActiveThread, active)))
                .isTrue();
        assertThat(get(CompletableFuture.supplyAsync(
                        () -> Thread.currentThread().getName(), loop.executor(Lane.WORK))))
                .contains("-work-");
    }

    @Test
    void foreignFutureComposedOntoAHandleComesBackToTheActiveThread() {
        EventLoop loop = loops.started();
        CompletableFuture<String> foreign = new CompletableFuture<>();
        LoopFuture<Boolean> composed =
                loop.next(() -> 1).thenCompose(one -> foreign).thenApply(value -> loop.onActiveThread());
        Thread other = new Thread(() -> foreign.complete("x"));
        other.start();
        assertThat(get(composed)).isTrue();
    }

    @Test
    void twoLoopsHaveTwoActiveThreads() {
        EventLoop one = loops.started();
        EventLoop two = loops.started();
        get(one.enqueue(Lane.ACTIVE, () -> {
            assertThat(one.onActiveThread()).isTrue();
            assertThat(two.onActiveThread()).isFalse();
        }));
    }
}
