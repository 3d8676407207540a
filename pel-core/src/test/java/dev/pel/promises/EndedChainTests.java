package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static dev.pel.Loops.recordedFailureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When somebody has ended the handle of a continuation, its function does not run, and the next call does not start. */
class EndedChainTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private EventLoop loop;

    /** A way to continue after a call, of which it is told whether it succeeds. */
    private record Way(
            String name, boolean fails, Function<EndedChainTests, Function<LoopFuture<Integer>, LoopFuture<?>>> way) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Way way(String name, Function<EndedChainTests, Function<LoopFuture<Integer>, LoopFuture<?>>> way) {
        return new Way(name, false, way);
    }

    private static Way recovery(
            String name, Function<EndedChainTests, Function<LoopFuture<Integer>, LoopFuture<?>>> way) {
        return new Way(name, true, way);
    }

    private LoopFuture<Integer> next() {
        return loop.next(runs::incrementAndGet);
    }

    static Stream<Way> ways() {
        return Stream.of(
                way("thenApply", t -> f -> f.thenApply(x -> t.runs.incrementAndGet())),
                way("thenCompose", t -> f -> f.thenCompose(x -> t.next())),
                way("thenComposeAsync", t -> f -> f.thenComposeAsync(x -> t.next(), t.loop.executor(Lane.WORK))),
                recovery("exceptionallyCompose", t -> f -> f.exceptionallyCompose(e -> t.next())),
                recovery("exceptionally", t -> f -> f.exceptionally(e -> t.runs.incrementAndGet())),
                way("thenCombine", t -> f -> f.thenCombine(f, (x, y) -> t.runs.incrementAndGet())),
                way("applyToEither", t -> f -> f.applyToEither(f, x -> t.runs.incrementAndGet())),
                way("runAfterBoth", t -> f -> f.runAfterBoth(f, t.runs::incrementAndGet)),
                way(
                        "a second composition",
                        t -> f -> f.thenCompose(x -> t.loop.next(() -> 1)).thenCompose(x -> t.next())));
    }

    private LoopFuture<Integer> source(boolean fails) {
        return loop.next(() -> {
            pass(gate);
            if (fails) {
                throw new IOException("x");
            }
            return 1;
        });
    }

    private void functionDoesNotRun(Way way, Consumer<LoopFuture<?>> end) {
        loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<?> handle = way.way().apply(this).apply(source(way.fails()));
        end.accept(handle);
        awaitDone(handle);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(runs).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void functionOfACancelledHandleDoesNotRun(Way way) {
        functionDoesNotRun(way, handle -> handle.cancel(true));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void functionOfAHandleThatTimedOutDoesNotRun(Way way) {
        functionDoesNotRun(way, handle -> handle.orTimeout(1, TimeUnit.MILLISECONDS));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void functionOfACompletedHandleDoesNotRun(Way way) {
        functionDoesNotRun(way, handle -> handle.complete(null));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void functionThatWaitsForTheActiveThreadDoesNotRunWhenItsHandleIsCancelled(Way way) {
        loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<Integer> source = source(way.fails());
        gate.countDown();
        awaitDone(source);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            pass(release);
        });
        pass(busy);
        way.way().apply(this).apply(source).cancel(true);
        release.countDown();
        get(loop.stop(LONG));
        assertThat(runs).hasValue(0);
    }

    @Test
    void bodyOfTwoOperationsDoesNotRunWhenItsHandleIsCancelledWhileItWaits() {
        loop = loops.started();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch operations = new CountDownLatch(2);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            pass(gate);
        });
        pass(busy);
        LoopFuture<?> both = loop.next(
                () -> {
                    operations.countDown();
                    return 1;
                },
                () -> {
                    operations.countDown();
                    return 2;
                },
                (a, b) -> runs.incrementAndGet());
        pass(operations);
        List<LoopFuture<Integer>> behind = List.of(loop.next(() -> 1), loop.next(() -> 1));
        behind.forEach(Loops::get);
        assertThat(both.cancel(true)).isTrue();
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(runs).hasValue(0);
    }

    @Test
    void compositionThatTimesOutHasTimedOutAlsoWhenACompletionThreadEndsIt() {
        loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CountDownLatch entered = new CountDownLatch(1);
        LoopFuture<Integer> busy = source(false);
        CompletableFuture<Void> keeps = CompletableFuture.allOf(busy).whenComplete((nothing, error) -> {
            entered.countDown();
            pass(gate); // the completion thread is late for what comes after
        });
        busy.orTimeout(1, TimeUnit.MILLISECONDS);
        pass(entered);
        LoopFuture<Integer> composed = source(false).thenCompose(one -> next());
        CompletableFuture<Void> hangs = CompletableFuture.allOf(composed);
        composed.orTimeout(1, TimeUnit.MILLISECONDS);
        awaitDone(composed);
        gate.countDown();
        assertThat(composed.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(recordedFailureOf(composed)).isExactlyInstanceOf(CallTimeoutException.class);
        awaitDone(keeps);
        awaitDone(hangs);
    }
}
