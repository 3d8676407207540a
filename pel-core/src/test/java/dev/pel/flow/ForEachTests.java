package dev.pel.flow;

import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of work: how many items are under way, in which order results come, and what becomes of failures. */
class ForEachTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void functionRunsOnTheActiveThreadForEachItem() {
        EventLoop loop = loop();
        List<Integer> seen = new ArrayList<>(); // only the active thread touches it
        Set<Boolean> active = ConcurrentHashMap.newKeySet();
        StreamReport report = get(loop.forEach(numbers(100))
                .run(item -> {
                    seen.add(item);
                    active.add(loop.onActiveThread());
                    return loop.next(() -> item);
                })
                .future());
        assertThat(report.done()).isEqualTo(100);
        assertThat(report.isClean()).isTrue();
        assertThat(seen).isEqualTo(numbers(100));
        assertThat(active).containsExactly(true);
    }

    @Test
    void emptySourceIsDoneAtOnce() {
        assertThat(get(loop().forEach(List.of()).run(item -> null).future()).done())
                .isZero();
    }

    @Test
    void noMoreItemsAreUnderWayThanTheConcurrencySays() {
        EventLoop loop = loop();
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        get(loop.forEach(numbers(200).iterator())
                .concurrency(3)
                .run(item -> loop.next(() -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    Thread.yield();
                    underWay.decrementAndGet();
                }))
                .future());
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void nothingIsReadAhead() {
        EventLoop loop = loop();
        AtomicInteger read = new AtomicInteger();
        List<CompletableFuture<Object>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(Stream.generate(read::incrementAndGet))
                .concurrency(3)
                .run(item -> {
                    CompletableFuture<Object> call = new CompletableFuture<>();
                    calls.add(call);
                    return call;
                });
        Loops.until(() -> calls.size() == 3);
        assertThat(read.get()).isEqualTo(3);
        assertThat(stream.progress().inFlight()).isEqualTo(3);
        calls.get(1).complete("second");
        Loops.until(() -> calls.size() == 4);
        assertThat(read.get()).isEqualTo(4);
        assertThat(stream.progress().done()).isOne();
        assertThat(stream.cancel()).isTrue();
    }

    @Test
    void concurrencyChangesWhileItRuns() {
        EventLoop loop = loop();
        List<CompletableFuture<Object>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(numbers(100)).concurrency(1).run(item -> {
            CompletableFuture<Object> call = new CompletableFuture<>();
            calls.add(call);
            return call;
        });
        Loops.until(() -> calls.size() == 1);
        stream.concurrency(5);
        Loops.until(() -> calls.size() == 5);
        stream.concurrency(2);
        for (int i = 0; i < 3; i++) {
            calls.get(i).complete("done");
        }
        Loops.until(() -> stream.progress().done() == 3);
        assertThat(calls).hasSize(5);
        assertThat(stream.progress().concurrency()).isEqualTo(2);
        calls.get(3).complete("done");
        Loops.until(() -> calls.size() == 6);
        stream.cancel();
    }

    @Test
    void mapHandsResultsOnInTheOrderOfTheItems() {
        EventLoop loop = loop();
        List<String> results = new ArrayList<>();
        StreamReport report = get(loop.forEach(numbers(500))
                .concurrency(8)
                .map(
                        item -> loop.next(() -> {
                            if (item % 7 == 0) {
                                Thread.yield();
                            }
                            return "r" + item;
                        }),
                        result -> results.add(result + loop.onActiveThread()))
                .future());
        assertThat(report.done()).isEqualTo(500);
        assertThat(results)
                .isEqualTo(
                        numbers(500).stream().map(item -> "r" + item + "true").toList());
    }

    @Test
    void slowItemHoldsUpNoMoreResultsThanTheConcurrencySays() {
        EventLoop loop = loop();
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        List<Integer> begun = new CopyOnWriteArrayList<>();
        List<Integer> results = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(numbers(20))
                .concurrency(4)
                .map(
                        item -> {
                            begun.add(item);
                            return item == 0 ? slow : CompletableFuture.completedFuture(item);
                        },
                        results::add);
        Loops.until(() -> begun.size() == 4);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(begun).hasSize(4);
        assertThat(results).isEmpty();
        slow.complete(0);
        assertThat(get(stream.future()).done()).isEqualTo(20);
        assertThat(results).isEqualTo(numbers(20));
    }

    // ------------------------------------------------------------------ the source

    @Test
    void sourceThatThrowsEndsTheStreamWhenThoseInFlightHaveEnded() {
        EventLoop loop = loop();
        CompletableFuture<Object> call = new CompletableFuture<>();
        CountDownLatch threw = new CountDownLatch(1);
        Iterator<Integer> source = Stream.iterate(0, item -> {
                    if (item == 2) {
                        threw.countDown();
                        throw new IllegalStateException("planted");
                    }
                    return item + 1;
                })
                .iterator();
        ForEach stream = loop.forEach(source).label("import").run(item -> item == 2 ? call : loop.next(() -> item));
        Loops.pass(threw);
        Loops.until(() -> stream.progress().done() == 2);
        assertThat(stream.future().isDone()).isFalse();
        call.complete("done");
        assertThat(failureOf(stream.future()))
                .isInstanceOf(WorkStreamException.class)
                .hasMessage(
                        "Stream 'import' has ended, because its source has failed, with 3 item(s) done, 0 failed and"
                                + " 0 discarded: java.lang.IllegalStateException: planted");
    }

    @Test
    void itemThatIsNullIsAFailureOfTheSource() {
        List<String> items = new ArrayList<>(List.of("a"));
        items.add(null);
        assertThat(failureOf(loop().forEach(items)
                        .run(CompletableFuture::completedFuture)
                        .future()))
                .hasMessageContaining("its source has failed, with 1 item(s) done")
                .hasMessageContaining("an item of the source is null");
    }

    @Test
    void sourceThatBlocksDoesNotBlockTheLoop() throws Exception {
        EventLoop loop = loop();
        CountDownLatch gate = new CountDownLatch(1);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        Iterator<Integer> source = Stream.iterate(0, item -> {
                    if (item == 0) {
                        Loops.pass(gate);
                    }
                    return item + 1;
                })
                .limit(3)
                .iterator();
        ForEach stream = loop.forEach(source).run(item -> {
            seen.add(item);
            return loop.next(() -> item);
        });
        Loops.until(() -> stream.progress().done() == 1); // the item before the block is there at once
        assertThat(get(loop.enqueue(Lane.ACTIVE, () -> "free"))).isEqualTo("free");
        gate.countDown();
        get(stream.future());
        assertThat(seen).containsExactly(0, 1, 2);
    }

    @Test
    void iterableMayBeRunAgainAndAnIteratorNot() {
        EventLoop loop = loop();
        WorkStream<Integer> list = loop.forEach(numbers(3));
        assertThat(get(list.run(item -> loop.next(() -> item)).future()).done()).isEqualTo(3);
        assertThat(get(list.run(item -> loop.next(() -> item)).future()).done()).isEqualTo(3);
        WorkStream<Integer> once = loop.forEach(numbers(3).iterator());
        get(once.run(item -> loop.next(() -> item)).future());
        assertThatThrownBy(() -> once.run(item -> loop.next(() -> item)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("come once");
    }

    @Test
    void callsThatEndHaveTheirTurnsBetweenSlices() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ofMillis(1)));
        int items = 300_000; // far more than begin in one slice
        CompletableFuture<ForEach> stream = new CompletableFuture<>();
        CompletableFuture<Long> doneBeforeTheLast = new CompletableFuture<>();
        stream.complete(loop.forEach(numbers(items))
                .readOn(Lane.ACTIVE)
                .concurrency(Integer.MAX_VALUE)
                .run(item -> {
                    if (item == items - 1) {
                        doneBeforeTheLast.complete(get(stream).progress().done());
                    }
                    return CompletableFuture.completedFuture(item);
                }));
        assertThat(get(doneBeforeTheLast)).isGreaterThan(items / 2);
        assertThat(get(get(stream).future()).done()).isEqualTo(items);
    }

    @Test
    void otherBodiesAndTimersHaveTheirTurnsBetweenSlices() {
        EventLoop loop = loops.started(options -> options.withTurnBudget(Duration.ofMillis(1)));
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        AtomicInteger begun = new AtomicInteger();
        ForEach stream = loop.forEach(Stream.iterate(0, item -> item + 1)) // it has no end
                .readOn(Lane.ACTIVE)
                .concurrency(Integer.MAX_VALUE)
                .run(item -> {
                    if (begun.incrementAndGet() == 1) { // else the timer may come before the stream
                        loop.delay(Duration.ofMillis(5), () -> seen.complete(begun.get()));
                    }
                    return CompletableFuture.completedFuture(item);
                });
        assertThat(get(seen)).isPositive();
        stream.cancel();
    }
}
