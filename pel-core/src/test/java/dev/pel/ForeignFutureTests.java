package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What waits for a future outside, which may never end, is let go when it ends by itself, and else ends with the loop. */
class ForeignFutureTests {
    private static final int MANY = (int) Scale.of("pel.foreign.futures", 20_000, 100_000);

    @RegisterExtension
    final Loops loops = new Loops();

    private final CompletableFuture<Integer> never = new CompletableFuture<>();
    private final List<WeakReference<Object>> watched = new ArrayList<>();

    /** A way to wait for a future outside. */
    private record Shape(String name, BiFunction<LoopFuture<Integer>, ForeignFutureTests, LoopFuture<?>> attach) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape("thenCombine", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.thenCombine(t.never, (x, y) -> captured);
                }),
                new Shape("runAfterBoth", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.runAfterBoth(t.never, captured::notify);
                }),
                new Shape("applyToEither", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return open(f).applyToEither(t.never, x -> captured);
                }),
                new Shape("thenCompose", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.thenCompose(x -> captured == null ? null : t.never);
                }),
                new Shape("thenCompose and thenApply", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.thenCompose(x -> t.never).thenApply(x -> captured);
                }),
                new Shape("a composition within another", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.thenCompose(x -> f.thenCompose(y -> t.never)).thenApply(x -> captured);
                }),
                new Shape("a combination with a composition", (f, t) -> {
                    Object captured = t.watch(new Object());
                    return f.thenCombine(f.thenCompose(y -> t.never), (x, y) -> captured);
                }));
    }

    private static LoopFuture<Integer> open(LoopFuture<?> of) {
        return (LoopFuture<Integer>) of.<Integer>newIncompleteFuture();
    }

    private Object watch(Object object) {
        watched.add(new WeakReference<>(object));
        return object;
    }

    private void allAreCollected() {
        await().atMost(LONG).until(() -> {
            System.gc();
            return watched.stream().allMatch(each -> each.get() == null);
        });
    }

    private EventLoop loop() {
        return loops.started(options ->
                options.withErrorHandler(failure -> {}).withActive(active -> active.withCapacity(10 * MANY)));
    }

    private static RunServices run(LoopFuture<?> of) {
        return of.run;
    }

    @ParameterizedTest
    @Tag("scaled")
    @MethodSource("shapes")
    void manyThatTimeOutLeaveNothingBehind(Shape shape) {
        EventLoop loop = loop();
        LoopFuture<Integer> source = loop.next(() -> 1);
        get(source);
        LoopFuture<?> last = source;
        for (int i = 0; i < MANY; i++) {
            last = shape.attach().apply(source, this);
            watched.add(new WeakReference<>(last));
            last.orTimeout(1, TimeUnit.MILLISECONDS);
            if (i % 1_000 == 0) {
                awaitDone(last);
            }
        }
        awaitDone(last);
        last = null;
        allAreCollected();
        assertThat(never.isDone()).isFalse();
        await().atMost(LONG).until(() -> {
            System.gc();
            return run(source).foreign.size() == 0;
        });
        StopReport report = get(loop.stop(LONG)); // which waits for nothing
        assertThat(report.isClean()).isTrue();
    }

    // ------------------------------------------------------------------ what is still wanted

    private LoopFuture<Integer> composed(EventLoop loop) {
        CountDownLatch composed = new CountDownLatch(1);
        LoopFuture<Integer> handle = loop.next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return never;
        });
        pass(composed);
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // and the function has returned
        return handle;
    }

    @Test
    void stopEndsWhatSomebodyHolds() {
        EventLoop loop = loop();
        LoopFuture<Integer> held = composed(loop);
        held.thenApply(x -> x).cancel(true);
        System.gc();
        get(loop.stop(LONG));
        assertThat(held.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void stopEndsWhatIsAttachedAndHasNotEnded() {
        EventLoop loop = loop();
        LoopFuture<Integer> open = composed(loop).thenApply(x -> x);
        System.gc();
        CompletableFuture<StopReport> stop = loop.forceStop();
        get(stop);
        assertThat(Loops.failureOf(open)).isInstanceOf(CallStoppedException.class);
    }

    @Test
    void whatIsAttachedAgainGetsTheValueAlthoughNobodyHoldsTheHandle() {
        EventLoop loop = loop();
        LoopFuture<Integer> handle = composed(loop);
        handle.thenApply(x -> x).cancel(true);
        handle.thenApply(x -> x).cancel(true);
        LoopFuture<Integer> again = handle.thenApply(x -> x + 1);
        handle = null;
        System.gc();
        never.complete(6);
        assertThat(get(again)).isEqualTo(7);
    }

    @Test
    void whatHasNotEndedBesideWhatHasGetsTheValue() {
        EventLoop loop = loop();
        List<Integer> seen = new ArrayList<>();
        CountDownLatch told = new CountDownLatch(1);
        LoopFuture<Integer> handle = composed(loop);
        handle.thenAccept(value -> {
            seen.add(value);
            told.countDown();
        });
        handle.thenApply(x -> x).cancel(true);
        handle = null;
        System.gc();
        never.complete(7);
        pass(told);
        assertThat(seen).containsExactly(7);
    }

    @Test
    void whatTheJdkHasAttachedGetsTheValue() {
        EventLoop loop = loop();
        LoopFuture<Integer> handle = composed(loop);
        CompletableFuture<Void> all = CompletableFuture.allOf(handle);
        handle.thenApply(x -> x).cancel(true);
        handle = null;
        System.gc();
        never.complete(7);
        assertThat(get(all)).isNull();
    }

    @Test
    void functionOfALinkInTheMiddleRunsAlthoughTheEndOfTheChainIsOver() {
        EventLoop loop = loop();
        CountDownLatch ran = new CountDownLatch(1);
        composed(loop)
                .thenApply(x -> {
                    ran.countDown();
                    return x;
                })
                .thenApply(x -> x)
                .cancel(true);
        System.gc();
        never.complete(7);
        pass(ran);
    }

    @Test
    void failureOfAForeignFutureThatNothingIsAttachedToIsTold() {
        List<Failure> failures = new ArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        composed(loop);
        System.gc();
        never.completeExceptionally(new IllegalStateException("foreign"));
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void foreignFutureThatCannotBeListenedToEndsTheHandleAndNoDrainWaitsForIt() {
        EventLoop loop = loops.started();
        CompletableFuture<Integer> broken = new CompletableFuture<>() {
            @Override
            public <U> CompletableFuture<U> handle(BiFunction<? super Integer, Throwable, ? extends U> function) {
                throw new IllegalStateException("no listeners here");
            }
        };
        LoopFuture<Integer> both = loop.next(() -> 1).thenCombine(broken, Integer::sum);
        LoopFuture<Void> either =
                loop.next(() -> Loops.block(new CountDownLatch(1))).runAfterEither(broken, () -> {});
        LoopFuture<Integer> composed = loop.next(() -> 1).thenCompose(one -> broken);
        for (LoopFuture<?> handle : List.of(both, either, composed)) {
            assertThat(Loops.failureOf(handle)).hasMessage("no listeners here");
            assertThat(handle.outcome()).isEqualTo(Outcome.FAILED);
        }
        assertThat(run(both).foreign.isEmpty()).isTrue();
    }

    /** A thread of the executor has ended the handle, and runs what is attached to it. */
    @Test
    void endThatComesTooLateDoesNotTakeAHandleOffTheList() {
        PretendEventLoop loop = (PretendEventLoop) loops.started();
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch attaching = new CountDownLatch(1);
        LoopFuture<Integer> handle =
                loop.next(() -> pass(attaching)).thenApplyAsync(nothing -> 1, task -> new Thread(task).start());
        CompletableFuture<Void> attached = CompletableFuture.allOf(handle).thenRun(() -> {
            telling.countDown();
            pass(gate);
        });
        attaching.countDown();
        pass(telling);
        assertThat(handle.cancel(true)).isFalse();
        handle.orTimeout(1, TimeUnit.NANOSECONDS);
        assertThat(loop.loopRun().foreign.isEmpty()).isFalse();
        gate.countDown();
        get(attached);
        await().atMost(LONG).until(() -> loop.loopRun().foreign.isEmpty());
    }
}
