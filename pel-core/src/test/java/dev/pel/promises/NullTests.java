package dev.pel.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Task;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Null is refused where it is given, not where it would be missed. */
class NullTests {
    private static final EventLoopOptions DEFAULTS = EventLoopOptions.defaults();
    private static final EventLoopOptions.Hooks HOOKS = DEFAULTS.hooks();

    @RegisterExtension
    final Loops loops = new Loops();

    private static void refused(String name, ThrowingCallable... calls) {
        for (ThrowingCallable call : calls) {
            assertThatNullPointerException().isThrownBy(call).withMessage(name);
        }
    }

    @Test
    void noLaneIsNotTheWorkLane() {
        EventLoop loop = loops.started();
        refused(
                "lane",
                () -> loop.size(null),
                () -> loop.running(null),
                () -> loop.isFull(null),
                () -> loop.resize(null, 2),
                () -> loop.enqueue(null, () -> {}),
                () -> loop.call("label").enqueue(null, () -> {}),
                () -> loop.executor(null));
        assertThat(loop.stats().submitted()).isZero();
    }

    @Test
    void bodyThatIsMissingIsNoCallWithoutABody() {
        EventLoop loop = loops.started();
        CallSpec call = loop.call("label");
        Task operation = () -> {};
        refused(
                "body",
                () -> loop.next(() -> 1, null),
                () -> loop.next(operation, (Task) null),
                () -> loop.work(() -> 1, null),
                () -> loop.work(operation, (Task) null),
                () -> call.next(() -> 1, null),
                () -> call.next(operation, (Task) null),
                () -> call.work(() -> 1, null),
                () -> call.work(operation, (Task) null));
    }

    @Test
    void optionsAreRefusedBeforeALoopIsMadeOfThem() {
        refused("name", () -> DEFAULTS.withName(null));
        refused("active", () -> DEFAULTS.withActive(lane -> null));
        refused("passive", () -> DEFAULTS.withPassive(lane -> null));
        refused("work", () -> DEFAULTS.withWork(lane -> null));
        refused("settle", () -> DEFAULTS.withSettle(null));
        refused("hooks", () -> DEFAULTS.withHooks(null));
        refused("errorHandler", () -> DEFAULTS.withErrorHandler(null), () -> HOOKS.withErrorHandler(null));
        refused(
                "change",
                () -> DEFAULTS.withActive(null),
                () -> DEFAULTS.withPassive(null),
                () -> DEFAULTS.withWork(null));
        refused("value", () -> DEFAULTS.withMachine(null), () -> DEFAULTS.withThreadFactory(null));
        refused("value", () -> DEFAULTS.withListener(null), () -> DEFAULTS.withPropagator(null));
        refused("listeners", () -> HOOKS.withListeners(null));
        refused("an element of listeners", () -> HOOKS.withListeners(Collections.singletonList(null)));
        refused("propagators", () -> HOOKS.withPropagators(null));
        refused("an element of propagators", () -> HOOKS.withPropagators(Collections.singletonList(null)));
        refused("kind", () -> DEFAULTS.passive().withKind(null));
    }

    @Test
    void messageNamesTheParameterOfTheMethodThatWasCalled() {
        EventLoop loop = loops.started();
        CallSpec call = loop.call("label");
        LoopFuture<Integer> handle = loop.next(() -> 1);
        Callable<Integer> noCallable = null;
        Task noTask = null;
        Body<Integer> noBody = null;
        refused("delay", () -> loop.delay(null, () -> {}));
        refused("body", () -> loop.delay(Duration.ZERO, null));
        refused(
                "task",
                () -> loop.enqueue(Lane.WORK, noTask),
                () -> call.enqueue(Lane.ACTIVE, noTask),
                () -> loop.enqueue(Lane.WORK, noCallable),
                () -> call.enqueue(Lane.ACTIVE, noCallable));
        refused("delay", () -> call.delay(null, () -> {}));
        refused("body", () -> call.delay(Duration.ZERO, null), () -> call.work(() -> 1, () -> 1, null));
        refused("first", () -> call.next(noCallable, () -> 1, (a, b) -> {}));
        refused("second", () -> call.next(() -> 1, noCallable, (a, b) -> {}));
        refused("label", () -> loop.call(null));
        refused("timeout", () -> call.timeout(null));
        refused(
                "operation",
                () -> loop.next(noCallable),
                () -> loop.next(noTask),
                () -> loop.work(noCallable, one -> {}),
                () -> loop.work(noTask, () -> {}),
                () -> call.next(noCallable),
                () -> call.work(noTask));
        refused("body", () -> loop.next(() -> 1, noBody), () -> loop.work(() -> {}, noTask));
        refused("first", () -> loop.next(noCallable, () -> 1, (a, b) -> {}));
        refused("second", () -> loop.next(() -> 1, noCallable, (a, b) -> {}));
        refused("body", () -> loop.work(() -> 1, () -> 1, null));
        refused("command", () -> loop.executor(Lane.PASSIVE).execute(null));
        refused("deadline", () -> loop.stop(null));
        refused(
                "other",
                () -> handle.thenCombine(null, (a, b) -> a),
                () -> handle.thenAcceptBoth(null, (a, b) -> {}),
                () -> handle.runAfterBoth(null, () -> {}),
                () -> handle.applyToEither(null, one -> one),
                () -> handle.acceptEither(null, one -> {}),
                () -> handle.runAfterEither(null, () -> {}));
        refused("unit", () -> handle.orTimeout(1, null), () -> handle.completeOnTimeout(1, 1, null));
        refused(
                "unit",
                () -> handle.get(1, null),
                () -> loop.stop(Duration.ZERO).get(1, null));
        refused("fn", () -> handle.thenApply(null), () -> handle.thenCompose(null), () -> handle.exceptionally(null));
        refused("action", () -> handle.thenAccept(null), () -> handle.whenComplete(null), () -> handle.thenRun(null));
        refused("executor", () -> handle.thenRunAsync(() -> {}, null), () -> handle.completeAsync(() -> 1, null));
        refused("supplier", () -> handle.completeAsync(null));
        refused("error", () -> handle.completeExceptionally(null));
        refused("options", () -> EventLoop.create(null));
    }

    @Test
    void functionOfACompositionThatReturnsNullIsNamed() {
        LoopFuture<Object> composed = loops.started().next(() -> 1).thenCompose(one -> null);
        assertThat(Loops.failureOf(composed))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("The function of a composition has returned null instead of a stage");
    }
}
