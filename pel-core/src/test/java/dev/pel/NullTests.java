package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Null is refused where it is given, not where it would be missed. */
class NullTests {
    private static final EventLoopOptions DEFAULTS = EventLoopOptions.defaults();

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
        refused(
                "errorHandler",
                () -> DEFAULTS.withErrorHandler(null),
                () -> new EventLoopOptions.Hooks(null, List.of(), List.of()));
        refused("value", () -> DEFAULTS.withMachine(null), () -> DEFAULTS.withThreadFactory(null));
        refused("kind", () -> DEFAULTS.passive().withKind(null));
    }
}
