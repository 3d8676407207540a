package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a chain that has ended lets go of, while somebody still holds its handle, or a future outside still holds a callback. */
class LettingGoTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<WeakReference<Object>> watched = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    /** A function that something is captured by, which is watched. */
    private <T, U> Function<T, U> watching(Function<T, U> function) {
        Object captured = new Object();
        watched.add(new WeakReference<>(captured));
        return value -> {
            if (captured.hashCode() == 0 && value == captured) {
                throw new AssertionError("never");
            }
            return function.apply(value);
        };
    }

    private void isLetGo() {
        await().atMost(LONG).until(() -> {
            System.gc();
            return watched.stream().allMatch(each -> each.get() == null);
        });
    }

    private LoopFuture<Integer> failing(EventLoop loop) {
        return loop.next(() -> {
            pass(gate);
            throw new IOException("x");
        });
    }

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failure -> {}));
    }

    @Test
    void failedChainKeepsNeitherItsLinksNorTheirFunctions() {
        LoopFuture<Integer> tail = failing(loop());
        for (int i = 0; i < 1_000; i++) {
            tail = tail.thenApply(watching(value -> value));
            watched.add(new WeakReference<>(tail));
        }
        watched.remove(watched.size() - 1); // the tail is held
        gate.countDown();
        awaitDone(tail);
        isLetGo();
        assertThat(tail.outcome()).isEqualTo(Outcome.FAILED);
    }

    static Stream<UnaryOperator<LoopFuture<Integer>>> ends() {
        return Stream.of(
                handle -> {
                    handle.cancel(true);
                    return handle;
                },
                handle -> {
                    handle.completeExceptionally(new IOException("x"));
                    return handle;
                },
                handle -> {
                    handle.complete(1);
                    return handle;
                },
                handle -> {
                    awaitDone(handle.orTimeout(1, TimeUnit.MILLISECONDS));
                    return handle;
                });
    }

    @ParameterizedTest
    @MethodSource("ends")
    void dependentThatSomebodyHasEndedLetsGoOfItsFunctionAndItsSource(UnaryOperator<LoopFuture<Integer>> end) {
        EventLoop loop = loop();
        LoopFuture<Integer> source = (LoopFuture<Integer>) loop.next(() -> 1).<Integer>newIncompleteFuture();
        LoopFuture<Integer> handle = end.apply(source.thenApply(watching(value -> value)));
        watched.add(new WeakReference<>(source));
        source = null;
        isLetGo();
        assertThat(handle).isDone();
    }

    @Test
    void functionThatHasThrownIsLetGoAndItsFailureStillTellsWhereItWas() {
        List<Failure> failures = new ArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        LoopFuture<Integer> handle = loop.call("order").next(() -> 1).thenApply(watching(value -> {
            throw new IllegalStateException("x");
        }));
        awaitDone(handle);
        isLetGo();
        await().atMost(LONG).until(() -> !failures.isEmpty());
        assertThat(failures.get(0).label()).isEqualTo("order");
    }

    @Test
    void chainThatFailsInTheMiddleIsToldOnceWithTheLinkInWhichItBegan() {
        List<Failure> failures = new ArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        LoopFuture<Integer> tail = loop.call("order").next(() -> {
            pass(gate);
            return 1;
        });
        for (int i = 0; i < 100; i++) {
            int link = i;
            tail = tail.thenApply(value -> {
                if (link == 50) {
                    throw new IllegalStateException("x");
                }
                return value;
            });
        }
        LoopFuture<Integer> left = tail.thenApply(value -> value);
        LoopFuture<Integer> right = tail.thenCombine(CompletableFuture.completedFuture(1), Integer::sum);
        gate.countDown();
        awaitDone(left);
        awaitDone(right);
        Loops.get(loop.stop(LONG));
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.label()).isEqualTo("order");
            assertThat(failure.callId()).isPositive();
        });
    }

    // ------------------------------------------------------------------ the one of two that never ends

    private static final int MANY = 1_000;

    @Test
    void futureOutsideThatNeverEndsKeepsNothingOfEitherForms() {
        EventLoop loop = loops.started();
        CompletableFuture<Integer> never = new CompletableFuture<>();
        for (int i = 0; i < MANY; i++) {
            Loops.get(loop.next(() -> 1).applyToEither(never, one -> one));
        }
        assertThat(never.getNumberOfDependents()).isLessThan(MANY / 10);
    }

    @Test
    void handleThatNeverEndsKeepsNothingOfEitherForms() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> never = loop.next(() -> {
            pass(gate);
            return 1;
        });
        for (int i = 0; i < MANY; i++) {
            Loops.get(never.applyToEither(loop.next(() -> 2), one -> one));
            Loops.get(loop.next(() -> 2).acceptEither(never, one -> {}));
        }
        assertThat(never.getNumberOfDependents()).isLessThan(MANY / 10);
        gate.countDown();
        awaitDone(never);
    }

    @Test
    void eitherFormThatIsCancelledLeavesNothingInTheOneThatNeverEnds() {
        EventLoop loop = loops.started();
        CompletableFuture<Integer> never = new CompletableFuture<>();
        LoopFuture<Integer> source = loop.next(() -> {
            pass(gate);
            return 1;
        });
        for (int i = 0; i < MANY; i++) {
            LoopFuture<Integer> either = source.thenApply(one -> one).applyToEither(never, watching(one -> one));
            either.cancel(true);
        }
        isLetGo();
        assertThat(never.getNumberOfDependents()).isLessThan(MANY / 10);
        gate.countDown();
    }
}
