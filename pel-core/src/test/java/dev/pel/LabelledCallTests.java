package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks that return something, and timers and pairs with a label and a timeout. */
class LabelledCallTests {
    private static final Duration SHORT = Duration.ofMillis(30);

    /** So long that operation or body has begun before it passes, also on a busy machine. */
    private static final Duration BEGUN_BEFORE = Duration.ofSeconds(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);

    private EventLoop started() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    // ------------------------------------------------------------------ tasks with a value

    @Test
    void taskThatReturnsSomethingGivesItToItsHandle() {
        EventLoop loop = started();
        List<String> confined = new ArrayList<>(List.of("order 7"));
        LoopFuture<Integer> size = loop.enqueue(Lane.ACTIVE, confined::size);
        LoopFuture<Boolean> onActive = loop.call("where").enqueue(Lane.ACTIVE, () -> loop.onActiveThread());
        LoopFuture<String> passive =
                loop.enqueue(Lane.PASSIVE, () -> Thread.currentThread().getName());
        LoopFuture<String> work =
                loop.enqueue(Lane.WORK, () -> Thread.currentThread().getName());
        assertThat(get(size)).isEqualTo(1);
        assertThat(get(onActive)).isTrue();
        assertThat(get(passive)).contains("-passive-");
        assertThat(get(work)).contains("-work-");
    }

    @Test
    void taskWithoutAResultHasAHandleOfNothing() {
        EventLoop loop = started();
        LoopFuture<Void> block = loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<Void> reference = loop.enqueue(Lane.ACTIVE, this::returnsNothing);
        assertThat(get(block)).isNull();
        assertThat(get(reference)).isNull();
    }

    private void returnsNothing() {
        // a task
    }

    @Test
    void taskThatReturnsSomethingMayFail() {
        IllegalStateException error = new IllegalStateException("no orders");
        Callable<String> failing = () -> {
            throw error;
        };
        assertThat(failureOf(started().enqueue(Lane.ACTIVE, failing))).isSameAs(error);
    }

    /** The overload that was chosen decides which of its methods runs. */
    private static final class Ambiguous implements Callable<String>, Task, Body<Object> {
        @Override
        public String call() {
            return "called";
        }

        @Override
        public void run() {
            throw new AssertionError("It was given as a Callable");
        }

        @Override
        public void accept(Object value) {
            throw new AssertionError("It was given as a Callable");
        }
    }

    @Test
    void objectThatIsATaskAsWellIsCalledWhenItWasGivenAsACallable() {
        EventLoop loop = started();
        Callable<String> callable = new Ambiguous();
        assertThat(get(loop.enqueue(Lane.ACTIVE, callable))).isEqualTo("called");
        assertThat(get(loop.call("x").enqueue(Lane.ACTIVE, callable))).isEqualTo("called");
        assertThat(get(loop.enqueue(Lane.WORK, callable))).isEqualTo("called");
    }

    @Test
    void bodyOfACallThatReturnsSomethingElseDoesNotChangeWhatTheHandleGives() {
        AtomicInteger seen = new AtomicInteger();
        assertThat(get(started().next(() -> 7, seven -> seen.addAndGet(seven)))).isEqualTo(7);
        assertThat(seen).hasValue(7);
    }

    // ------------------------------------------------------------------ timers

    @Test
    void functionThatIsAttachedAfterTheEndsOfThoseBeforeItHasTheLabelOfTheCall() {
        EventLoop loop = started();
        LoopFuture<Integer> loaded = loop.call("load").next(() -> 1);
        failsBehindTheEndOf(loop, loaded.thenApply(one -> one).thenApply(one -> one));
        assertThat(failures.get(0).label()).isEqualTo("load");
    }

    @Test
    void functionThatIsAttachedAfterTheEndOfACompositionHasTheLabelOfTheCall() {
        EventLoop loop = started();
        LoopFuture<Integer> loaded = loop.call("load").next(() -> 1);
        failsBehindTheEndOf(loop, loaded.thenCompose(one -> loop.call("save").next(() -> 2)));
        assertThat(failures.get(0).label()).isEqualTo("load");
    }

    @Test
    void functionThatIsAttachedAfterTheEndOfACombinationHasTheLabelOfTheFirstCall() {
        EventLoop loop = started();
        LoopFuture<Integer> loaded = loop.call("load").next(() -> 1);
        failsBehindTheEndOf(loop, loaded.thenCombine(loop.call("other").next(() -> 2), Integer::sum));
        assertThat(failures.get(0).label()).isEqualTo("load");
    }

    private void failsBehindTheEndOf(EventLoop loop, LoopFuture<?> chain) {
        get(chain);
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // what comes after the end of a dependent is done
        chain.thenRun(() -> {
            throw new IllegalStateException("no order");
        });
        await().atMost(LONG).until(() -> failures.size() == 1);
    }

