package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which lane and which label a call has, on a loop whose threads never come. */
class CallSpecTests {
    private final EventLoop loop =
            PretendEventLoop.create(EventLoopOptions.defaults().withName("still"), new ManualMachine());
    private final CallSpec spec = loop.call("label");
    private final Task task = () -> {};

    @BeforeEach
    void loopRuns() {
        loop.start();
    }

    private static void isOn(Lane lane, LoopFuture<?>... handles) {
        assertThat(handles).allSatisfy(handle -> {
            Call<?> call = (Call<?>) handle;
            assertThat(call.lane()).isEqualTo(lane);
            assertThat(call.label()).isEqualTo("label");
            assertThat(call).isNotDone().hasToString("call %d 'label' on %s[Not completed]".formatted(call.id(), lane));
        });
    }

    @Test
    void everyWayToCallHasTheLabelAndTheLaneOfItsVerb() {
        isOn(
                Lane.PASSIVE,
                spec.next(() -> 1),
                spec.next(task),
                spec.next(() -> 1, one -> {}),
                spec.next(task, task),
                spec.enqueue(Lane.PASSIVE, task));
        isOn(
                Lane.WORK,
                spec.work(() -> 1),
                spec.work(task),
                spec.work(() -> 1, one -> {}),
                spec.work(task, task),
                spec.enqueue(Lane.WORK, task));
        isOn(Lane.ACTIVE, spec.enqueue(Lane.ACTIVE, task), spec.enqueue(Lane.ACTIVE, () -> 1));
        assertThat(List.of(Lane.values())).extracting(loop::size).containsExactly(2, 5, 5);
    }

    @Test
    void everyVerbWithoutALabelGivesAHandleOnItsLane() {
        List<LoopFuture<?>> passive =
                List.of(loop.next(() -> 1), loop.next(task), loop.next(() -> 1, one -> {}), loop.next(task, task));
        List<LoopFuture<?>> work =
                List.of(loop.work(() -> 1), loop.work(task), loop.work(() -> 1, one -> {}), loop.work(task, task));
        assertThat(passive).extracting(handle -> ((Call<?>) handle).lane()).containsOnly(Lane.PASSIVE);
        assertThat(work).extracting(handle -> ((Call<?>) handle).lane()).containsOnly(Lane.WORK);
        assertThat(loop.next(() -> 1, () -> 2, (one, two) -> {})).isNotDone();
        assertThat(loop.work(() -> 1, () -> 2, (one, two) -> {})).isNotDone();
        assertThat(List.of(Lane.values())).extracting(loop::size).containsExactly(0, 6, 6);
    }

    @Test
    void operationThatIsNullIsRefused() {
        assertThatThrownBy(() -> loop.next((Task) null)).hasMessage("operation");
        assertThatThrownBy(() -> spec.work((Task) null)).hasMessage("operation");
        assertThat(loop.stats().submitted()).isZero();
    }
}
