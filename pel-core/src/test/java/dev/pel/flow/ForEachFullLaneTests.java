package dev.pel.flow;

import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of work beside lanes that are full. */
class ForEachFullLaneTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch gate = new CountDownLatch(1);

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** A loop whose only passive thread is occupied until the gate opens, and whose passive lane is full. */
    private EventLoop full() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        Loops.occupy(loop, gate);
        assertThat(loop.next(() -> {}).isDone()).isFalse();
        return loop;
    }

    @Test
    void fullLaneThatTheStreamDoesNotUseDoesNotHoldItUp() {
        EventLoop loop = loops.started(
                options -> options.withWork(work -> work.withThreads(1).withCapacity(1)));
        LoopFuture<?> busy = loop.work(() -> Loops.block(gate));
        Loops.until(() -> loop.running(Lane.WORK) == 1);
        LoopFuture<?> waiting = loop.work(() -> {});
        ForEach stream = loop.forEach(numbers(3)).concurrency(1).run(item -> loop.next(() -> {}));
        assertThat(get(stream.future()).done()).isEqualTo(3);
        assertThat(busy.isDone()).isFalse();
        gate.countDown();
        get(waiting);
    }

    @Test
    void refusedItemIsGivenUpWhenTheStreamFails() {
        EventLoop loop = full();
        CompletableFuture<Object> first = new CompletableFuture<>();
        AtomicInteger tries = new AtomicInteger();
        ForEach stream = loop.forEach(numbers(2)).concurrency(2).run(item -> {
            if (item == 0) {
                return first;
            }
            tries.incrementAndGet();
            return loop.next(() -> {});
        });
        Loops.until(() -> tries.get() > 0);
        first.completeExceptionally(new IOException("planted"));
        WorkStreamException error = (WorkStreamException) failureOf(stream.future());
        assertThat(error).hasRootCauseMessage("planted");
        assertThat(error.report().failed()).isOne();
        assertThat(error.report().discarded()).isOne();
        gate.countDown();
    }

    @Test
    void sourceIsClosedOnAPassiveThreadAlsoWhenTheLaneWasFull() {
        EventLoop loop = full();
        AtomicReference<String> thread = new AtomicReference<>();
        Stream<Integer> items =
                Stream.of(1).onClose(() -> thread.set(Thread.currentThread().getName()));
        ForEach stream = loop.forEach(items).run(item -> loop.next(() -> {}));
        stream.cancel();
        Loops.until(() -> loop.stats().timers().pending() > 0 || thread.get() != null);
        gate.countDown();
        Loops.until(() -> thread.get() != null);
        assertThat(thread.get()).contains("-passive-");
    }

    @Test
    void sourceIsClosedWhenTheLoopIsStoppedWhileTheLaneIsFull() {
        EventLoop loop = full();
        AtomicInteger closed = new AtomicInteger();
        Stream<Integer> items = Stream.of(1).onClose(closed::incrementAndGet);
        loop.forEach(items).run(item -> loop.next(() -> {})).cancel();
        Loops.until(() -> loop.stats().timers().pending() > 0);
        gate.countDown();
        get(loop.forceStop());
        Loops.until(() -> closed.get() == 1);
    }

    @Test
    void streamWaitsForTheLaneThatHasRefusedACallInAChain() {
        EventLoop loop = full();
        ForEach stream = loop.forEach(numbers(5))
                .collectFailures(10)
                .concurrency(1)
                .run(item -> loop.next(() -> item).thenApply(found -> found));
        Loops.until(() -> stream.progress().failed() == 1);
        Loops.until(() -> loop.stats().timers().pending() > 0);
        gate.countDown();
        StreamReport report = get(stream.future());
        assertThat(report.done()).isEqualTo(4);
        assertThat(report.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.error()).isInstanceOf(CallRejectedException.class));
    }
}
