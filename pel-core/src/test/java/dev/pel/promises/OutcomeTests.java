package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static dev.pel.Outcome.CANCELLED;
import static dev.pel.Outcome.FAILED;
import static dev.pel.Outcome.STOPPED;
import static dev.pel.Outcome.SUCCEEDED;
import static dev.pel.Outcome.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallInfo;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an end means is recorded when it is made: the handle, the counts, the events and the error handler agree, however it ended. */
class OutcomeTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();

    /** Opened when the handle has ended. */
    private final CountDownLatch gate = new CountDownLatch(1);

    /**
     * A kind of end.
     *
     * @param end makes a handle that ends so
     * @param outcome what the handle says then
     * @param told how many failures the error handler hears of
     * @param entries the lanes' entries and how each ended
     */
    private record Kind(
            String name, Function<OutcomeTests, LoopFuture<?>> end, Outcome outcome, int told, String... entries) {
        @Override
        public String toString() {
            return name;
        }
    }

    private EventLoop loop;

    private static Kind kind(
            String name, Outcome outcome, int told, Function<OutcomeTests, LoopFuture<?>> end, String... entries) {
        return new Kind(name, end, outcome, told, entries);
    }

    // ------------------------------------------------------------------ ways to make and to end a handle

    private LoopFuture<?> throwing(Throwable error) {
        return loop.next(() -> sneak(error));
    }

    private static Object sneak(Throwable error) {
        throw OutcomeTests.<RuntimeException>unchecked(error);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable error) throws X {
        throw (X) error;
    }

    /** A call that runs until its handle has ended. */
    private LoopFuture<?> running() {
        CountDownLatch started = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            started.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(started);
        return call;
    }

    private LoopFuture<Integer> one() {
        return loop.next(() -> 1);
    }

    private static <T> T with(T handle, Consumer<T> end) {
        end.accept(handle);
        return handle;
    }

    /** A dependent whose source has ended, and which waits for the active thread. */
    private LoopFuture<?> queuedDependent() {
        LoopFuture<Integer> source = one();
        get(source);
        CountDownLatch busy = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            pass(gate);
        });
        pass(busy);
        return source.thenApply(x -> x);
    }

    private static CallStoppedException ofAnotherLoop() {
        return new CallStoppedException("another");
    }

    private static <T> CompletableFuture<T> cancelledElsewhere() {
        CompletableFuture<T> future = new CompletableFuture<>();
        future.cancel(true);
        return future;
    }

    private LoopFuture<Integer> stoppedElsewhere() {
        EventLoop other = loops.started();
        CountDownLatch started = new CountDownLatch(1);
        LoopFuture<Integer> call = other.next(() -> {
            started.countDown();
            Loops.block(new CountDownLatch(1));
            return 1;
        });
        pass(started);
        get(other.forceStop());
        assertThat(call.outcome()).isEqualTo(STOPPED);
        return call;
    }

    private LoopFuture<Integer> refused() {
        LoopFuture<Integer> call = loop.next(() -> 1);
        while (call.outcome() != Outcome.REJECTED) {
            call = loop.next(() -> {
                Loops.ignoreInterrupts(gate);
                return 1;
            });
        }
        return call;
    }

    static Stream<Kind> kinds() {
        String p = "PASSIVE ";
        String a = "ACTIVE ";
        return Stream.of(
                kind("operation returns", SUCCEEDED, 0, t -> t.one(), p + SUCCEEDED),
                kind("operation throws", FAILED, 1, t -> t.throwing(new IOException()), p + FAILED),
                kind("operation throws an Error", FAILED, 1, t -> t.throwing(new AssertionError()), p + FAILED),
                kind(
                        "operation throws somebody's cancellation",
                        FAILED,
                        1,
                        t -> t.throwing(new CancellationException()),
                        p + FAILED),
                kind("operation throws another loop's stop", FAILED, 1, t -> t.throwing(ofAnotherLoop()), p + FAILED),
                kind(
                        "operation throws a timeout",
                        FAILED,
                        1,
                        t -> t.throwing(new CallTimeoutException(Duration.ZERO)),
                        p + FAILED),
                kind(
                        "body throws somebody's cancellation",
                        FAILED,
                        1,
                        t -> t.loop.next(() -> 1, one -> sneak(new CancellationException())),
                        p + SUCCEEDED,
                        a + FAILED),
                kind("call is cancelled", CANCELLED, 0, t -> with(t.running(), f -> f.cancel(true)), p + CANCELLED),
                kind(
                        "call times out",
                        TIMED_OUT,
                        1,
                        t -> t.running().orTimeout(1, TimeUnit.MILLISECONDS),
                        p + TIMED_OUT),
                kind("call is completed", SUCCEEDED, 0, t -> with(t.running(), f -> f.complete(null)), p + SUCCEEDED),
                kind(
                        "call is failed",
                        FAILED,
                        1,
                        t -> with(t.running(), f -> f.completeExceptionally(new IOException())),
                        p + FAILED),
                kind(
                        "call is failed with a cancellation",
                        CANCELLED,
                        0,
                        t -> with(t.running(), f -> f.completeExceptionally(new CancellationException())),
                        p + CANCELLED),
                kind(
                        "call is failed with another loop's stop",
                        FAILED,
                        1,
                        t -> with(t.running(), f -> f.completeExceptionally(ofAnotherLoop())),
                        p + FAILED),
                kind("call is stopped", STOPPED, 0, t -> with(t.running(), t::stop), p + STOPPED),
                kind("timer is cancelled", CANCELLED, 0, t -> with(t.timer(), f -> f.cancel(true))),
                kind(
                        "dependent throws somebody's cancellation",
                        FAILED,
                        1,
                        t -> t.one().thenApply(x -> sneak(new CancellationException())),
                        p + SUCCEEDED,
                        a + FAILED),
                kind(
                        "dependent throws another loop's stop",
                        FAILED,
                        1,
                        t -> t.one().thenApply(x -> sneak(ofAnotherLoop())),
                        p + SUCCEEDED,
                        a + FAILED),
                kind(
                        "dependent takes a failure over",
                        FAILED,
                        1,
                        t -> t.throwing(new IOException()).thenApply(x -> x),
                        p + FAILED,
                        a + FAILED),
                kind(
                        "dependent takes a cancellation over",
                        FAILED,
                        0,
                        t -> with(t.running(), f -> f.cancel(true)).thenApply(x -> x),
                        p + CANCELLED,
                        a + FAILED),
                kind(
                        "dependent takes a timeout over",
                        FAILED,
                        1,
                        t -> t.running().orTimeout(1, TimeUnit.MILLISECONDS).thenApply(x -> x),
                        p + TIMED_OUT,
                        a + FAILED),
                kind(
                        "dependent recovers",
                        SUCCEEDED,
                        0,
                        t -> t.throwing(new IOException()).handle((x, e) -> 1),
                        p + FAILED,
                        a + SUCCEEDED),
                kind(
                        "dependent that waits for the active thread is cancelled",
                        CANCELLED,
                        0,
                        t -> with(t.queuedDependent(), f -> f.cancel(true)),
                        p + SUCCEEDED,
                        a + SUCCEEDED,
                        a + CANCELLED),
                kind(
                        "dependent that waits for its source times out",
                        TIMED_OUT,
                        1,
                        t -> t.running().thenApply(x -> x).orTimeout(1, TimeUnit.MILLISECONDS),
                        p + SUCCEEDED),
                kind(
                        "dependent is failed with another loop's stop",
                        FAILED,
                        1,
                        t -> with(t.running().thenApply(x -> x), f -> f.completeExceptionally(ofAnotherLoop())),
                        p + SUCCEEDED),
                kind(
                        "dependent is failed with a cancellation",
                        CANCELLED,
                        0,
                        t -> with(
                                t.running().thenApply(x -> x),
                                f -> f.completeExceptionally(new CancellationException())),
                        p + SUCCEEDED),
                kind(
                        "chain goes on to a future that somebody has cancelled",
                        FAILED,
                        1,
                        t -> t.one().thenCompose(x -> cancelledElsewhere()),
                        p + SUCCEEDED,
                        a + SUCCEEDED),
                kind(
                        "chain goes on to a call that was cancelled here",
                        FAILED,
                        0,
                        t -> t.one().thenCompose(x -> with(t.running(), f -> f.cancel(true))),
                        p + SUCCEEDED,
                        p + CANCELLED,
                        a + SUCCEEDED),
                kind(
                        "chain goes on to a call that another loop stopped",
                        FAILED,
                        1,
                        t -> {
                            LoopFuture<Integer> other = t.stoppedElsewhere();
                            return t.one().thenCompose(x -> other);
                        },
                        p + SUCCEEDED,
                        a + SUCCEEDED),
                kind(
                        "chain goes on to a call that is refused",
                        FAILED,
                        0,
                        t -> t.one().thenCompose(x -> t.refused())),
                kind(
                        "call is combined with a future that somebody has cancelled",
                        FAILED,
                        1,
                        t -> t.one().thenCombine(cancelledElsewhere(), (x, y) -> x),
                        p + SUCCEEDED,
                        a + FAILED),
                kind(
                        "call is combined with one that was cancelled here",
                        FAILED,
                        0,
                        t -> t.one().thenCombine(with(t.running(), f -> f.cancel(true)), (x, y) -> x),
                        p + SUCCEEDED,
                        p + CANCELLED,
                        a + FAILED));
    }

    private LoopFuture<?> timer() {
        return loop.delay(Duration.ofDays(1), () -> {});
    }

    private void stop(LoopFuture<?> call) {
        CompletableFuture<StopReport> stop = loop.forceStop();
        awaitDone(call);
        gate.countDown();
        get(stop);
    }

    // ------------------------------------------------------------------ the test

    @ParameterizedTest
    @MethodSource("kinds")
    void handleCountsEventsAndErrorHandlerAgree(Kind kind) {
        loop = loops.started(options -> options.withPassive(
                        passive -> passive.withThreads(4).withCapacity(4))
                .withUnobservedGrace(LONG) // until the stop, so that what a test attaches is in time
                .withErrorHandler(failures::add)
                .withListener(new EventLoopListener() {
                    @Override
                    public void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
                        events.add(lane + " " + outcome);
                    }
                }));
        LoopFuture<?> handle = kind.end().apply(this);
        awaitDone(handle);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(handle.outcome()).isEqualTo(kind.outcome());
        assertThat(handle.isCancelled()).isEqualTo(kind.outcome() == CANCELLED);
        assertThat(handle.isCompletedExceptionally()).isEqualTo(kind.outcome() != SUCCEEDED);
        assertThat(failures).as("what the error handler heard").hasSize(kind.told());
        assertThat(loop.stats().unhandled()).isEqualTo(kind.told());
        assertThat(counted()).as("counts, and events").containsExactlyInAnyOrderElementsOf(events);
        if (kind.entries().length > 0) {
            assertThat(events).containsExactlyInAnyOrder(kind.entries());
        }
    }

    private List<String> counted() {
        List<String> entries = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            loop.stats().lane(lane).outcomes().forEach((outcome, count) -> {
                for (int i = 0; i < count && outcome != Outcome.REJECTED; i++) {
                    entries.add(lane + " " + outcome);
                }
            });
        }
        return entries;
    }
}
