package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A handle is a CompletableFuture in everything but the thread. */
class ChainTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    @Tag("slow")
    void chainOfAMillionLinksDoesNotOverflow() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> tail = loop.next(() -> {
            pass(gate);
            return 0;
        });
        for (int i = 0; i < 1_000_000; i++) {
            tail = tail.thenApply(value -> value + 1);
        }
        gate.countDown();
        assertThat(get(tail)).isEqualTo(1_000_000);
    }

    @Test
    void failureTravelsThroughALongChain() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Object> tail = loop.next(() -> {
            pass(gate);
            throw new IOException("first");
        });
        for (int i = 0; i < 100_000; i++) {
            tail = tail.thenApply(value -> value);
        }
        gate.countDown();
        assertThat(failureOf(tail.exceptionally(Throwable::getCause).thenCompose(ChainTests::failed)))
                .hasMessage("first");
    }

    private static CompletableFuture<Object> failed(Object error) {
        return CompletableFuture.failedFuture((Throwable) error);
    }

    @Test
    void bodiesThatCallNextAMillionTimesDoNotOverflow() {
        EventLoop loop = loops.started();
        CountDownLatch done = new CountDownLatch(1);
        step(loop, 1_000_000, done);
        pass(done);
    }

    private static void step(EventLoop loop, int left, CountDownLatch done) {
        if (left == 0) {
            done.countDown();
        } else {
            loop.enqueue(Lane.ACTIVE, () -> step(loop, left - 1, done));
        }
    }

    @Test
    @Tag("slow")
    void recursionOfComposedCallsDoesNotOverflow() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> outermost = recurse(loop, 30_000);
        assertThat(get(outermost)).isZero();
        LoopFuture<String> behind = outermost.thenApply(zero -> "behind");
        assertThat(get(behind)).isEqualTo("behind");
    }

    private static LoopFuture<Integer> recurse(EventLoop loop, int depth) {
        return loop.next(() -> depth)
                .thenCompose(value -> value == 0 ? CompletableFuture.completedFuture(0) : recurse(loop, value - 1));
    }

    @Test
    void everyAsynchronousWayToContinueGivesWhatTheOtherGives() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> one = loop.next(() -> 1);
        LoopFuture<Integer> two = loop.next(() -> 2);
        LoopFuture<Integer> failed = loop.next(() -> {
            throw new IOException("x");
        });
        List<LoopFuture<Integer>> values = List.of(
                one.thenCombineAsync(two, Integer::sum),
                one.applyToEitherAsync(one, value -> value + 10),
                one.handleAsync((value, error) -> value),
                one.whenCompleteAsync((value, error) -> {}),
                one.thenComposeAsync(value -> two),
                failed.exceptionallyAsync(error -> 7),
                failed.exceptionallyComposeAsync(error -> two));
        assertThat(values.stream().map(Loops::get).toList()).containsExactly(3, 11, 1, 1, 2, 7, 2);
        List<LoopFuture<Void>> others = List.of(
                one.thenAcceptBothAsync(two, (a, b) -> {}),
                one.runAfterBothAsync(two, () -> {}),
                one.acceptEitherAsync(two, value -> {}),
                one.runAfterEitherAsync(two, () -> {}));
        assertThat(others.stream().map(Loops::get)).containsOnlyNulls();
    }

    @Test
    void everyWayToContinueRunsOnTheActiveThread() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> one = loop.next(() -> 1);
        LoopFuture<Integer> two = loop.next(() -> 2);
        List<Boolean> seen = new ArrayList<>(); // plain: all of them are bodies
        List<LoopFuture<?>> all = new ArrayList<>();
        all.add(one.thenApply(v -> seen.add(loop.onActiveThread())));
        all.add(one.thenApplyAsync(v -> seen.add(loop.onActiveThread())));
        all.add(one.thenAccept(v -> seen.add(loop.onActiveThread())));
        all.add(one.thenAcceptAsync(v -> seen.add(loop.onActiveThread())));
        all.add(one.thenRun(() -> seen.add(loop.onActiveThread())));
        all.add(one.thenRunAsync(() -> seen.add(loop.onActiveThread())));
        all.add(one.thenCombine(two, (a, b) -> seen.add(loop.onActiveThread())));
        all.add(one.thenAcceptBoth(two, (a, b) -> seen.add(loop.onActiveThread())));
        all.add(one.runAfterBoth(two, () -> seen.add(loop.onActiveThread())));
        all.add(one.applyToEither(two, v -> seen.add(loop.onActiveThread())));
        all.add(one.acceptEither(two, v -> seen.add(loop.onActiveThread())));
        all.add(one.runAfterEither(two, () -> seen.add(loop.onActiveThread())));
        all.add(one.handle((v, e) -> seen.add(loop.onActiveThread())));
        all.add(one.whenComplete((v, e) -> seen.add(loop.onActiveThread())));
        all.add(one.thenCompose(v -> {
            seen.add(loop.onActiveThread());
            return CompletableFuture.completedFuture(v);
        }));
        all.add(one.copy().thenRun(() -> seen.add(loop.onActiveThread())));
        all.add((LoopFuture<?>) one.minimalCompletionStage()
                .thenRun(() -> seen.add(loop.onActiveThread()))
                .toCompletableFuture());
        LoopFuture<Integer> failed = loop.next(() -> {
            throw new IOException("x");
        });
        all.add(failed.exceptionally(e -> {
            seen.add(loop.onActiveThread());
            return 0;
        }));
        all.add(failed.exceptionallyCompose(e -> {
            seen.add(loop.onActiveThread());
            return CompletableFuture.completedFuture(0);
        }));
        all.forEach(Loops::get);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(seen).hasSize(all.size()).containsOnly(true)));
    }

    @Test
    void dependentsAreHandlesOfTheLoop() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> one = loop.next(() -> 1);
        assertThat(one.newIncompleteFuture()).isInstanceOf(LoopFuture.class);
        assertThat(one.thenApply(v -> v)).isInstanceOf(LoopFuture.class);
        assertThat(get(CompletableFuture.supplyAsync(loop::onActiveThread, one.defaultExecutor())))
                .isTrue();
    }

    @Test
    void dependentWithAnExecutorOfItsOwnRunsThere() {
        EventLoop loop = loops.started();
        LoopFuture<String> name =
                loop.next(() -> 1).thenApplyAsync(v -> Thread.currentThread().getName(), loop.executor(Lane.WORK));
        assertThat(get(name)).contains("-work-");
        LoopFuture<Boolean> direct = loop.next(() -> 1).thenApplyAsync(v -> loop.onActiveThread(), Runnable::run);
        assertThat(get(direct)).isTrue();
    }

    @Test
    void executorThatRefusesFailsTheDependent() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> refused = loop.next(() -> 1).thenApplyAsync(v -> v, command -> {
            throw new IllegalStateException("no");
        });
        assertThat(failureOf(refused)).isInstanceOf(IllegalStateException.class).hasMessage("no");
    }

    /** Runs the same chain on a handle and on the JDK's own future, and compares how it ends. */
    private void endsAsWithTheJdk(Function<CompletableFuture<Object>, CompletableFuture<?>> chain) {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<Object> failedHandle = loop.next(() -> {
            throw new IOException("source");
        });
        assertThat(end(chain.apply(loop.next(() -> "value"))))
                .isEqualTo(end(chain.apply(CompletableFuture.completedFuture("value"))));
        assertThat(end(chain.apply(failedHandle)))
                .isEqualTo(end(chain.apply(
                        CompletableFuture.failedFuture(new CompletionException(new IOException("source"))))));
    }

    private static String end(CompletableFuture<?> future) {
        awaitDone(future);
        try {
            return "value " + future.getNow(null);
        } catch (RuntimeException e) {
            return e.getClass().getName() + " caused by " + e.getCause().getClass();
        }
    }

    @Test
    void chainsEndAsTheJdksDo() {
        CompletableFuture<Object> other = CompletableFuture.completedFuture("other");
        CompletableFuture<Object> broken = CompletableFuture.failedFuture(new IOException("other"));
        RuntimeException thrown = new IllegalStateException("thrown");
        endsAsWithTheJdk(f -> f.thenApply(v -> v + "!"));
        endsAsWithTheJdk(f -> f.thenApply(v -> {
            throw thrown;
        }));
        endsAsWithTheJdk(f -> f.thenApply(v -> v).thenApply(v -> v));
        endsAsWithTheJdk(f -> f.thenAccept(v -> {}));
        endsAsWithTheJdk(f -> f.thenRun(() -> {}));
        endsAsWithTheJdk(f -> f.handle((v, e) -> e == null ? v : e.getClass()));
        endsAsWithTheJdk(f -> f.thenApply(v -> v).handle((v, e) -> e == null ? v : e.getClass()));
        endsAsWithTheJdk(f -> f.whenComplete((v, e) -> {}));
        endsAsWithTheJdk(f -> f.whenComplete((v, e) -> {
            throw thrown;
        }));
        endsAsWithTheJdk(f -> f.exceptionally(e -> "recovered from " + e.getClass()));
        endsAsWithTheJdk(f -> f.thenCompose(v -> other));
        endsAsWithTheJdk(f -> f.thenCompose(v -> broken));
        endsAsWithTheJdk(f -> f.thenCompose(v -> null));
        endsAsWithTheJdk(f -> f.exceptionallyCompose(e -> other));
        endsAsWithTheJdk(f -> f.thenCombine(other, (a, b) -> a + "+" + b));
        endsAsWithTheJdk(f -> f.thenCombine(broken, (a, b) -> a + "+" + b));
        endsAsWithTheJdk(f -> f.thenAcceptBoth(other, (a, b) -> {}));
        endsAsWithTheJdk(f -> f.runAfterBoth(broken, () -> {}));
        endsAsWithTheJdk(
                f -> f.thenCompose(v -> new CompletableFuture<Object>().completeAsync(() -> v, Runnable::run)));
        endsAsWithTheJdk(CompletableFuture::copy);
    }

    @Test
    void functionsThatAreNullAreRefusedAtOnce() {
        LoopFuture<Integer> one = loops.started().next(() -> 1);
        assertThatThrownBy(() -> one.thenApply(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> one.whenComplete(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> one.thenApplyAsync(v -> v, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> one.completeExceptionally(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void cancellingADependentDoesNotEndTheCall() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            pass(gate);
            return 1;
        });
        LoopFuture<Integer> dependent = call.thenApply(v -> v);
        assertThat(dependent.cancel(true)).isTrue();
        gate.countDown();
        assertThat(get(call)).isEqualTo(1);
        assertThat(dependent.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void joinUnwrapsNothingAndGetWrapsOnce() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        IOException original = new IOException("x");
        LoopFuture<Object> call = loop.next(() -> {
            throw original;
        });
        assertThatThrownBy(call::join).isInstanceOf(CompletionException.class).hasCause(original);
        assertThatThrownBy(call::get).hasCause(original);
        assertThatThrownBy(() -> call.thenApply(v -> v).get(LONG.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                .hasCause(original);
    }

    @Test
    void eitherOfTwoContinuesOnce() {
        EventLoop loop = loops.started();
        AtomicInteger runs = new AtomicInteger();
        BiFunction<LoopFuture<Integer>, LoopFuture<Integer>, LoopFuture<Integer>> either =
                (a, b) -> a.applyToEither(b, v -> runs.incrementAndGet());
        for (int i = 0; i < 1_000; i++) {
            get(either.apply(loop.next(() -> 1), loop.next(() -> 2)));
        }
        get(loop.stop(LONG));
        assertThat(runs).hasValue(1_000);
    }
}
