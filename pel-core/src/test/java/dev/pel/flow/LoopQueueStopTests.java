package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a queue accepted before the stop reaches its consumer, what comes later is refused, and what is left is told. */
class LoopQueueStopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<Object> taken = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void drainLetsTheConsumerTakeAllThatWaitsWhileAnotherThreadGoesOnPushing() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10_000);
        AtomicBoolean isOver = new AtomicBoolean();
        numbers(1000).forEach(queue::push);
        queue.consumeByCalls(number -> loop.next(() -> taken.add(number)));
        var stop = loop.stop(LONG);
        Loops.together(
                () -> {
                    while (!isOver.get()) {
                        queue.push(-1);
                    }
                },
                () -> {
                    get(stop);
                    isOver.set(true);
                });
        assertThat(get(stop).isClean()).isTrue();
        assertThat(taken).containsExactlyElementsOf(numbers(1000));
        assertThat(queue.size()).isZero();
        assertThat(failures).isEmpty();
    }

    /** Each handle that is made captures the context: so the drain begins at each moment of it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void drainIsNotHeldUpByAConsumerThatIsJustBeginning(int moment) {
        AtomicInteger captures = new AtomicInteger(Integer.MIN_VALUE);
        AtomicReference<EventLoop> stopped = new AtomicReference<>();
        EventLoop loop =
                loops.started(options -> options.withErrorHandler(failures::add).withPropagator(() -> {
                    if (captures.incrementAndGet() == moment) {
                        stopped.get().stop(LONG);
                    }
                    return null;
                }));
        stopped.set(loop);
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        queue.push(1);
        assertThatDrainEndsThatBeginsAt(moment, captures, loop, queue);
        queue.clear();
        loop.start();
        queue.push(2);
        get(loop.forceStop());
        loop.start(); // in this run the queue has not been used yet
        assertThatDrainEndsThatBeginsAt(moment, captures, loop, queue);
    }

    private void assertThatDrainEndsThatBeginsAt(
            int moment, AtomicInteger captures, EventLoop loop, LoopQueue<Integer> queue) {
        taken.clear();
        captures.set(0);
        queue.consume(taken::add);
        captures.set(Integer.MIN_VALUE);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        // the item whose request was answered, and had nothing attached yet when the drain ended, is put back by
        // another thread
        Loops.until(() -> taken.size() + queue.size() == 1);
    }

    @Test
    void pushFromOutsideIsRefusedDuringADrainAndOneFromCodeOfTheLoopIsNot() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        queue.push(0);
        queue.consume(taken::add);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Boolean> inside = loop.next(() -> {
            running.countDown();
            pass(gate);
            return queue.push(1);
        });
        pass(running);
        var stop = loop.stop(LONG);
        assertThat(loop.state()).isEqualTo(LoopState.DRAINING);
        assertThat(queue.push(2)).isFalse();
        assertThat(queue.pushDroppingOldest(3)).isEqualTo(LoopQueue.Pushed.REFUSED);
        gate.countDown();
        assertThat(get(inside)).isTrue();
        assertThat(get(stop).isClean()).isTrue();
        assertThat(taken).containsExactly(0, 1);
        assertThat(queue.stats()).isEqualTo(new QueueStats(10, 0, 2, 2, 2, 0));
    }

    @Test
    void drainDoesNotWaitForAConsumerWhoseItemsOthersHaveTaken() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> consumer = queue.consumeByCalls(number -> loop.next(() -> {
            running.countDown();
            pass(gate);
            taken.add(number);
        }));
        numbers(3).forEach(queue::push);
        pass(running);
        assertThat(get(queue.pop())).isEqualTo(1);
        consumer.cancel(false);
        var stop = loop.stop(LONG);
        gate.countDown();
        assertThat(get(stop).isClean()).isTrue();
        assertThat(taken).containsExactly(0);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessageContaining("holds 1 item(s)");
    }

    @Test
    void whatIsLeftIsToldAtEachStopInWhoseRunTheQueueWasUsed() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        numbers(3).forEach(queue::push);
        get(loop.stop(LONG));
        Loops.until(() -> failures.size() == 1);
        loop.start();
        assertThat(get(queue.pop())).isZero();
        get(loop.stop(LONG));
        Loops.until(() -> failures.size() == 2);
        assertThat(failures.get(1).error()).hasMessageContaining("holds 2 item(s)");
    }

    @Test
    void whatIsLeftIsToldOnceForOneStop() {
        for (int round = 0; round < 20; round++) {
            EventLoop loop = loop();
            LoopQueue<Integer> queue = loop.queue("numbers", 1_000_000);
            AtomicBoolean isOver = new AtomicBoolean();
            Runnable pusher = () -> {
                while (!isOver.get()) {
                    queue.push(1);
                }
            };
            failures.clear();
            Loops.together(pusher, () -> {
                Loops.until(() -> queue.size() > 100);
                get(loop.forceStop());
                isOver.set(true);
            });
            Loops.until(() -> !failures.isEmpty());
            assertThat(failures).hasSize(1);
        }
    }

    @Test
    void itemOfAConsumerThatWasCancelledStaysInTheQueueWhenTheActiveThreadIsGivenUp() {
        EventLoop loop =
                loops.started(options -> options.withErrorHandler(failures::add).withInterruptGrace(Duration.ZERO));
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        LoopFuture<Void> consumer = queue.consume(taken::add);
        CountDownLatch running = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(running);
        queue.push(1); // the consumer has it, and waits for the active thread
        consumer.cancel(false);
        get(loop.forceStop());
        Loops.until(() -> queue.size() + taken.size() == 1);
        assertThat(taken).as("taken beside the body on the active thread").isEmpty();
        gate.countDown();
    }

    @Test
    void nextConsumerBeginsWhenThePresentItemOfTheOneBeforeIsDone() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> first = queue.consumeByCalls(number -> loop.next(() -> {
            running.countDown();
            pass(gate);
            taken.add("first " + number);
        }));
        numbers(2).forEach(queue::push);
        pass(running);
        first.cancel(false);
        LoopFuture<Void> second = queue.consume(number -> taken.add("second " + number));
        get(loop.enqueue(Lane.ACTIVE, () -> taken.add("between")));
        get(loop.enqueue(Lane.ACTIVE, () -> taken.add("between")));
        assertThat(second.isDone()).isFalse();
        gate.countDown();
        queue.close();
        get(second);
        assertThat(taken).containsExactly("between", "between", "first 0", "second 1");
    }

    @Test
    void nextConsumerThatIsCancelledBeforeItsTurnMakesRoomForAnother() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> first = queue.consumeByCalls(number -> loop.next(() -> {
            running.countDown();
            pass(gate);
        }));
        numbers(2).forEach(queue::push);
        pass(running);
        first.cancel(false);
        queue.consume(number -> taken.add("second " + number)).cancel(false);
        LoopFuture<Void> third = queue.consume(number -> taken.add("third " + number));
        gate.countDown();
        queue.close();
        get(third);
        assertThat(taken).containsExactly("third 1");
    }

    @Test
    void itemThatHadNotReachedItsBodyAtAForcedStopIsLeft() {
        EventLoop loop = loops.started(
                options -> options.withErrorHandler(failures::add).withInterruptGrace(Duration.ofMillis(50)));
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        queue.consume(taken::add);
        CountDownLatch running = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(running);
        numbers(2).forEach(queue::push);
        get(loop.forceStop());
        Loops.until(() -> queue.size() == 2);
        gate.countDown();
        assertThat(taken).isEmpty();
        loop.start();
        LoopFuture<Void> consumer = queue.consume(taken::add);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactly(0, 1);
    }
}
