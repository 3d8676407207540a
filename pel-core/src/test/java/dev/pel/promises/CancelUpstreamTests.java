package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where it was asked for, a call is cancelled when nobody wants its result any more. */
class CancelUpstreamTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private EventLoop loop;
    private LoopFuture<Integer> call;

    @BeforeEach
    void callRuns() {
        loop = loops.started();
        call = loop.call("load order").cancelUpstream().next(blocked());
        pass(running);
    }

    private Callable<Integer> blocked() {
        return () -> {
            running.countDown();
            try {
                block(gate);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return 1;
        };
    }

    private void isCancelled() {
        pass(interrupted);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    private void goesOn() {
        assertThat(call).isNotDone();
        gate.countDown();
        assertThat(get(call)).isEqualTo(1);
        assertThat(interrupted.getCount()).isEqualTo(1);
    }

    private record Way(String name, Function<LoopFuture<Integer>, LoopFuture<?>> way) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way("thenApply", call -> call.thenApply(one -> one)),
                new Way("thenApplyAsync", call -> call.thenApplyAsync(one -> one, Runnable::run)),
                new Way("thenAccept", call -> call.thenAccept(one -> {})),
                new Way("thenRun", call -> call.thenRun(() -> {})),
                new Way("handle", call -> call.handle((one, error) -> one)),
                new Way("whenComplete", call -> call.whenComplete((one, error) -> {})),
                new Way("exceptionally", call -> call.exceptionally(error -> 0)),
                new Way("copy", LoopFuture::copy),
                new Way("thenCompose", call -> call.thenCompose(CompletableFuture::completedFuture)),
                new Way("exceptionallyCompose", call -> call.exceptionallyCompose(CompletableFuture::failedFuture)),
                new Way("thenCombine", call -> call.thenCombine(new CompletableFuture<>(), (a, b) -> a)),
                new Way("applyToEither", call -> call.applyToEither(new CompletableFuture<>(), one -> one)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void cancellingTheOnlyDependentCancelsTheCall(Way way) {
        assertThat(way.way.apply(call).cancel(true)).isTrue();
        isCancelled();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void cancellingTheEndOfARowCancelsTheCall(Way way) {
        LoopFuture<?> first = way.way.apply(call);
        LoopFuture<?> second = first.thenRun(() -> {});
        LoopFuture<?> last = second.thenCompose(nothing -> CompletableFuture.completedFuture(2))
                .thenAccept(two -> {});
        last.cancel(true);
        isCancelled();
        assertThat(first.outcome()).isIn(Outcome.CANCELLED, Outcome.FAILED); // a combination fails with its call
        assertThat(second.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void cancellingAJoinCancelsTheCall(int times) {
        loop.all(Collections.nCopies(times, call)).cancel(true);
        isCancelled();
    }

    @Test
    void oneOfTwoDependentsCancelsNothing() {
        call.thenRun(() -> {}).cancel(true);
        call = loop.call("load order").cancelUpstream().next(blocked());
        LoopFuture<?> one = call.thenApply(value -> value);
        LoopFuture<Integer> other = call.thenApply(value -> value);
        one.cancel(true);
        assertThat(call).isNotDone();
        gate.countDown();
        assertThat(get(other)).isEqualTo(1);
    }

    @Test
    void callIsCancelledWithTheLastOfItsDependents() {
        List<LoopFuture<?>> dependents = List.of(
                call.thenApply(value -> value), call.thenCompose(LoopFuture::completed), call.thenAccept(value -> {}));
        dependents.get(0).cancel(true);
        dependents.get(1).cancel(true);
        assertThat(call).isNotDone();
        dependents.get(2).cancel(true);
        isCancelled();
    }

    @Test
    void dependentIsKeptByItsOwnSecondDependent() {
        LoopFuture<Integer> dependent = call.thenApply(value -> value);
        LoopFuture<?> one = dependent.thenRun(() -> {});
        LoopFuture<Integer> other = dependent.thenApply(value -> value + 1);
        one.cancel(true);
        assertThat(dependent).isNotDone();
        gate.countDown();
        assertThat(get(other)).isEqualTo(2);
    }

    @Test
    void cancellingTheSameDependentTwiceCountsOnce() {
        LoopFuture<?> one = call.thenApply(value -> value);
        call.thenApply(value -> value);
        one.cancel(true);
        one.cancel(true);
        goesOn();
    }

    @Test
    void dependentThatTimesOutDoesNotWantTheResultEither() {
        call.thenApply(value -> value).orTimeout(10, TimeUnit.MILLISECONDS);
        isCancelled();
    }

    @Test
    void whatHangsOnTheHandlePastPelWantsItsResult() {
        CompletableFuture<Void> all = CompletableFuture.allOf(call);
        call.thenApply(value -> value).cancel(true);
        goesOn();
        assertThat(get(all)).isNull();
    }

    @Test
    void threadThatWaitsForTheHandleWantsItsResult() {
        AtomicReference<Integer> joined = new AtomicReference<>();
        Thread thread = new Thread(() -> joined.set(call.join()));
        thread.start();
        await().atMost(LONG).until(() -> call.getNumberOfDependents() == 1);
        call.thenApply(value -> value).cancel(true);
        goesOn();
        await().atMost(LONG).untilAsserted(() -> assertThat(joined).hasValue(1));
    }

    @Test
    void callWithoutItGoesOnAsWithEveryCompletableFuture() {
        call = loop.call("load order").next(blocked());
        call.thenApply(value -> value).thenCompose(LoopFuture::completed).cancel(true);
        goesOn();
    }

    @Test
    void waitingCallIsCancelledAndNeverStarts() {
        loop.resize(Lane.PASSIVE, 1);
        await().atMost(LONG)
                .until(() -> Loops.threadsOf(loop).stream()
                                .filter(name -> name.contains("passive"))
                                .count()
                        == 1);
        AtomicReference<Boolean> ran = new AtomicReference<>(false);
        LoopFuture<?> waiting = loop.call("wait").cancelUpstream().next(() -> ran.set(true));
        waiting.thenRun(() -> {}).cancel(true);
        assertThat(waiting.outcome()).isEqualTo(Outcome.CANCELLED);
        gate.countDown();
        get(call);
        assertThat(get(loop.next(() -> 2))).isEqualTo(2);
        assertThat(ran).hasValue(false);
    }

    @Test
    void callThatTheFunctionOfACompositionMadeIsCancelled() {
        CountDownLatch second = new CountDownLatch(1);
        LoopFuture<Integer> composed = loop.next(() -> 1).thenCompose(one -> {
            second.countDown();
            return call;
        });
        pass(second);
        await().atMost(LONG).until(() -> call.getNumberOfDependents() > 0);
        composed.cancel(true);
        isCancelled();
    }

    @Test
    void dependentOfACompositionCancelsTheCallThatItsFunctionMade() {
        LoopFuture<Integer> composed = loop.next(() -> 1).thenCompose(one -> call);
        LoopFuture<?> dependent = composed.thenRun(() -> {});
        await().atMost(LONG).until(() -> call.getNumberOfDependents() > 0);
        dependent.cancel(true);
        isCancelled();
    }

    @Test
    void combinationOfTwoCallsGivesBothUp() {
        LoopFuture<Integer> other = loop.call("load user").cancelUpstream().next(blocked());
        call.thenCombine(other, Integer::sum).thenApply(sum -> sum).cancel(true);
        isCancelled();
        awaitDone(other);
        assertThat(other.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void pairOfOperationsIsCancelledWithItsDependent() {
        LoopFuture<?> pair = loop.call("load both").cancelUpstream().next(blocked(), blocked(), (a, b) -> {});
        pair.thenRun(() -> {}).cancel(true);
        assertThat(pair.outcome()).isEqualTo(Outcome.CANCELLED);
        await().atMost(LONG).until(() -> loop.stats().lane(Lane.PASSIVE).ended(Outcome.CANCELLED) == 2);
    }

    @Test
    void stopEndsTheCallAsStopped() {
        LoopFuture<?> dependent = call.thenApplyAsync(value -> value, Runnable::run);
        CompletableFuture<Integer> open = new CompletableFuture<>();
        LoopFuture<?> outside = call.thenCombine(open, Integer::sum);
        get(loop.forceStop());
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(dependent).isDone();
        assertThat(outside).isDone();
    }

    @Test
    void rowOfVeryManyLinksIsCancelledWithoutADeepStack() {
        LoopFuture<Integer> last = call;
        for (int i = 0; i < 200_000; i++) {
            last = last.thenApply(value -> value);
        }
        last.cancel(true);
        isCancelled();
    }

    @Test
    @Tag("slow")
    void rowOfVeryManyCompositionsIsCancelledWithoutADeepStack() {
        LoopFuture<Integer> last = call;
        for (int i = 0; i < 100_000; i++) {
            last = last.thenCompose(LoopFuture::completed);
        }
        last.cancel(true);
        isCancelled();
    }

    @Test
    void bodyThatWaitsForItsTurnIsCancelled() {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            inBody.countDown();
            pass(free);
        });
        pass(inBody);
        LoopFuture<Integer> body = loop.call("count").cancelUpstream().enqueue(Lane.ACTIVE, () -> 1);
        body.thenAccept(one -> {}).cancel(true);
        free.countDown();
        assertThat(body.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void timerIsRefused() {
        CallSpec tick = loop.call("tick").cancelUpstream();
        assertThatThrownBy(() -> tick.delay(Duration.ofSeconds(1), () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "A timer has no operation that 'cancelUpstream' could interrupt: leave it out for call 'tick', and cancel"
                                + " the timer itself");
    }

    @Test
    void descriptionKeepsItsLabelAndItsTimeout() {
        CallSpec spec = loop.call("slow").timeout(Duration.ofMillis(20)).cancelUpstream();
        LoopFuture<?> slow = spec.next(blocked());
        assertThat(Loops.failureOf(slow)).hasMessage("Call 'slow' had not ended after 20 ms.");
        LoopFuture<?> patient = loop.call("slow").cancelUpstream().timeout(LONG).next(blocked());
        patient.thenRun(() -> {}).cancel(true);
        assertThat(patient.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    /** Two timeouts end a dependent whose end waits for a completion thread, which is held up by what is attached to another call. */
    @Test
    void dependentThatIsEndedTwiceGivesTheCallUpOnce() {
        CountDownLatch blocks = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch operation = new CountDownLatch(1);
        LoopFuture<?> other = loop.next(() -> pass(gate));
        CompletableFuture<?> behind = CompletableFuture.allOf(other).whenComplete((nothing, error) -> {
            blocks.countDown();
            pass(gate);
        });
        other.orTimeout(1, TimeUnit.MILLISECONDS); // behind the attachment, or the handle might end before
        LoopFuture<Integer> call = loop.call("wanted").cancelUpstream().next(() -> {
            block(operation);
            return 1;
        });
        LoopFuture<Integer> ended = call.thenApply(one -> one);
        LoopFuture<Integer> wants = call.thenApply(one -> one + 1);
        CompletableFuture<?> attached = CompletableFuture.allOf(ended);
        pass(blocks);
        ended.orTimeout(1, TimeUnit.MILLISECONDS);
        ended.completeOnTimeout(5, 1, TimeUnit.MILLISECONDS);
        awaitDone(attached);
        operation.countDown();
        assertThat(get(wants)).isEqualTo(2);
        gate.countDown();
        awaitDone(behind);
    }
}
