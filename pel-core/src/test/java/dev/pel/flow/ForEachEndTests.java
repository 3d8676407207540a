package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of work that are cancelled, time out, or are there when the loop stops; and what they let go of. */
class ForEachEndTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    /** How often the source was closed. */
    private final AtomicInteger closed = new AtomicInteger();

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private Stream<Integer> endless() {
        return Stream.iterate(0, item -> item + 1).onClose(closed::incrementAndGet);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** A stream of two calls that never end by themselves. */
    private static ForEach stuck(EventLoop loop, WorkStream<Integer> items, List<LoopFuture<?>> calls) {
        ForEach stream = items.concurrency(2).run(item -> {
            LoopFuture<?> call = loop.next(() -> Loops.block(new CountDownLatch(1)));
            calls.add(call);
            return call;
        });
        Loops.until(() -> calls.size() == 2);
        return stream;
    }

    // ------------------------------------------------------------------ cancel, timeout

    @Test
    void cancelEndsTheCallsInFlightAndClosesTheSource() {
        EventLoop loop = loop();
        List<LoopFuture<?>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = stuck(loop, loop.forEach(endless()), calls);
        assertThat(stream.cancel()).isTrue();
        assertThat(stream.future().outcome()).isEqualTo(Outcome.CANCELLED);
        calls.forEach(call -> {
            awaitDone(call);
            assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
        });
        Loops.until(() -> closed.get() == 1);
        Loops.until(() -> stream.progress().discarded() == 2);
        assertThat(stream.progress().inFlight()).isZero();
        assertThat(stream.cancel()).isTrue();
        get(loop.stop(LONG));
        assertThat(calls).hasSize(2);
        assertThat(closed.get()).isOne();
        assertThat(failures).isEmpty();
    }

    @Test
    void cancelOfTheFutureIsACancelOfTheStream() {
        EventLoop loop = loop();
        List<LoopFuture<?>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = stuck(loop, loop.forEach(endless()), calls);
        stream.future().cancel(true);
        calls.forEach(Loops::awaitDone);
        Loops.until(() -> closed.get() == 1);
    }

    @Test
    void stageOfOthersIsCancelledToo() {
        CompletableFuture<Object> foreign = new CompletableFuture<>();
        ForEach stream = loop().forEach(numbers(1)).run(item -> foreign);
        Loops.until(() -> stream.progress().inFlight() == 1);
        stream.cancel();
        awaitDone(foreign);
        assertThat(foreign).isCancelled();
    }

    @Test
    void failureOfACallAfterTheEndReachesTheErrorHandler() {
        EventLoop loop = loop();
        CompletableFuture<Object> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("planted");
            }
        };
        ForEach stream = loop.forEach(numbers(1)).run(item -> stubborn);
        Loops.until(() -> stream.progress().inFlight() == 1);
        stream.cancel();
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void timeoutEndsTheStream() {
        EventLoop loop = loop();
        List<LoopFuture<?>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = stuck(loop, loop.forEach(endless()).label("import").timeout(Duration.ofSeconds(1)), calls);
        assertThat(failureOf(stream.future())).hasMessageContaining("'import'");
        assertThat(stream.future().outcome()).isEqualTo(Outcome.TIMED_OUT);
        calls.forEach(Loops::awaitDone);
        Loops.until(() -> closed.get() == 1);
    }

    // ------------------------------------------------------------------ stop

    @Test
    void drainWaitsForTheWholeStream() {
        EventLoop loop = loop();
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        ForEach stream = loop.forEach(numbers(50).iterator())
                .concurrency(2)
                .run(item -> loop.next(() -> {
                    Loops.block(gate);
                    ran.incrementAndGet();
                }));
        Loops.until(() -> stream.progress().inFlight() == 2);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        gate.countDown();
        assertThat(get(stop).isClean()).isTrue();
        assertThat(get(stream.future()).done()).isEqualTo(50);
        assertThat(ran.get()).isEqualTo(50);
    }

    @Test
    void itemsThatAreTimersGoOnWhileTheLoopDrains() {
        EventLoop loop = loop();
        CompletableFuture<Object> gate = new CompletableFuture<>();
        ForEach stream = loop.forEach(numbers(5))
                .concurrency(1)
                .run(item -> item == 0 ? gate : loop.delay(Duration.ofMillis(1), () -> {}));
        Loops.until(() -> stream.progress().inFlight() == 1);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        gate.complete("open");
        assertThat(get(stop).isClean()).isTrue();
        assertThat(get(stream.future()).done()).isEqualTo(5);
    }

    @Test
    void forcedStopEndsTheStreamAndClosesTheSource() {
        EventLoop loop = loop();
        List<LoopFuture<?>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = stuck(loop, loop.forEach(endless()), calls);
        get(loop.forceStop());
        assertThat(stream.future().outcome()).isEqualTo(Outcome.STOPPED);
        Loops.until(() -> closed.get() == 1);
        Loops.until(() -> stream.progress().inFlight() == 0);
        assertThat(failures).isEmpty();
    }

    @Test
    void endlessStreamIsStoppedAtTheDeadline() {
        EventLoop loop = loop();
        ForEach stream = loop.forEach(endless()).run(item -> loop.next(() -> item));
        Loops.until(() -> stream.progress().done() > 10);
        get(loop.stop(Duration.ofMillis(50)));
        awaitDone(stream.future());
        assertThat(stream.future().outcome()).isEqualTo(Outcome.STOPPED);
        Loops.until(() -> closed.get() == 1);
    }

    @Test
    void loopThatHasStoppedRejectsTheStreamAndTheSourceIsClosed() {
        EventLoop loop = loop();
        get(loop.stop(LONG));
        ForEach stream = loop.forEach(endless()).run(item -> loop.next(() -> item));
        assertThat(stream.future().outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failureOf(stream.future())).isInstanceOf(CallRejectedException.class);
        Loops.until(() -> closed.get() == 1);
    }

    @Test
    void streamThatIsBegunBeforeTheLoopRunsWhenThatStarts() {
        EventLoop loop = loops.made(options -> options);
        ForEach stream = loop.forEach(numbers(10)).run(item -> loop.next(() -> item));
        assertThat(stream.progress().done()).isZero();
        loop.start();
        assertThat(get(stream.future()).done()).isEqualTo(10);
    }

    @Test
    void operationMayWaitForAStreamOnTheOnlyThreadOfItsLane() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Long> outer = loop.next(() -> loop.forEach(numbers(10).iterator())
                .run(item -> loop.next(() -> item))
                .future()
                .join()
                .done());
        assertThat(get(outer)).isEqualTo(10);
    }

    // ------------------------------------------------------------------ closing

    @Test
    void sourceIsClosedBeforeTheHandleEnds() {
        EventLoop loop = loop();
        for (int i = 1; i <= 2_000; i++) { // the end of the source is found by one thread, and told by another
            int seen = get(loop.forEach(endless().limit(2))
                    .run(item -> loop.next(() -> item))
                    .future()
                    .thenApply(report -> closed.get()));
            assertThat(seen).isEqualTo(i);
        }
    }

    @Test
    void sourceIsClosedAfterAFailure() {
        EventLoop loop = loop();
        awaitDone(loop.forEach(endless())
                .run(item -> CompletableFuture.failedFuture(new IOException("planted")))
                .future()
                .exceptionally(error -> null));
        Loops.until(() -> closed.get() == 1); // a thread that reads just now closes it, and is not waited for
    }

    @Test
    void sourceThatCannotBeClosedIsTheFailureOfTheStream() {
        EventLoop loop = loop();
        Stream<Integer> items = numbers(3).stream().onClose(() -> {
            throw new IllegalStateException("planted");
        });
        assertThat(failureOf(
                        loop.forEach(items).run(item -> loop.next(() -> item)).future()))
                .hasMessageContaining("closing its source has failed, with 3 item(s) done")
                .hasRootCauseMessage("planted");
    }

    @Test
    void iteratorThatIsCloseableIsClosed() {
        /** An iterator over what has to be closed. */
        class Closeable implements Iterator<Integer>, AutoCloseable {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 3;
            }

            @Override
            public Integer next() {
                return next++;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        }

        EventLoop loop = loop();
        get(loop.forEach(new Closeable()).run(item -> loop.next(() -> item)).future());
        assertThat(closed.get()).isOne();
        Iterable<Integer> iterable = Closeable::new;
        get(loop.forEach(iterable).run(item -> loop.next(() -> item)).future());
        assertThat(closed.get()).isEqualTo(2);
    }

    @Test
    void sourceThatBlocksIsInterruptedByTheEndAndClosedWhenItIsBack() {
        EventLoop loop = loop();
        CountDownLatch reading = new CountDownLatch(1);
        List<String> events = new CopyOnWriteArrayList<>();
        Stream<Integer> items = Stream.generate(() -> {
                    reading.countDown();
                    try {
                        Loops.block(new CountDownLatch(1));
                    } catch (InterruptedException e) {
                        events.add("interrupted");
                    }
                    return 1;
                })
                .onClose(() -> events.add("closed"));
        ForEach stream = loop.forEach(items).run(item -> loop.next(() -> item));
        Loops.pass(reading);
        stream.cancel();
        Loops.until(() -> events.size() == 2);
        assertThat(events).containsExactly("interrupted", "closed");
    }

    // ------------------------------------------------------------------ full lanes

    @Test
    void refusalBecauseALaneIsFullIsNoFailure() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(2)));
        CountDownLatch gate = new CountDownLatch(1);
        Loops.occupy(loop, gate);
        List<LoopFuture<?>> others = new ArrayList<>();
        others.add(loop.next(() -> 1));
        others.add(loop.next(() -> 2));
        ForEach stream = loop.forEach(numbers(20)).concurrency(20).run(item -> loop.next(() -> item));
        Loops.until(
                () -> loop.stats().timers().pending() > 0 || stream.progress().done() > 0);
        gate.countDown();
        assertThat(get(stream.future()).done()).isEqualTo(20);
        others.forEach(Loops::get);
    }

    @Test
    void refusalThatDoesNotPassIsTheFailureOfItsItem() {
        EventLoop loop = loop();
        AtomicInteger tries = new AtomicInteger();
        ForEach stream = loop.forEach(numbers(1)).run(item -> {
            tries.incrementAndGet();
            return loop.call("odd").limit("none").next(() -> item);
        });
        assertThat(failureOf(stream.future())).hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThat(tries.get()).isOne();
    }
}
