package dev.pel.promises;

import static dev.pel.Loops.get;
import static dev.pel.Loops.occupy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of low priority wait for those of normal priority, but not for ever. */
class PriorityTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private LoopFuture<Boolean> low(EventLoop loop, String name) {
        return loop.call(name).priority(Priority.LOW).next(() -> order.add(name));
    }

    private LoopFuture<Boolean> normal(EventLoop loop, String name) {
        return loop.call(name).next(() -> order.add(name));
    }

    @Test
    void normalCallsComeFirst() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Void> busy = occupy(loop, gate);
        List<LoopFuture<Boolean>> calls =
                List.of(low(loop, "low 1"), low(loop, "low 2"), normal(loop, "normal 1"), normal(loop, "normal 2"));
        gate.countDown();
        get(busy);
        calls.forEach(Loops::get);
        assertThat(order).containsExactly("normal 1", "normal 2", "low 1", "low 2");
    }

    @Test
    void lowCallDoesNotWaitForEver() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Void> busy = occupy(loop, gate);
        LoopFuture<Boolean> low = low(loop, "low");
        List<LoopFuture<Boolean>> calls = new ArrayList<>();
        IntStream.range(0, 100).forEach(number -> calls.add(normal(loop, "normal")));
        gate.countDown();
        get(busy);
        get(low);
        calls.forEach(Loops::get);
        assertThat(order.indexOf("low")).isBetween(1, 16);
    }

    @Test
    void lowCallAloneIsTakenAtOnce() {
        EventLoop loop = loops.started();
        assertThat(get(low(loop, "low"))).isTrue();
    }

    @Test
    void cancelledLowCallFreesItsPlace() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Void> busy = occupy(loop, gate);
        LoopFuture<Boolean> low = low(loop, "low");
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1);
        low.cancel(true);
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        gate.countDown();
        get(busy);
        get(loop.stop(Duration.ofDays(1)));
        assertThat(order).isEmpty();
    }

    @Test
    void joinInsideAnOperationRunsALowCallThatWaits() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Boolean> outer = loop.next(() -> low(loop, "low").join());
        assertThat(get(outer)).isTrue();
    }
}
