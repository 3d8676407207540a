package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Scale;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures when the loop has no active thread any more go to the same handler and listeners as before. */
class FailureAfterStopTests {
    private static final Duration GRACE = Duration.ofMillis(20);

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<Failure> heard = new CopyOnWriteArrayList<>();
    private final List<Failure> listened = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    private EventLoop recording(Duration grace) {
        return loops.started(options -> options.withCallSiteInterval(Duration.ZERO)
                .withUnobservedGrace(grace)
                .withInterruptGrace(Duration.ofMillis(50))
                .withErrorHandler(this::handle)
                .withListener(new EventLoopListener() {
                    @Override
                    public void unhandled(Failure failure) {
                        listened.add(failure);
                    }
                }));
    }

    private void handle(Failure failure) {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        heard.add(failure);
        threads.add(Thread.currentThread().getName());
        inside.decrementAndGet();
    }

    private static Object fail(String message) {
        throw new IllegalStateException(message);
    }

    private void isHeard(String... messages) {
        await().atMost(LONG).until(() -> heard.size() >= messages.length);
        assertThat(heard).extracting(failure -> failure.error().getMessage()).containsExactlyInAnyOrder(messages);
        assertThat(listened).hasSameSizeAs(heard);
    }

    // ------------------------------------------------------------------ an active thread that is given up

    @Test
    void failureThatWaitsForItsGraceIsToldWhenTheActiveThreadIsGivenUp() {
        EventLoop loop = recording(Duration.ofDays(1));
        Loops.awaitDone(loop.call("order").next(() -> fail("x")));
        CountDownLatch stuck = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            Loops.ignoreInterrupts(release);
        });
        pass(stuck);
        assertThat(get(loop.forceStop()).stuck()).hasSize(1);
        isHeard("x");
        assertThat(heard.get(0).label()).isEqualTo("order");
        assertThat(loop.stats().unhandled()).isEqualTo(1);
        release.countDown();
    }

    @Test
    void failureOfTheTurnInWhichTheActiveThreadIsLostIsTold() {
        EventLoop loop = recording(Duration.ZERO);
        CountDownLatch stuck = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            loop.enqueue(Lane.ACTIVE, () -> fail("x"));
            loop.enqueue(Lane.ACTIVE, () -> {
                stuck.countDown();
                Loops.ignoreInterrupts(release);
                fail("late");
            });
        });
        pass(stuck);
        get(loop.forceStop());
        isHeard("x");
        release.countDown();
        isHeard("x", "late");
        assertThat(heard.get(1).late()).isTrue();
        assertThat(threads).containsOnly(loop.options().name() + "-completion");
    }

    @Test
    void failuresBehindOneInWhichTheHandlerGetsStuckAreTold() {
        CountDownLatch stuck = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(50))
                .withErrorHandler(failure -> {
                    heard.add(failure);
                    listened.add(failure);
                    if (heard.size() == 1) {
                        stuck.countDown();
                        Loops.ignoreInterrupts(release);
                    }
                }));
        loop.enqueue(Lane.ACTIVE, () -> {
            for (int i = 0; i < 3; i++) {
                int number = i;
                loop.enqueue(Lane.ACTIVE, () -> fail("x" + number));
            }
        });
        pass(stuck);
        get(loop.forceStop());
        isHeard("x0", "x1", "x2");
        release.countDown();
        await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
        isHeard("x0", "x1", "x2");
    }

    @Test
    @Tag("scaled")
    void failuresAreToldOnceWhenTheActiveThreadComesBackWhileItIsGivenUp() {
        long rounds = Scale.of("pel.given.up", 5, 50);
        for (int i = 0; i < rounds; i++) {
            AtomicInteger told = new AtomicInteger();
            CountDownLatch stuck = new CountDownLatch(1);
            EventLoop loop = loops.started(options ->
                    options.withInterruptGrace(Duration.ZERO).withErrorHandler(failure -> told.incrementAndGet()));
            loop.enqueue(Lane.ACTIVE, () -> {
                for (int k = 0; k < 20; k++) {
                    loop.enqueue(Lane.ACTIVE, () -> fail("x"));
                }
                loop.enqueue(Lane.ACTIVE, () -> {
                    stuck.countDown();
                    long until = System.nanoTime() + 190_000_000 + (long) (Math.random() * 30_000_000);
                    while (System.nanoTime() - until < 0) {
                        Thread.onSpinWait();
                    }
                });
            });
            pass(stuck);
            get(loop.forceStop());
            await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
            assertThat(told).hasValue(20);
        }
    }

    // ------------------------------------------------------------------ within the grace of a stop

    @Test
    void failureOfAnOperationThatTheStopHasInterruptedIsToldAsLate() {
        EventLoop loop =
                loops.started(options -> options.withInterruptGrace(LONG).withErrorHandler(this::handle));
        CountDownLatch running = new CountDownLatch(1);
        loop.call("order").next(() -> {
            try {
                running.countDown();
                Loops.block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                Loops.ignoreInterrupts(release); // until the active thread has ended
                fail("clean-up");
            }
        });
        pass(running);
        CompletableFuture<StopReport> stop = loop.stop(Duration.ZERO);
        await().atMost(LONG)
                .until(() -> !Loops.threadsOf(loop).contains(loop.options().name() + "-active"));
        release.countDown();
        get(stop);
        assertThat(heard).as("told before the stop is over").singleElement().satisfies(failure -> {
            assertThat(failure.late()).isTrue();
            assertThat(failure.label()).isEqualTo("order");
            assertThat(failure.error()).hasMessage("clean-up");
        });
    }

    // ------------------------------------------------------------------ after the stop

    @Test
    void failuresAfterTheStopReachTheHandlerAndTheListenersOneAtATime() {
        EventLoop loop = recording(GRACE);
        LoopFuture<Integer> done = loop.call("order").next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        for (int i = 0; i < 100; i++) {
            done.thenApply(one -> fail("x"));
        }
        await().atMost(LONG).until(() -> heard.size() >= 100);
        await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
        assertThat(heard).hasSize(100).allSatisfy(failure -> {
            assertThat(failure.label()).isEqualTo("order");
            assertThat(failure.submissionSite()).isNotNull();
        });
        assertThat(listened).hasSize(100);
        assertThat(most).hasValue(1);
        assertThat(threads).containsOnly(loop.options().name() + "-completion");
        assertThat(loop.stats().unhandled()).isEqualTo(100);
    }

    @Test
    void failureAfterTheStopThatSomebodyJoinsInTimeIsNotTold() {
        EventLoop loop = recording(Duration.ofSeconds(1));
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        LoopFuture<Object> joined = done.thenApply(one -> fail("x"));
        Loops.awaitDone(joined);
        assertThatThrownBy(joined::join).isInstanceOf(CompletionException.class);
        await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
        assertThat(heard).isEmpty();
    }

    @Test
    void handlerThatAlwaysThrowsIsLoggedInFullOnceAlsoAfterTheStop() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            heard.add(failure);
            throw new IllegalStateException("of the handler");
        }));
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        for (int i = 0; i < 100; i++) {
            done.thenApply(one -> fail("x"));
        }
        await().atMost(LONG).until(() -> heard.size() == 100);
        await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
        assertThat(log.tracesOf("The error handler failed on call")).isEqualTo(1);
    }

    @Test
    void failureOfAnEarlierRunIsToldOnTheActiveThreadOfThePresentOne() {
        EventLoop loop = recording(Duration.ZERO);
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        loop.start();
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        done.thenApply(one -> fail("x"));
        isHeard("x");
        assertThat(threads).containsExactly(loop.options().name() + "-active");
    }
}
