package dev.pel.promises;

import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stop ends what waits about in the order in which it began to wait. */
class StopOrderTests {
    private static final int MANY = 100;

    /** Its call pauses until the stop. */
    private static final Retry FOR_EVER = Retry.times(1).backoff(Duration.ofHours(1));

    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Integer> ended = new CopyOnWriteArrayList<>();
    private final List<LoopFuture<?>> handles = new ArrayList<>();

    private static Object fails() {
        throw new IllegalStateException("planted");
    }

    private void begin(int count, Supplier<LoopFuture<?>> begins) {
        for (int i = 0; i < count; i++) {
            LoopFuture<?> handle = begins.get();
            int number = handles.size();
            handles.add(handle);
            handle.whenComplete((value, error) -> ended.add(number));
        }
    }

    private void stopsInOrder(EventLoop loop) {
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // all that has begun by now waits when that has had its turn
        get(loop.stop(Duration.ZERO));
        Loops.until(() -> ended.size() == MANY);
        assertThat(ended).isSorted();
    }

    @Test
    void handlesThatWaitForAFutureOfOthers() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.next(() -> 1);
        get(call);
        begin(MANY, () -> call.thenCompose(one -> new CompletableFuture<>()));
        stopsInOrder(loop);
    }

    @Test
    void promises() {
        EventLoop loop = loops.started();
        begin(MANY, loop::promise);
        stopsInOrder(loop);
    }

    @Test
    void promisesInTheBackground() {
        EventLoop loop = loops.started();
        begin(MANY, () -> loop.call("answer").backgroundPromise());
        stopsInOrder(loop);
    }

    @Test
    void callsThatPauseBeforeAnotherAttempt() {
        EventLoop loop = loops.withOnePassiveThread();
        begin(MANY, () -> loop.call("retried").retry(FOR_EVER).next(StopOrderTests::fails));
        handles.forEach(handle -> Loops.until(() -> handle.attempts() == 2));
        stopsInOrder(loop);
    }

    @Test
    void callsThatWaitForTheTurnsOfTheirKeys() {
        EventLoop loop = loops.withOnePassiveThread();
        List<LoopFuture<?>> holders = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Object key = new Object(); // its hash code says nothing
            holders.add(loop.call("holder").key(key).retry(FOR_EVER).next(StopOrderTests::fails));
            begin(1, () -> loop.call("waits").key(key).next(() -> 1));
        }
        holders.forEach(holder -> Loops.until(() -> holder.attempts() == 2));
        stopsInOrder(loop);
    }
}
