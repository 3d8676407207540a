package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Priority;
import dev.pel.Retry;
import dev.pel.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The calls of a connection come in turn, and are skipped once it is gone. */
class BoundTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<Object> ran = new CopyOnWriteArrayList<>();
    private final AtomicBoolean alive = new AtomicBoolean(true);
    private final CountDownLatch gate = new CountDownLatch(1);

    private Bound bound() {
        return loops.started(options -> options.withErrorHandler(failures::add)).bind("session", alive::get);
    }

    /** A call that has the turn until the gate opens. */
    private LoopFuture<Void> occupy(Bound bound) {
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> call = bound.next(() -> {
            running.countDown();
            Loops.block(gate);
        });
        pass(running);
        return call;
    }

    @Test
    void callsOfAConnectionComeInTheirOrderAndNeverOverlap() {
        Bound bound = bound();
        AtomicInteger inside = new AtomicInteger();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            Callable<Integer> code = () -> {
                assertThat(inside.getAndIncrement()).isZero();
                ran.add(number);
                inside.getAndDecrement();
                return number;
            };
            calls.add(
                    switch (i % 4) {
                        case 0 -> bound.next(code);
                        case 1 -> bound.work(code);
                        case 2 -> bound.defer(code::call);
                        default -> bound.next(() -> number, value -> code.call());
                    });
        }
        calls.forEach(Loops::get);
        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void deferredBodyRunsOnTheActiveThreadInALaterTurn() {
        EventLoop loop = loops.started();
        Bound bound = loop.bind("session", alive::get);
        List<LoopFuture<?>> later = new CopyOnWriteArrayList<>();
        get(loop.execute(() -> {
            later.add(bound.defer(() -> ran.add("on the active thread: " + loop.onActiveThread())));
            ran.add("first");
        }));
        later.forEach(Loops::get);
        assertThat(ran).containsExactly("first", "on the active thread: true");
    }

    @Test
    void operationsWithoutAResultRunInTurnAsWell() {
        Bound bound = bound();
        get(bound.next(() -> ran.add("operation"), () -> ran.add("body")));
        get(bound.work(() -> 7, seven -> ran.add("body of " + seven)));
        assertThat(ran).containsExactly("operation", "body", "body of 7");
    }

    @Test
    void goneConnectionHasItsCallsSkippedAndCounted() {
        Bound bound = bound();
        LoopFuture<Void> running = occupy(bound);
        List<LoopFuture<?>> waiting =
                List.of(bound.defer(() -> ran.add(1)), bound.next(() -> ran.add(2)), bound.work(() -> ran.add(3)));
        alive.set(false);
        gate.countDown();
        get(running);
        waiting.forEach(Loops::awaitDone);
        assertThat(waiting).extracting(LoopFuture::outcome).containsOnly(Outcome.CANCELLED);
        assertThat(waiting)
                .extracting(call -> failureOf(call).getMessage())
                .containsOnly("Cancelled because connection 'session' is not alive any more");
        assertThat(ran).isEmpty();
        assertThat(bound.skipped()).isEqualTo(3);
        assertThat(failures).isEmpty();
    }

    @Test
    void bodyIsSkippedWhenTheConnectionGoesDuringTheOperation() {
        Bound bound = bound();
        LoopFuture<Boolean> call = bound.next(() -> alive.getAndSet(false), before -> ran.add("body"));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(ran).isEmpty();
        assertThat(bound.skipped()).isEqualTo(1);
    }

    @Test
    void closeEndsWhatWaitsAtOnceAndNotWhatRuns() {
        Bound bound = bound();
        LoopFuture<Void> running = occupy(bound);
        List<LoopFuture<?>> waiting = List.of(bound.defer(() -> ran.add(1)), bound.next(() -> ran.add(2)));
        bound.close();
        assertThat(waiting).extracting(LoopFuture::outcome).containsOnly(Outcome.CANCELLED);
        assertThat(waiting)
                .extracting(call -> failureOf(call).getMessage())
                .containsOnly("Cancelled because connection 'session' was closed");
        assertThat(bound.skipped()).isEqualTo(2);
        assertThat(bound.isClosed()).isTrue();
        assertThat(running.isDone()).isFalse();
        gate.countDown();
        get(running);
        assertThat(ran).isEmpty();
    }

    @Test
    void callsAfterTheCloseEndAtOnceAsCancelled() {
        Bound bound = bound();
        LoopFuture<Void> running = occupy(bound);
        bound.close();
        bound.close();
        LoopFuture<?> late = bound.next(() -> ran.add(1));
        assertThat(late.outcome()).isEqualTo(Outcome.CANCELLED);
        gate.countDown();
        get(running);
        LoopFuture<?> later = bound.defer(() -> ran.add(2));
        awaitDone(later);
        assertThat(later.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(failureOf(later)).hasMessage("Cancelled because connection 'session' was closed");
        assertThat(bound.skipped()).isEqualTo(2);
        assertThat(ran).isEmpty();
    }

    @Test
    void closeThatRacesWithSubmissionsHasEachCallRunOrSkippedOnce() {
        EventLoop loop = loops.started();
        for (int round = 0; round < 200; round++) {
            Bound bound = loop.bind(round, () -> true);
            AtomicInteger executed = new AtomicInteger();
            List<LoopFuture<?>> calls = new ArrayList<>();
            Loops.together(
                    () -> {
                        for (int i = 0; i < 10; i++) {
                            calls.add(bound.next(executed::incrementAndGet));
                        }
                    },
                    bound::close);
            calls.forEach(Loops::awaitDone);
            long cancelled = calls.stream()
                    .filter(call -> call.outcome() == Outcome.CANCELLED)
                    .count();
            assertThat(bound.skipped()).isEqualTo(cancelled);
            assertThat(executed.get() + cancelled).isEqualTo(10);
        }
    }

    @Test
    void callThatItsOwnerCancelsIsNotCountedAsSkipped() {
        Bound bound = bound();
        LoopFuture<Void> running = occupy(bound);
        LoopFuture<?> cancelled = bound.next(() -> ran.add(1));
        cancelled.cancel(true);
        bound.close();
        gate.countDown();
        get(running);
        assertThat(bound.skipped()).isZero();
    }

    @Test
    void connectionsWithTheSameKeyShareTurnsAndCloseApart() {
        EventLoop loop = loops.started();
        Bound one = loop.bind("user", () -> true);
        Bound other = loop.bind("user", () -> true);
        LoopFuture<Void> running = occupy(one);
        LoopFuture<?> ofOne = one.next(() -> ran.add("one"));
        LoopFuture<?> ofOther = other.next(() -> ran.add("other"));
        one.close();
        assertThat(ofOne.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(ofOther.isDone()).isFalse();
        gate.countDown();
        get(running);
        get(ofOther);
        assertThat(ran).containsExactly("other");
        assertThat(other.skipped()).isZero();
    }

    @Test
    void viewWithOtherTermsIsTheSameConnection() {
        Bound bound = bound();
        Bound view = bound.with(call -> call.label("send").timeout(Duration.ofMinutes(5)));
        LoopFuture<Void> running = occupy(bound);
        LoopFuture<?> call = view.next(() -> ran.add(1));
        assertThat(call.toString()).contains("send");
        view.close();
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(bound.isClosed()).isTrue();
        assertThat(bound.skipped()).isEqualTo(1);
        gate.countDown();
        get(running);
    }

    @Test
    void keyAndConditionOfItsCallsAreItsOwn() {
        Bound bound = bound();
        assertThatThrownBy(() -> bound.with(call -> call.key("another")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'key' is for calls without an order, and those of connection 'session' come in turn already:"
                                + " leave it out");
        assertThatThrownBy(() -> bound.with(call -> call.onlyWhile(() -> false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'onlyWhile' is for calls without a condition, and those of connection 'session' have one:"
                        + " leave it out, or let 'alive' look at it, too");
        CallSpec keyed = loops.started().call("keyed").key("k");
        assertThatThrownBy(() -> new Bound(keyed, "session", () -> true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void termsOfOperationsHoldForItsOperationsAndAreRefusedForItsBodies() {
        EventLoop loop = loops.started(options -> options.withLimit("one", limit -> limit.withConcurrency(1)));
        Bound bound = loop.bind("session", () -> true);
        AtomicInteger attempts = new AtomicInteger();
        Bound stubborn = bound.with(call ->
                call.limit("one").priority(Priority.LOW).retry(Retry.times(1).backoff(Duration.ofMillis(1))));
        int needed = get(stubborn.with(call -> call.label("again")).next(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("planted");
            }
            return attempts.get();
        }));
        assertThat(needed).isEqualTo(2);
        assertThatThrownBy(() -> stubborn.defer(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("'limit' is for operations");
    }

    @Test
    void moreThanTheCapacityOfAKeyIsRejected() {
        Bound bound = loops.started(options -> options.withKeyCapacity(2)).bind("session", () -> true);
        LoopFuture<Void> running = occupy(bound);
        List<LoopFuture<?>> waiting = List.of(bound.next(() -> 1), bound.defer(() -> {}));
        LoopFuture<?> tooMany = bound.next(() -> 3);
        assertThat(tooMany.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failureOf(tooMany))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("2 calls wait for the turn of key 'session'");
        gate.countDown();
        get(running);
        waiting.forEach(Loops::get);
        assertThat(bound.skipped()).isZero();
    }

    @Test
    void checkThatThrowsSkipsTheCallAndIsTold() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        Bound bound = loop.bind("session", () -> {
            throw new IllegalStateException("planted");
        });
        LoopFuture<?> call = bound.next(() -> ran.add(1));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(failureOf(call))
                .hasMessage("Cancelled because connection 'session' is not alive any more")
                .hasRootCauseMessage("planted");
        assertThat(bound.skipped()).isEqualTo(1);
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("planted");
        assertThat(failures.get(0).label()).isEqualTo("bound");
    }

    @Test
    void failureOfACallLeavesTheOthersAlone() {
        Bound bound = bound();
        LoopFuture<?> failing = bound.next((Task) () -> {
            throw new IllegalStateException("planted");
        });
        get(bound.next(() -> ran.add(1)));
        assertThat(failureOf(failing)).hasMessage("planted");
        assertThat(ran).containsExactly(1);
    }

    @Test
    void stopEndsWhatWaitsAndTheNextRunGoesOn() {
        EventLoop loop = loops.started();
        Bound bound = loop.bind("session", () -> true);
        LoopFuture<Void> running = occupy(bound);
        LoopFuture<?> waiting = bound.next(() -> ran.add(1));
        get(loop.forceStop());
        assertThat(running.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(waiting.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(bound.skipped()).isZero();
        loop.start();
        get(bound.next(() -> ran.add(2)));
        assertThat(ran).containsExactly(2);
        get(loop.stop(LONG));
    }

    @Test
    void descriptionOfAnotherLoopsCallsIsRefused() {
        Bound bound = loops.started().bind("key", () -> true);
        EventLoop other = loops.started();
        assertThatThrownBy(() -> bound.with(calls -> other.call("elsewhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'elsewhere', which describes calls of loop '"
                        + other.options().name() + "'");
    }

    @Test
    void nullIsRefused() {
        EventLoop loop = loops.started();
        Bound bound = loop.bind("session", () -> true);
        assertThatThrownBy(() -> loop.bind(null, () -> true))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'key' must not be null: it tells the connection from others");
        assertThatThrownBy(() -> loop.bind("session", null)).hasMessage("alive");
        assertThatThrownBy(() -> bound.with(null)).hasMessage("change");
        assertThatThrownBy(() -> bound.with(call -> null)).hasMessage("what 'change' returns");
        for (Function<Bound, ?> verb : List.<Function<Bound, ?>>of(
                it -> it.defer(null),
                it -> it.next((Task) null),
                it -> it.next((Callable<?>) null),
                it -> it.next(() -> 1, (dev.pel.Body<Integer>) null),
                it -> it.next(() -> {}, (Task) null),
                it -> it.work((Callable<?>) null))) {
            assertThatThrownBy(() -> verb.apply(bound)).isInstanceOf(NullPointerException.class);
        }
    }
}
