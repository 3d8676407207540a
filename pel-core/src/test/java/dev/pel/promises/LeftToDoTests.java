package dev.pel.promises;

import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a loop says that it has left to do. */
class LeftToDoTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void loopWithNothingLeftSaysNothing() {
        EventLoop loop = loops.started();
        get(loop.next(() -> {}));
        Loops.until(() -> loop.leftToDo().isEmpty());
    }

    @Test
    void timersThatFallDueNextAreNamedInTheirOrder() {
        EventLoop loop = loops.started();
        get(loop.execute(() -> {
            for (int hours : new int[] {3, 1, 4, 2}) {
                loop.call("in " + hours + " hours").delay(Duration.ofHours(hours), () -> {});
            }
        }));
        Loops.until(() -> loop.leftToDo().size() == 1); // and not what is attached to the handle
        assertThat(loop.leftToDo())
                .singleElement()
                .asString()
                .matches(
                        "4 timers are pending, the next 'in 1 hours' falls due in [^,]+, then one 'in 2 hours' falls due in [^,]+,"
                                + " then one 'in 3 hours' falls due in [^,]+");
    }

    @Test
    void operationThatRunsIsNamed() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = loop.call("slow").next(() -> pass(gate));
        Loops.until(() -> loop.running(Lane.PASSIVE) == 1 && loop.leftToDo().size() == 1);
        assertThat(loop.leftToDo()).singleElement().asString().contains("lane PASSIVE", "'slow'");
        gate.countDown();
        get(call);
    }
}
