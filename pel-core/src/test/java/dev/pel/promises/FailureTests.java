package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import dev.pel.CallInfo;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 3: no failure is lost, and none kills anything. */
class FailureTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final Set<Boolean> onActive = new HashSet<>();

    private EventLoop recording() {
        EventLoop[] made = new EventLoop[1];
        made[0] = loops.made(options -> options.withCallSiteInterval(Duration.ZERO)
                .withErrorHandler(failure -> {
                    onActive.add(made[0].onActiveThread()); // a plain set: the handler is a body
                    failures.add(failure);
                }));
        made[0].start();
        return made[0];
    }

    /** Throws anything, checked or not. */
    private static <X extends Throwable> Object throwIt(Throwable error) throws X {
        @SuppressWarnings("unchecked")
        X unchecked = (X) error;
        throw unchecked;
    }

    private static Throwable overflow() {
        try {
            return deeper(1);
        } catch (StackOverflowError e) {
            return e;
        }
    }

    private static Throwable deeper(int depth) {
        return depth < 0 ? new IllegalStateException() : deeper(depth + 1);
    }

    /** A throwable like ThreadDeath, which is gone from newer JDKs. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @Tag("slow")
    @EnumSource(Lane.class)
    void noThrowableShrinksALane(Lane lane) {
        List<IntFunction<Throwable>> kinds = List.of(
                i -> new RuntimeException("runtime " + i),
                i -> new IOException("checked " + i),
                i -> new AssertionError("assertion " + i),
                i -> overflow(),
                i -> new OutOfMemoryError("simulated " + i),
                i -> new InterruptedException("interrupted " + i),
                i -> new Death());
        EventLoop loop = recording();
        get(loop.enqueue(lane, () -> {}));
        List<String> before = Loops.threadsOf(loop);
        List<Throwable> thrown = new ArrayList<>();
        List<LoopFuture<?>> calls = new ArrayList<>();
        AtomicInteger flagsLeft = new AtomicInteger();
        for (IntFunction<Throwable> kind : kinds) {
            for (int i = 0; i < 200; i++) {
                Throwable error = kind.apply(i);
                thrown.add(error);
                calls.add(loop.enqueue(lane, () -> {
                    if (Thread.currentThread().isInterrupted()) {
                        flagsLeft.incrementAndGet();
                    }
                    Thread.currentThread().interrupt();
                    FailureTests.<RuntimeException>throwIt(error);
                }));
            }
        }
        for (int i = 0; i < calls.size(); i++) {
            assertThat(Loops.failureOf(calls.get(i))).isSameAs(thrown.get(i));
            assertThat(calls.get(i).outcome()).isEqualTo(Outcome.FAILED);
        }
        await().atMost(LONG).until(() -> failures.size() == 1_400);
        Set<Throwable> reported = Collections.newSetFromMap(new IdentityHashMap<>());
        failures.forEach(failure -> reported.add(failure.error()));
        assertThat(reported.containsAll(thrown)).as("every failure is reported").isTrue();
        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure.lane()).isEqualTo(lane);
            assertThat(failure.age()).isPositive();
            assertThat(failure.submissionSite()).isNotNull();
        });
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(onActive).containsExactly(true)));
        assertThat(flagsLeft).hasValue(0);
        assertThat(Loops.threadsOf(loop)).isEqualTo(before);
        assertThat(loop.stats().unhandled()).isEqualTo(1_400);
    }

    @Test
    void failureTellsLabelLaneCallAndPlaceOfSubmission() {
        EventLoop loop = recording();
        LoopFuture<?> call = loop.call("load order").next(() -> {
            throw new IOException("no order");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
        Failure failure = failures.get(0);
        assertThat(failure.label()).isEqualTo("load order");
        assertThat(failure.lane()).isEqualTo(Lane.PASSIVE);
        assertThat(failure.error()).hasMessage("no order");
        assertThat(failure.callId()).isEqualTo(((CallInfo) call).id());
        assertThat(failure.submissionSite().getMethodName()).isEqualTo("failureTellsLabelLaneCallAndPlaceOfSubmission");
        assertThat(failure.submissionSite().getFileName()).isEqualTo("FailureTests.java");
    }

    @Test
    void placeOfTheFailingCodeIsToldWhenSubmissionsComeTooFast() {
        EventLoop loop = loops.started(
                options -> options.withCallSiteInterval(Duration.ofDays(1)).withErrorHandler(failures::add));
        get(loop.next(() -> 1)); // takes the one place of this day
        LoopFuture<?> call = loop.next(() -> {
            throw new IOException("x");
        });
        awaitDone(call);
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).submissionSite().getClassName()).isEqualTo(FailureTests.class.getName());
    }

    @Test
    void failureOfABodyIsOneOfTheActiveLane() {
        EventLoop loop = recording();
        loop.call("x").next(() -> 1, one -> {
            throw new IOException("in body");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).lane()).isEqualTo(Lane.ACTIVE);
        assertThat(failures.get(0).label()).isEqualTo("x");
    }

    @Test
    void failureOfATimerReachesTheHandler() {
        EventLoop loop = recording();
        LoopFuture<?> timer = loop.delay(Duration.ofMillis(1), () -> {
            throw new IOException("timer");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(timer.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void unobservedTimeoutReachesTheHandler() {
        EventLoop loop = recording();
        loop.call("slow").timeout(Duration.ofMillis(5)).next(() -> Loops.block(new CountDownLatch(1)));
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).isInstanceOf(CallTimeoutException.class);
    }

    @Test
    void failureThatADependentDealsWithIsNotReported() {
        EventLoop loop = recording();
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Object> handled = failing(loop, attached).exceptionally(e -> "recovered");
        LoopFuture<Object> seen = failing(loop, attached).handle((v, e) -> e);
        attached.countDown();
        assertThat(get(handled)).isEqualTo("recovered");
        assertThat((Throwable) get(seen)).hasCauseInstanceOf(IOException.class);
        nothingIsReported(loop);
    }

    @Test
    void failureThatWhenCompleteHasSeenIsNotReported() {
        EventLoop loop = recording();
        AtomicInteger seen = new AtomicInteger();
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Object> call = failing(loop, attached).whenComplete((value, error) -> seen.incrementAndGet());
        attached.countDown();
        awaitDone(call);
        assertThat(seen).hasValue(1);
        nothingIsReported(loop);
    }

    @Test
    void failureThatSomebodyJoinsIsNotReported() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofSeconds(30)).withErrorHandler(failures::add));
        for (int i = 0; i < 200; i++) {
            LoopFuture<Object> call = loop.next(() -> throwIt(new IOException("x")));
            assertThat(call.handle((v, e) -> e).join()).hasCauseInstanceOf(IOException.class);
            LoopFuture<Object> joined = loop.next(() -> throwIt(new IOException("y")));
            try {
                joined.join();
            } catch (RuntimeException e) {
                assertThat(e).hasCauseInstanceOf(IOException.class);
            }
        }
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void unobservedFailureOfAChainIsReportedOnceWithItsOrigin() {
        EventLoop loop = recording();
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Object> first = loop.call("origin").next(() -> {
            pass(attached);
            return throwIt(new IOException("deep"));
        });
        first.thenApply(x -> x).thenApply(x -> x).thenAccept(x -> {});
        attached.countDown();
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).label()).isEqualTo("origin");
        assertThat(failures.get(0).lane()).isEqualTo(Lane.PASSIVE);
        assertThat(failures.get(0).error()).isInstanceOf(IOException.class);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(failures).hasSize(1);
    }

    @Test
    void twoBranchesOfAFailedCallAreReportedOnce() {
        EventLoop loop = recording();
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Object> first = failing(loop, attached);
        LoopFuture<?> left = first.thenAccept(x -> {});
        LoopFuture<?> right = first.thenAccept(x -> {});
        attached.countDown();
        awaitDone(left);
        awaitDone(right);
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void failureOfADependentIsReported() {
        EventLoop loop = recording();
        loop.call("fine").next(() -> 1).thenAccept(one -> {
            throw new IllegalStateException("dependent");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).lane()).isEqualTo(Lane.ACTIVE);
        assertThat(failures.get(0).error()).hasMessage("dependent");
        assertThat(failures.get(0).label()).isEqualTo("fine");
    }

    @Test
    void failureInsideAComposedStageIsReportedOnce() {
        EventLoop loop = recording();
        loop.next(() -> 1).thenCompose(one -> loop.call("inner").next(() -> throwIt(new IOException("inner"))));
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).label()).isEqualTo("inner");
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void failureOfTwoOperationsBoundAtOnceIsReportedOnce() {
        EventLoop loop = recording();
        loop.next(() -> 1, () -> throwIt(new IOException("second")), (a, b) -> {});
        await().atMost(LONG).until(() -> failures.size() == 1);
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void failureThatAllOfCollectsIsNotReported() {
        EventLoop loop = recording();
        CountDownLatch attached = new CountDownLatch(1);
        CompletableFuture<Void> all = CompletableFuture.allOf(failing(loop, attached));
        attached.countDown();
        awaitDone(all);
        nothingIsReported(loop);
    }

    @Test
    void cancelledStoppedAndRejectedCallsAreNoFailures() {
        EventLoop loop = recording();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> cancelled = loop.next(() -> {
            running.countDown();
            Loops.block(new CountDownLatch(1));
        });
        pass(running);
        cancelled.cancel(true);
        loop.next(() -> Loops.block(new CountDownLatch(1)));
        get(loop.forceStop());
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failures).isEmpty();
    }

    @Test
    @Tag("slow")
    void twoOperationsThatADrainingLoopRefusesAreNoFailure() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        for (int i = 0; i < 20_000; i++) {
            assertThat(loop.next(() -> 1, () -> 2, (a, b) -> {}).outcome()).isEqualTo(Outcome.REJECTED);
        }
        gate.countDown();
        get(stop);
        assertThat(failures).isEmpty();
    }

    @Test
    void failureOfACommandOfTheExecutorViewReachesTheHandler() {
        EventLoop loop = recording();
        loop.executor(Lane.PASSIVE).execute(() -> {
            throw new IllegalStateException("command");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
    }

    /** Fails when the dependents are attached. */
    private static LoopFuture<Object> failing(EventLoop loop, CountDownLatch attached) {
        return loop.next(() -> {
            pass(attached);
            return throwIt(new IOException("x"));
        });
    }

    private void nothingIsReported(EventLoop loop) {
        get(loop.stop(LONG)); // reports what is left to report
        assertThat(failures).isEmpty();
    }

    @Test
    void handlerThatAlwaysThrowsIsHarmless() {
        AtomicInteger calls = new AtomicInteger();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            calls.incrementAndGet();
            throw new IllegalStateException("handler");
        }));
        for (int i = 0; i < 50; i++) {
            loop.next(() -> throwIt(new IOException("x")));
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(calls).hasValue(50));
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void oneFailingBodyAmongAThousandDelaysNoOther() {
        EventLoop loop = recording();
        CountDownLatch delivered = new CountDownLatch(999);
        for (int i = 0; i < 1_000; i++) {
            boolean fails = i == 0;
            loop.next(() -> 1, one -> {
                if (fails) {
                    throw new IOException("first");
                }
                delivered.countDown();
            });
        }
        pass(delivered);
        await().atMost(LONG).until(() -> failures.size() == 1);
    }

    @Test
    void failureOfAnOutsideCallerWaitsForItsGrace() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofDays(1)).withErrorHandler(failures::add));
        LoopFuture<Object> call = loop.next(() -> throwIt(new IOException("x")));
        awaitDone(call);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(failures).isEmpty();
        get(loop.stop(LONG)); // nobody has come: the stop does not lose it
        assertThat(failures).hasSize(1);
    }

    @Test
    void failureOfAnOutsideCallerIsReportedWhenItsGraceIsOver() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofMillis(50)).withErrorHandler(failures::add));
        loop.next(() -> throwIt(new IOException("x")));
        await().atMost(LONG).until(() -> failures.size() == 1);
    }

    @Test
    void failureOfACallOfTheActiveThreadIsReportedWithoutGrace() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofDays(1)).withErrorHandler(failures::add));
        loop.enqueue(Lane.ACTIVE, () -> loop.next(() -> throwIt(new IOException("x"))));
        await().atMost(LONG).until(() -> failures.size() == 1);
    }

    @Test
    void handlerMaySubmitCalls() {
        CountDownLatch compensated = new CountDownLatch(1);
        EventLoop[] loop = new EventLoop[1];
        loop[0] = loops.made(options -> options.withErrorHandler(failure -> loop[0].next(compensated::countDown)));
        loop[0].start();
        loop[0].next(() -> throwIt(new IOException("x")));
        pass(compensated);
    }

    @Test
    void failureOfADependentThatAllOfCollectsIsNotReported() {
        EventLoop loop = recording();
        CountDownLatch attached = new CountDownLatch(1);
        LoopFuture<Integer> dependent = loop.next(() -> pass(attached)).thenApply(nothing -> {
            throw new IllegalStateException("boom");
        });
        CompletableFuture<Object> all = CompletableFuture.allOf(dependent).handle((nothing, error) -> "seen");
        attached.countDown();
        assertThat(get(all)).isEqualTo("seen");
        nothingIsReported(loop);
    }

    @Test
    void attachingThatIsRefusedForWantOfAnExecutorDoesNotDealWithTheFailure() {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> failing = loop.next(() -> {
            pass(gate);
            throw new IOException("of the operation");
        });
        assertThatNullPointerException().isThrownBy(() -> failing.whenCompleteAsync((value, error) -> {}, null));
        assertThatNullPointerException().isThrownBy(() -> failing.handleAsync((value, error) -> value, null));
        assertThatNullPointerException().isThrownBy(() -> failing.exceptionallyComposeAsync(error -> failing, null));
        assertThatNullPointerException().isThrownBy(() -> failing.exceptionallyAsync(error -> 1, null));
        gate.countDown();
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("of the operation");
    }
}
