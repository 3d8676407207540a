package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.Body;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue gives each item that it has accepted to one pop, or to its consumer. */
class LoopQueueTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<Object> taken = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private LoopQueue<Integer> queue(int capacity) {
        return loop().queue("numbers", capacity);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    // ------------------------------------------------------------------ push and pop

    @Test
    void itemsArePoppedInTheirOrder() {
        LoopQueue<Integer> queue = queue(100);
        for (int number : numbers(10)) {
            assertThat(queue.push(number)).isTrue();
        }
        for (int number : numbers(10)) {
            assertThat(get(queue.pop())).isEqualTo(number);
        }
        assertThat(queue.stats()).isEqualTo(new QueueStats(100, 0, 10, 0, 10, 0));
    }

    @Test
    void popsThatWaitGetItemsInTheirOrder() {
        LoopQueue<Integer> queue = queue(100);
        List<LoopFuture<Integer>> pops = List.of(queue.pop(), queue.pop(), queue.pop());
        assertThat(pops).noneMatch(LoopFuture::isDone);
        numbers(4).forEach(queue::push);
        assertThat(pops).extracting(Loops::get).containsExactly(0, 1, 2);
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void whatIsAttachedToAPopRunsOnTheActiveThread() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 1);
        LoopFuture<Boolean> attached = queue.pop().thenApply(number -> loop.onActiveThread());
        queue.push(1);
        assertThat(get(attached)).isTrue();
    }

    @Test
    void fullQueueRefusesAndCounts() {
        LoopQueue<Integer> queue = queue(2);
        assertThat(queue.push(1)).isTrue();
        assertThat(queue.push(2)).isTrue();
        assertThat(queue.push(3)).isFalse();
        assertThat(queue.stats()).isEqualTo(new QueueStats(2, 2, 2, 1, 0, 0));
        get(queue.pop());
        assertThat(queue.push(4)).isTrue();
    }

    @Test
    void popThatWasCancelledOrHasTimedOutTakesNoItem() {
        LoopQueue<Integer> queue = queue(2);
        queue.pop().cancel(true);
        LoopFuture<Integer> late = queue.pop();
        late.orTimeout(1, TimeUnit.MILLISECONDS);
        awaitDone(late);
        queue.push(1);
        assertThat(get(queue.pop())).isEqualTo(1);
    }

    @Test
    void popsThatWereCancelledArePushedAsideByTheThousand() {
        LoopQueue<Integer> queue = queue(2);
        for (int i = 0; i < 100_000; i++) {
            queue.pop().cancel(true);
        }
        LoopFuture<Integer> pop = queue.pop();
        queue.push(1);
        assertThat(get(pop)).isEqualTo(1);
    }

    @Test
    void eachItemIsTakenOnceWhileThreadsPushPopAndCancel() {
        LoopQueue<Integer> queue = queue(100_000);
        int count = 20_000;
        List<LoopFuture<Integer>> pops = new ArrayList<>();
        Loops.together(() -> numbers(count).forEach(queue::push), () -> {
            for (int i = 0; i < count; i++) {
                LoopFuture<Integer> pop = queue.pop();
                if (i % 3 == 0) {
                    pop.cancel(true);
                }
                pops.add(pop);
            }
        });
        List<Integer> got = new ArrayList<>();
        for (LoopFuture<Integer> pop : pops) {
            if (pop.outcome() == Outcome.SUCCEEDED) {
                got.add(pop.join());
            }
        }
        while (queue.size() > 0) {
            got.add(get(queue.pop()));
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(numbers(count));
    }

    // ------------------------------------------------------------------ a consumer

    @Test
    void consumerTakesAllItemsInTheirOrderOnTheActiveThread() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 1000);
        queue.push(0);
        LoopFuture<Void> consumer = queue.consume(number -> {
            assertThat(loop.onActiveThread()).isTrue();
            taken.add(number);
        });
        numbers(100).stream().skip(1).forEach(queue::push);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactlyElementsOf(numbers(100));
        assertThat(queue.stats()).isEqualTo(new QueueStats(1000, 0, 100, 0, 100, 0));
    }

    @Test
    void callForAnItemEndsBeforeTheNextItemComes() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 1000);
        AtomicInteger running = new AtomicInteger();
        LoopFuture<Void> consumer = queue.consumeByCalls(number -> loop.next(() -> {
            assertThat(running.getAndIncrement()).isZero();
            taken.add(number);
            running.getAndDecrement();
        }));
        numbers(100).forEach(queue::push);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactlyElementsOf(numbers(100));
        assertThat(failures).isEmpty();
    }

    @Test
    void itemThatFailsIsToldAndTheRestGoOn() {
        LoopQueue<Integer> queue = queue(10);
        LoopFuture<Void> consumer = queue.consume(number -> {
            if (number == 1) {
                throw new IOException("planted");
            }
            taken.add(number);
        });
        numbers(3).forEach(queue::push);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactly(0, 2);
        assertThat(queue.stats().failed()).isEqualTo(1);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).error()).isInstanceOf(IOException.class).hasMessage("planted");
        assertThat(failures.get(0).label()).isEqualTo("numbers");
    }

    @Test
    void callThatFailsOrCannotBeMadeIsToldOnceAndTheRestGoOn() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        LoopFuture<Void> consumer = queue.consumeByCalls(number -> switch (number) {
            case 0 ->
                loop.next(() -> {
                    throw new IOException("of the call");
                });
            case 1 -> throw new IllegalStateException("of the function");
            case 2 -> null;
            case 3 -> CompletableFuture.failedFuture(new IOException("of another future"));
            default -> CompletableFuture.completedFuture(taken.add(number));
        });
        numbers(5).forEach(queue::push);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactly(4);
        assertThat(queue.stats().failed()).isEqualTo(4);
        get(loop.stop(LONG));
        assertThat(failures)
                .extracting(failure -> failure.error().getMessage())
                .containsExactlyInAnyOrder(
                        "of the call",
                        "of the function",
                        "Queue 'numbers': the function of 'consumeByCalls' has returned null instead of a handle. Return that of the"
                                + " call, or LoopFuture.completed(null) when there is none.",
                        "of another future");
    }

    @Test
    void consumerThatIsCancelledFinishesItsItemAndLeavesTheRest() {
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
        consumer.cancel(true);
        gate.countDown();
        Loops.until(() -> taken.size() == 1);
        assertThat(get(queue.pop())).isEqualTo(1);
        LoopFuture<Void> next = queue.consume(taken::add);
        queue.close();
        get(next);
        assertThat(taken).containsExactly(0, 2);
    }

    @Test
    void secondConsumerIsRefused() {
        LoopQueue<Integer> queue = queue(10);
        queue.consume(taken::add);
        assertThatThrownBy(() -> queue.consume(taken::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Queue 'numbers' has a consumer: cancel its handle first, or make another queue");
        queue.push(1);
        Loops.until(() -> taken.size() == 1);
    }

    @Test
    void itemsAreConsumedInTheContextOfTheConsumer() {
        ThreadLocal<String> user = new ThreadLocal<>();
        EventLoop loop = loops.started(options -> options.withPropagator(() -> {
            String captured = user.get();
            return () -> {
                user.set(captured);
                return () -> user.set(null);
            };
        }));
        LoopQueue<Integer> queue = loop.queue("numbers", 10);
        user.set("consumer");
        LoopFuture<Void> consumer = queue.consume(number -> taken.add(user.get() + number));
        user.set("producer");
        numbers(3).forEach(queue::push);
        queue.close();
        get(consumer);
        assertThat(taken).containsExactly("consumer0", "consumer1", "consumer2");
    }

    // ------------------------------------------------------------------ close and stop

    @Test
    void closedQueueRefusesAndGivesAwayWhatItHas() {
        LoopQueue<Integer> queue = queue(10);
        queue.push(1);
        queue.close();
        queue.close();
        assertThat(queue.isClosed()).isTrue();
        assertThat(queue.push(2)).isFalse();
        assertThat(get(queue.pop())).isEqualTo(1);
        LoopFuture<Integer> none = queue.pop();
        assertThat(none.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(failureOf(none)).hasMessage("Queue 'numbers' has been closed"); // join() of newer JDKs wraps that
        assertThat(queue.stats()).isEqualTo(new QueueStats(10, 0, 1, 1, 1, 0));
    }

    @Test
    void closeCancelsThePopsThatWait() {
        LoopQueue<Integer> queue = queue(10);
        LoopFuture<Integer> pop = queue.pop();
        queue.close();
        assertThat(pop.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void drainLetsTheConsumerComeToTheEndAndDoesNotWaitForMore() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 100);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> consumer = queue.consumeByCalls(number -> loop.next(() -> {
            running.countDown();
            pass(gate);
            taken.add(number);
        }));
        numbers(10).forEach(queue::push);
        pass(running);
        var stop = loop.stop(LONG);
        gate.countDown();
        assertThat(get(stop).isClean()).isTrue();
        assertThat(taken).containsExactlyElementsOf(numbers(10));
        assertThat(consumer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(failures).isEmpty();
    }

    @Test
    void whatIsLeftAtTheStopIsToldAndTakenInTheNextRun() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 100);
        LoopFuture<Integer> before = queue.pop();
        numbers(4).forEach(queue::push);
        get(loop.stop(LONG));
        assertThat(get(before)).isZero();
        assertThat(queue.size()).isEqualTo(3);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error())
                .hasMessage(
                        "Queue 'numbers' holds 3 item(s) that nobody has taken, and the loop has stopped: they wait for"
                                + " its next start");
        assertThat(queue.push(9)).isFalse();
        assertThat(queue.pop().outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(queue.consume(taken::add).outcome()).isEqualTo(Outcome.REJECTED);
        loop.start();
        LoopFuture<Void> consumer = queue.consume(taken::add);
        assertThat(queue.push(4)).isTrue();
        queue.close();
        get(consumer);
        assertThat(taken).containsExactly(1, 2, 3, 4);
    }

    @Test
    void popThatWaitsEndsWithTheLoop() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 100);
        LoopFuture<Integer> pop = queue.pop();
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(pop.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void queueOfALoopThatHasNotStartedWaitsForTheStart() {
        EventLoop loop = loops.made(options -> options);
        LoopQueue<Integer> queue = loop.queue("numbers", 100);
        LoopFuture<Void> consumer = queue.consume(taken::add);
        assertThat(queue.push(1)).isTrue();
        queue.close();
        loop.start();
        get(consumer);
        assertThat(taken).containsExactly(1);
    }

    @Test
    void badInputIsRefused() {
        EventLoop loop = loop();
        LoopQueue<Integer> queue = loop.queue("numbers", 1);
        assertThatThrownBy(() -> loop.queue("numbers", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'capacity' must be at least 1 but was 0");
        assertThatThrownBy(() -> loop.queue(" ", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'label' must not be blank but was ' '");
        assertThatThrownBy(() -> loop.queue(null, 1)).hasMessage("label");
        assertThatThrownBy(() -> queue.push(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("Queue 'numbers': 'item' must not be null");
        assertThatThrownBy(() -> queue.consume((Body<Integer>) null)).hasMessage("body");
        assertThatThrownBy(() -> queue.consumeByCalls(null)).hasMessage("call");
        assertThat(queue.stats()).isEqualTo(new QueueStats(1, 0, 0, 0, 0, 0));
    }

    @Test
    void timeoutOfAPopIsThatOfItsHandle() {
        LoopQueue<Integer> queue = queue(1);
        LoopFuture<Integer> pop = queue.pop();
        pop.completeOnTimeout(7, Duration.ofMillis(1).toMillis(), TimeUnit.MILLISECONDS);
        assertThat(get(pop)).isEqualTo(7);
    }
}
