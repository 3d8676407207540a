package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static dev.pel.Loops.recordedFailureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.WaitOnLoopThreadException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations and compositions that wait for each other, which would never end. */
class WaitRingTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** A way to wait for a call. */
    interface Wait {
        Object on(LoopFuture<Integer> call) throws Exception;
    }

    static Stream<Arguments> waits() {
        return Stream.of(
                wait("join", LoopFuture::join),
                wait("get", LoopFuture::get),
                wait("a dependent", call -> call.thenApply(x -> x).join()),
                wait(
                        "a combination",
                        call -> call.thenCombine(new CompletableFuture<>(), (x, y) -> x)
                                .join()),
                wait("a composition", call -> call.thenCompose(x -> call).get()));
    }

    private static Throwable root(Throwable error) {
        return error.getCause() == null ? error : root(error.getCause());
    }

    private static Arguments wait(String name, Wait wait) {
        return Arguments.of(name, wait);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waits")
    void operationThatWaitsForItsOwnHandleIsRefused(String name, Wait wait) {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        LoopFuture<Integer> call = loop.call("selfish").next(() -> {
            wait.on(own.join());
            return 1;
        });
        own.complete(call);
        assertThat(failureOf(call))
                .isInstanceOf(WaitOnLoopThreadException.class)
                .hasMessageContaining(" would never return: the operation of call ")
                .hasMessageContaining(" 'selfish' on PASSIVE")
                .hasMessageContaining("would wait for its own handle")
                .hasMessageEndingWith("loop.next(operation).thenCompose(value -> …).");
        assertThat(get(loop.next(() -> 2))).isEqualTo(2);
    }

    @Test
    void operationThatRunsInAJoinAndWaitsForTheJoiningOneIsRefused() {
        EventLoop loop = loops.started(
                options -> options.withErrorHandler(failure -> {}).withPassive(lane -> lane.withThreads(1)));
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        LoopFuture<Integer> call =
                loop.next(() -> loop.next(() -> own.join().join()).join());
        own.complete(call);
        awaitDone(call);
        assertThat(root(recordedFailureOf(call))).isInstanceOf(WaitOnLoopThreadException.class);
    }

    private static void operationsInARing(EventLoop loop, int size, Function<Integer, Lane> lane, Wait wait) {
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        CountDownLatch allRun = new CountDownLatch(size);
        CountDownLatch allAreThere = new CountDownLatch(1);
        for (int i = 0; i < size; i++) {
            int next = (i + 1) % size;
            CallSpec spec = loop.call("call " + i);
            calls.add(
                    lane.apply(i) == Lane.WORK
                            ? spec.work(() -> inRing(allRun, allAreThere, () -> wait.on(calls.get(next))))
                            : spec.next(() -> inRing(allRun, allAreThere, () -> wait.on(calls.get(next)))));
        }
        allAreThere.countDown();
        for (LoopFuture<Integer> call : calls) {
            awaitDone(call);
            assertThat(recordedFailureOf(call))
                    .rootCause()
                    .isInstanceOf(WaitOnLoopThreadException.class)
                    .hasMessageContaining("which waits for")
                    .hasMessageContaining("'call 0'")
                    .hasMessageContaining("'call 1'")
                    .hasMessageContaining("would all wait for each other");
        }
    }

    private static int inRing(CountDownLatch allRun, CountDownLatch allAreThere, Callable<?> wait) throws Exception {
        pass(allAreThere);
        allRun.countDown();
        pass(allRun);
        wait.call();
        return 1;
    }

    @Test
    @Tag("slow")
    void operationsThatWaitForEachOtherAreRefused() {
        EventLoop loop =
                loops.started(options -> options.withErrorHandler(failure -> {}).withWork(lane -> lane.withThreads(4)));
        for (int round = 0; round < 200; round++) {
            operationsInARing(loop, 2, i -> Lane.PASSIVE, LoopFuture::join);
            operationsInARing(
                    loop, 4, i -> Lane.PASSIVE, call -> call.thenApply(x -> x).get());
            operationsInARing(loop, 3, i -> i == 1 ? Lane.WORK : Lane.PASSIVE, LoopFuture::get);
        }
    }

    @Test
    void ringThatACompositionClosesLaterIsRefused() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            LoopFuture<Integer> chain =
                    loop.enqueue(Lane.ACTIVE, () -> pass(waits)).thenCompose(x -> own.join());
            return chain.join();
        });
        own.complete(call);
        waits.countDown();
        awaitDone(call);
        assertThat(root(recordedFailureOf(call))).isInstanceOf(WaitOnLoopThreadException.class);
    }

    // ------------------------------------------------------------------ what is no ring

    @Test
    void waitWithALimitForTheOwnHandleTimesOut() {
        EventLoop loop = loops.started();
        CompletableFuture<LoopFuture<Object>> own = new CompletableFuture<>();
        LoopFuture<Object> call = loop.next(() -> {
            try {
                return own.join().get(1, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return "timed out";
            }
        });
        own.complete(call);
        assertThat(get(call)).isEqualTo("timed out");
    }

    @Test
    void waitForTheOwnHandleOrSomethingElseEndsWithThat() {
        EventLoop loop = loops.started();
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        CompletableFuture<Integer> other = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            LoopFuture<Integer> either = own.join().applyToEither(other, x -> x);
            waits.countDown();
            return either.join();
        });
        own.complete(call);
        pass(waits);
        other.complete(7);
        assertThat(get(call)).isEqualTo(7);
    }

    @Test
    void waitForTheOwnHandleThatTimesOutEndsWithThat() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        LoopFuture<Integer> call = loop.next(() -> own.join()
                .thenApply(x -> x)
                .completeOnTimeout(5, 1, TimeUnit.MILLISECONDS)
                .join());
        own.complete(call);
        assertThat(get(call)).isEqualTo(5);
    }

    @Test
    void operationsThatWaitInALineEnd() {
        EventLoop loop = loops.started(options -> options.withPassive(lane -> lane.withThreads(2)));
        for (int round = 0; round < 500; round++) {
            LoopFuture<Integer> last = loop.next(() -> 0);
            for (int i = 0; i < 5; i++) {
                LoopFuture<Integer> before = last;
                last = loop.next(() -> before.join() + 1);
            }
            assertThat(get(last)).isEqualTo(5);
        }
    }

    // ------------------------------------------------------------------ compositions

    static Stream<Arguments> followers() {
        return Stream.of(
                follower("itself", composed -> composed),
                follower("a dependent", composed -> composed.thenApply(x -> x)),
                follower("a composition", composed -> composed.thenCompose(x -> composed)),
                follower(
                        "a combination",
                        composed -> composed.thenCombine(CompletableFuture.completedFuture(1), (x, y) -> x)));
    }

    private static Arguments follower(String name, UnaryOperator<LoopFuture<Integer>> follow) {
        return Arguments.of(name, follow);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("followers")
    void compositionThatWouldFollowItselfFails(String name, UnaryOperator<LoopFuture<Integer>> follow) {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        LoopFuture<Integer> composed = loop.next(own::join).thenCompose(follow::apply);
        own.complete(composed);
        assertThat(failureOf(composed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("The function of a composition has returned the handle of that composition");
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void compositionsThatWouldFollowEachOtherFail() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        CompletableFuture<LoopFuture<Integer>> one = new CompletableFuture<>();
        CompletableFuture<LoopFuture<Integer>> other = new CompletableFuture<>();
        one.complete(loop.next(() -> 1).thenCompose(x -> other.join()));
        other.complete(loop.next(() -> 1).thenCompose(x -> one.join()));
        for (LoopFuture<Integer> each : List.of(one.join(), other.join())) {
            assertThat(failureOf(each)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void compositionThatFollowsItselfOrSomethingElseEndsWithThat() {
        EventLoop loop = loops.started();
        CompletableFuture<LoopFuture<Integer>> own = new CompletableFuture<>();
        CompletableFuture<Integer> other = new CompletableFuture<>();
        LoopFuture<Integer> composed = loop.next(own::join).thenCompose(itself -> itself.applyToEither(other, x -> x));
        own.complete(composed);
        other.complete(3);
        assertThat(get(composed)).isEqualTo(3);
    }
}