    @Test
    void timerHasItsLabel() {
        EventLoop loop = started();
        LoopFuture<?> timer = loop.call("tick").delay(SHORT, () -> {
            throw new IllegalStateException("no clock");
        });
        awaitDone(timer);
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).label()).isEqualTo("tick");
    }

    @Test
    void timeoutOfATimerCountsFromTheSubmissionAndEndsItsBody() {
        EventLoop loop = started();
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> timer = loop.call("tick").timeout(BEGUN_BEFORE).delay(Duration.ofMillis(1), () -> {
            inBody.countDown();
            Loops.pass(gate);
        });
        Loops.pass(inBody);
        assertThat(failureOf(timer)).hasMessage("Timer 'tick' had not ended after 1 s.");
        gate.countDown();
        assertThat(timer.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void timeoutThatIsNotLongerThanTheDelayIsRefused() {
        CallSpec tick = started().call("tick").timeout(Duration.ofSeconds(2));
        assertThatThrownBy(() -> tick.delay(Duration.ofSeconds(2), () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'timeout' must be longer than 'delay', which is 2 s, but was 2 s");
    }

    // ------------------------------------------------------------------ pairs

    @Test
    void operationsOfAPairHaveItsLabel() {
        EventLoop loop = started();
        awaitDone(loop.call("load")
                .next(
                        () -> 1,
                        () -> {
                            throw new IllegalStateException("no orders");
                        },
                        (one, other) -> {}));
        await().atMost(LONG).until(() -> failures.size() == 1);
        assertThat(failures.get(0).label()).isEqualTo("load");
    }

    @Test
    void bodyOfAPairWithALabelGetsBothResults() {
        EventLoop loop = started();
        AtomicInteger sum = new AtomicInteger();
        CallSpec spec = loop.call("load").timeout(LONG);
        get(spec.next(() -> 1, () -> 2, (one, two) -> sum.addAndGet(one + two)));
        get(spec.work(() -> 10, () -> 20, (ten, twenty) -> sum.addAndGet(ten + twenty)));
        assertThat(sum).hasValue(33);
    }

    @Test
    void timeoutOfAPairEndsTheHandleAndBothOperations() {
        EventLoop loop = started();
        CountDownLatch interrupted = new CountDownLatch(2);
        Callable<Integer> operation = () -> {
            try {
                block(never);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return 1;
        };
        LoopFuture<?> pair = loop.call("load").timeout(BEGUN_BEFORE).next(operation, operation, (one, other) -> {});
        assertThat(failureOf(pair)).hasMessage("Call 'load' had not ended after 1 s.");
        Loops.pass(interrupted);
        assertThat(pair.outcome()).isEqualTo(Outcome.TIMED_OUT);
        await().atMost(LONG).until(() -> loop.stats().lane(Lane.PASSIVE).ended(Outcome.TIMED_OUT) == 2);
    }

    @Test
    void timeoutOfAPairIsOneFailure() {
        EventLoop loop = started();
        awaitDone(loop.call("load").timeout(SHORT).next(this::blocked, this::blocked, (one, other) -> {}));
        await().atMost(LONG).until(() -> !failures.isEmpty());
        get(loop.stop(LONG));
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.error()).isInstanceOf(CallTimeoutException.class);
            assertThat(failure.label()).isEqualTo("load");
        });
    }

    private int blocked() throws InterruptedException {
        block(never);
        return 1;
    }

    @Test
    void timeoutOfAPairHoldsForItsBodyToo() {
        EventLoop loop = started();
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> pair = loop.call("load").timeout(BEGUN_BEFORE).work(() -> 1, () -> 2, (one, two) -> {
            inBody.countDown();
            Loops.pass(gate);
        });
        Loops.pass(inBody);
        awaitDone(pair);
        gate.countDown();
        assertThat(pair.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(loop.stats().lane(Lane.WORK).ended(Outcome.SUCCEEDED)).isEqualTo(2);
    }

    /** The thread that watches deadlines lives as long as one is armed: here, the short one of the line that tells the refusals. */
    @Test
    void refusedPairHasNoTimeout() {
        EventLoop loop = loops.started(
                options -> options.withErrorHandler(failures::add).withUnobservedGrace(Duration.ofMillis(1)));
        get(loop.forceStop());
        LoopFuture<?> pair = loop.call("load").timeout(Duration.ofHours(1)).next(() -> 1, () -> 2, (one, two) -> {});
        assertThat(pair.outcome()).isEqualTo(Outcome.REJECTED);
        await().atMost(LONG).until(() -> Loops.threadsOf(loop).isEmpty());
    }

    @Test
    void orTimeoutOfAPairIsATimeoutOfItsOperations() {
        EventLoop loop = started();
        LoopFuture<?> pair =
                loop.next(this::blocked, this::blocked, (one, two) -> {}).orTimeout(30, TimeUnit.MILLISECONDS);
        awaitDone(pair);
        await().atMost(LONG).until(() -> loop.stats().lane(Lane.PASSIVE).ended(Outcome.TIMED_OUT) == 2);
    }
}
