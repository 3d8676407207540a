package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the error handler is told of where a failure comes from, when it began in something that is attached to a call. */
class FailureOriginTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop recording() {
        return loops.started(
                options -> options.withCallSiteInterval(Duration.ZERO).withErrorHandler(failures::add));
    }

    private Failure only(EventLoop loop) {
        await().atMost(LONG).until(() -> !failures.isEmpty());
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
        return failures.get(0);
    }

    /** The clock of the machine counts from its start, which was long before the test. */
    private static void isYoung(Failure failure, long began) {
        assertThat(failure.age()).isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - began));
    }

    @Test
    void ageOfADependentThatWasNeverQueuedIsMeasuredFromWhenItWasAttached() {
        long began = System.nanoTime();
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> source = loop.call("order").next(() -> pass(gate));
        source.thenAccept(x -> {}).orTimeout(1, TimeUnit.MILLISECONDS);
        await().atMost(LONG).until(() -> !failures.isEmpty());
        gate.countDown();
        Failure failure = only(loop);
        assertThat(failure.error()).isInstanceOf(CallTimeoutException.class);
        assertThat(failure.label()).isEqualTo("order");
        assertThat(failure.age()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        isYoung(failure, began);
    }

    @Test
    void failureOfAForeignFutureThatAChainGoesOnToTellsTheChain() {
        long began = System.nanoTime();
        EventLoop loop = recording();
        CompletableFuture<Object> foreign = new CompletableFuture<>();
        CountDownLatch composed = new CountDownLatch(1);
        loop.call("order").next(() -> 1).thenCompose(one -> {
            composed.countDown();
            return foreign;
        });
        pass(composed);
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // and the link to the function is let go
        foreign.completeExceptionally(new IOException("foreign"));
        Failure failure = only(loop);
        assertThat(failure.error()).hasMessage("foreign");
        assertThat(failure.label()).isEqualTo("order");
        assertThat(failure.submissionSite()).isNotNull();
        assertThat(failure.submissionSite().getMethodName())
                .isEqualTo("failureOfAForeignFutureThatAChainGoesOnToTellsTheChain");
        isYoung(failure, began);
    }

    @Test
    void failureOfAForeignFutureThatHasFailedAlreadyTellsTheChain() {
        EventLoop loop = recording();
        loop.call("order")
                .next(() -> 1)
                .thenCompose(one -> CompletableFuture.failedFuture(new IOException("foreign")))
                .thenApply(x -> x)
                .thenApply(x -> x);
        Failure failure = only(loop);
        assertThat(failure.label()).isEqualTo("order");
        assertThat(failure.submissionSite().getMethodName())
                .isEqualTo("failureOfAForeignFutureThatHasFailedAlreadyTellsTheChain");
    }

    @Test
    void failureOfAForeignFutureThatACallIsCombinedWithTellsTheChain() {
        long began = System.nanoTime();
        EventLoop loop = recording();
        loop.call("order")
                .next(() -> 1)
                .thenCombine(CompletableFuture.failedFuture(new IOException("foreign")), (x, y) -> x);
        Failure failure = only(loop);
        assertThat(failure.label()).isEqualTo("order");
        assertThat(failure.submissionSite().getMethodName())
                .isEqualTo("failureOfAForeignFutureThatACallIsCombinedWithTellsTheChain");
        assertThat(failure.age()).isPositive();
        isYoung(failure, began);
    }

    @Test
    void timeoutOfAChainThatGoesOnToAForeignFutureTellsTheChain() {
        EventLoop loop = recording();
        loop.call("order")
                .next(() -> 1)
                .thenCompose(one -> new CompletableFuture<>())
                .orTimeout(5, TimeUnit.MILLISECONDS);
        Failure failure = only(loop);
        assertThat(failure.label()).isEqualTo("order");
        assertThat(failure.age()).isGreaterThanOrEqualTo(Duration.ofMillis(5));
    }

    private static Arguments way(String name, Consumer<EventLoop> use) {
        return Arguments.of(name, use);
    }

    private static <T> T fails() {
        throw new IllegalStateException("x");
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                way("a body", loop -> loop.next(() -> 1, one -> fails())),
                way("the body of a pair", loop -> loop.next(() -> 1, () -> 2, (one, two) -> fails())),
                way("a dependent", loop -> loop.next(() -> 1).thenApply(one -> fails())),
                way(
                        "a dependent on its executor",
                        loop -> loop.next(() -> 1).thenAcceptAsync(one -> fails(), Runnable::run)),
                way("a handler of ends", loop -> loop.next(() -> 1).handle((one, error) -> fails())),
                way("an onlooker", loop -> loop.next(() -> 1).whenComplete((one, error) -> fails())),
                way("a combination", loop -> loop.next(() -> 1).thenCombine(loop.next(() -> 2), (one, two) -> fails())),
                way("an either", loop -> loop.next(() -> 1).acceptEither(loop.next(() -> 2), one -> fails())),
                way("a composition", loop -> loop.next(() -> 1).thenCompose(one -> fails())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void placeOfAFailureIsInTheCodeThatFailed(String name, Consumer<EventLoop> use) {
        EventLoop loop = loops.started(
                options -> options.withCallSiteInterval(Duration.ofDays(1)).withErrorHandler(failures::add));
        get(loop.next(() -> 0)); // takes the one place of this day
        use.accept(loop);
        StackTraceElement site = only(loop).submissionSite();
        assertThat(site).isNotNull();
        assertThat(site.getClassName()).isEqualTo(FailureOriginTests.class.getName());
    }
}
