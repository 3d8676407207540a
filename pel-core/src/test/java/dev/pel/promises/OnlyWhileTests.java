package dev.pel.promises;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.occupy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call of which nobody needs the result any more is skipped. */
class OnlyWhileTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private CallSpec described(EventLoop loop) {
        return loop.call("wanted").onlyWhile(wanted::get);
    }

    @Test
    void whileItHoldsTheCallRunsAsAnyOther() {
        get(described(loops.started()).next(() -> ran.add("operation"), added -> ran.add("body")));
        assertThat(ran).containsExactly("operation", "body");
    }

    @Test
    void operationThatIsNotWantedWhenItWouldBeginIsCancelled() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Void> busy = occupy(loop, gate);
        LoopFuture<Boolean> call = described(loop).next(() -> ran.add("operation"), added -> ran.add("body"));
        wanted.set(false);
        gate.countDown();
        get(busy);
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(Loops.failureOf(call)).hasMessage("Cancelled because the condition of 'onlyWhile' did not hold");
        assertThat(ran).isEmpty();
        Loops.until(() -> loop.stats().lane(Lane.PASSIVE).ended(Outcome.CANCELLED) == 1);
    }

    @Test
    void bodyThatIsNotWantedWhenItWouldBeginIsCancelled() {
        EventLoop loop = loops.started();
        LoopFuture<Boolean> call = described(loop)
                .next(
                        () -> {
                            wanted.set(false);
                            return ran.add("operation");
                        },
                        added -> ran.add("body"));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(ran).containsExactly("operation");
    }

    @Test
    void taskOfTheActiveThreadThatIsNotWantedIsCancelled() {
        wanted.set(false);
        LoopFuture<?> task = described(loops.started()).enqueue(Lane.ACTIVE, () -> ran.add("task"));
        awaitDone(task);
        assertThat(task.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(ran).isEmpty();
    }

    @Test
    void conditionThatThrowsDoesNotHoldAndIsTold() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        LoopFuture<Boolean> call = loop.call("broken")
                .onlyWhile(() -> {
                    throw new IllegalStateException("planted");
                })
                .next(() -> ran.add("operation"));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(Loops.failureOf(call)).hasRootCauseMessage("planted");
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void turnOfItsKeyPassesOn() {
        EventLoop loop = loops.started();
        wanted.set(false);
        LoopFuture<Boolean> skipped = described(loop).key("k").next(() -> ran.add("skipped"));
        get(loop.call("next").key("k").next(() -> ran.add("next")));
        awaitDone(skipped);
        assertThat(ran).containsExactly("next");
    }

    @Test
    void timersHaveNone() {
        CallSpec spec = described(loops.started());
        assertThatThrownBy(() -> spec.delay(Duration.ZERO, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "'onlyWhile' is for calls, and delay of 'wanted' is none: leave it out, and cancel the timer");
        assertThatThrownBy(() -> spec.every(Duration.ofDays(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "'onlyWhile' is for calls, and every(…) of 'wanted' is none: leave it out, and cancel the timer");
    }

    @Test
    void bodyOfSeveralOperationsThatIsNotWantedIsCancelled() {
        LoopFuture<Void> call = described(loops.started())
                .next(
                        () -> {
                            wanted.set(false);
                            return 1;
                        },
                        () -> 2,
                        (a, b) -> ran.add("body"));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(ran).isEmpty();
    }

    @Test
    void conditionOfSeveralOperationsThatThrowsDoesNotHoldAndIsTold() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        AtomicBoolean isBroken = new AtomicBoolean();
        LoopFuture<Void> call = loop.call("broken")
                .onlyWhile(() -> {
                    if (isBroken.get()) {
                        throw new IllegalStateException("planted");
                    }
                    return true;
                })
                .next(
                        () -> {
                            isBroken.set(true);
                            return 1;
                        },
                        () -> 2,
                        (a, b) -> ran.add("body"));
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(Loops.failureOf(call)).hasRootCauseMessage("planted");
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures).allSatisfy(failure -> assertThat(failure.error()).hasMessage("planted"));
        assertThat(ran).isEmpty();
    }

    @Test
    void conditionRunsInTheContextOfTheSubmitter() {
        ThreadLocal<String> user = new ThreadLocal<>();
        EventLoop loop = loops.started(options -> options.withPropagator(() -> {
            String captured = user.get();
            return () -> {
                user.set(captured);
                return () -> user.set(null);
            };
        }));
        user.set("ann");
        get(loop.call("a").onlyWhile(() -> ran.add(String.valueOf(user.get()))).next(() -> 1, one -> {}));
        assertThat(ran).containsExactly("ann", "ann");
    }

    @Test
    void listenerIsToldOfEachCallThatIsSkippedBeforeItsHandleIs() {
        EventLoop loop = loops.started();
        AtomicInteger skipped = new AtomicInteger();
        CallSpec spec = loop.call("wanted").onlyWhile(wanted::get, skipped::incrementAndGet);
        get(spec.next(() -> 1, one -> ran.add("body")));
        assertThat(skipped).hasValue(0);
        wanted.set(false);
        awaitDone(spec.next(() -> 1));
        awaitDone(spec.enqueue(Lane.ACTIVE, () -> ran.add("task")));
        assertThat(skipped).hasValue(2);
        assertThat(ran).containsExactly("body");
    }

    @Test
    void listenerIsNotToldOfACallThatIsCancelled() {
        EventLoop loop = loops.withOnePassiveThread();
        AtomicInteger skipped = new AtomicInteger();
        LoopFuture<Void> busy = occupy(loop, gate);
        LoopFuture<?> call = loop.call("wanted")
                .onlyWhile(wanted::get, skipped::incrementAndGet)
                .next(() -> 1);
        call.cancel(true);
        wanted.set(false);
        gate.countDown();
        get(busy);
        get(loop.stop(Loops.LONG));
        assertThat(skipped).hasValue(0);
    }

    @Test
    void listenerThatThrowsIsToldAndTheCallEnds() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        wanted.set(false);
        LoopFuture<?> call = loop.call("wanted")
                .onlyWhile(wanted::get, () -> {
                    throw new IllegalStateException("planted");
                })
                .next(() -> 1);
        awaitDone(call);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void reasonIsWhatTheCancellationSays() {
        CallSpec spec =
                loops.started().call("wanted").key("k").onlyWhile(wanted::get, () -> {}, () -> "the shop is shut");
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> busy = spec.next(() -> {
            running.countDown();
            Loops.block(gate);
        });
        Loops.pass(running);
        LoopFuture<?> waiting = spec.next(() -> 1);
        assertThat(spec.cancelWaiting()).isEqualTo(1);
        assertThat(Loops.failureOf(waiting)).hasMessage("Cancelled because the shop is shut");
        wanted.set(false);
        gate.countDown();
        get(busy);
        assertThat(Loops.failureOf(spec.next(() -> 1))).hasMessage("Cancelled because the shop is shut");
    }

    @Test
    void reasonThatThrowsIsToldAndTheCallEnds() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        LoopFuture<?> call = loop.call("wanted")
                .onlyWhile(() -> false, () -> {}, () -> {
                    throw new IllegalStateException("planted");
                })
                .next(() -> 1);
        assertThat(Loops.failureOf(call)).hasMessage("Cancelled because the condition of 'onlyWhile' did not hold");
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void listenerIsForOneOperation() {
        CallSpec spec = loops.started().call("wanted").onlyWhile(wanted::get, () -> {});
        assertThatThrownBy(() -> spec.next(() -> 1, () -> 2, (a, b) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Operations that run side by side are not told of when they are skipped: leave it out for call 'wanted', or"
                                + " submit them one by one");
        assertThatThrownBy(() -> spec.onlyWhile(wanted::get, null)).hasMessage("whenSkipped");
        assertThatThrownBy(() -> spec.onlyWhile(null, () -> {})).hasMessage("condition");
        assertThatThrownBy(() -> spec.onlyWhile(wanted::get, () -> {}, null)).hasMessage("reason");
    }
}
