package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.ContextPropagator;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Retry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A call or timer that has ended lets go of operation, body and context at once, while somebody holds its handle. */
class RetentionTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch open = new CountDownLatch(1);
    private final ThreadLocal<Object> current = new ThreadLocal<>();

    /** What a loop carries from the submitter; one object for each test. */
    private final ContextPropagator propagator = () -> {
        Object value = current.get();
        return value == null ? null : new Held(value);
    };

    private EventLoop loop() {
        return loops.started(options -> options.withPropagator(propagator)
                .withPassive(passive -> passive.withThreads(1))
                .withInterruptGrace(Duration.ofMillis(20))
                .withErrorHandler(failure -> {}));
    }

    private static Stream<Arguments> ends() {
        return Stream.of(
                end("cancelled", call -> call.cancel(true)),
                end("timed out", call -> call.orTimeout(1, TimeUnit.NANOSECONDS)),
                end("completed", call -> call.complete(null)),
                end("failed by others", call -> call.completeExceptionally(new IllegalStateException("x"))));
    }

    private static Arguments end(String name, Consumer<LoopFuture<Object>> end) {
        return Arguments.of(name, end);
    }

    /** References to what the user gave, and the handle. */
    private record Given(LoopFuture<Object> handle, List<WeakReference<Object>> references) {
        void isLetGo() {
            await().atMost(LONG).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
                System.gc();
                assertThat(references)
                        .allSatisfy(reference -> assertThat(reference.get()).isNull());
            });
            assertThat(handle).isDone();
        }
    }

    private record Held(Object value) implements ContextPropagator.Snapshot {
        @Override
        public ContextPropagator.Scope open() {
            return () -> {};
        }
    }

    private Object context() {
        Object value = new Object();
        current.set(value);
        return value;
    }

    @SuppressWarnings("unchecked")
    private static LoopFuture<Object> objects(LoopFuture<?> handle) {
        return (LoopFuture<Object>) handle;
    }

    private static WeakReference<Object> weak(Object object) {
        return new WeakReference<>(object);
    }

    @Test
    void reportOfALoopThatHasStoppedIsNotKept() {
        EventLoop loop = loops.started();
        Loops.get(loop.stop(LONG));
        WeakReference<Object> report = weak(loop.stop(LONG));
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(report.get()).isNull();
        });
    }

    private Given timer(EventLoop loop) {
        Object context = context();
        Object body = new Object();
        LoopFuture<?> timer =
                loop.delay(Duration.ofDays(1), () -> assertThat(body).isNotNull());
        current.remove();
        return new Given(objects(timer), List.of(weak(context), weak(body)));
    }

    private Given call(EventLoop loop, Runnable before) {
        Object context = context();
        Object operation = new Object();
        Object body = new Object();
        LoopFuture<?> call = loop.next(
                () -> {
                    before.run();
                    return operation.hashCode();
                },
                value -> assertThat(body).isNotNull());
        current.remove();
        return new Given(objects(call), List.of(weak(context), weak(operation), weak(body)));
    }

    private static CountDownLatch occupy(EventLoop loop, Lane lane, CountDownLatch until) {
        CountDownLatch inside = new CountDownLatch(1);
        loop.enqueue(lane, () -> {
            inside.countDown();
            ignoreInterrupts(until);
        });
        pass(inside);
        return inside;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void pendingTimer(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        Given given = timer(loop);
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // it is in the heap
        end.accept(given.handle());
        awaitDone(given.handle());
        given.isLetGo();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void timerThatTheBusyActiveThreadHasNotHeardOf(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        occupy(loop, Lane.ACTIVE, open);
        Given given = timer(loop);
        end.accept(given.handle());
        awaitDone(given.handle());
        if (!given.handle().isCompletedExceptionally() || given.handle().isCancelled()) {
            given.isLetGo(); // a failure waits for the handler, which runs on the active thread, and with it its
            // context
        }
        open.countDown();
        given.isLetGo();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void queuedCall(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        occupy(loop, Lane.PASSIVE, open);
        Given given = call(loop, () -> {});
        end.accept(given.handle());
        awaitDone(given.handle());
        given.isLetGo();
        open.countDown();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void callWhoseOperationRunsOn(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        CountDownLatch inside = new CountDownLatch(1);
        Given given = call(loop, () -> {
            inside.countDown();
            ignoreInterrupts(open);
        });
        pass(inside);
        end.accept(given.handle());
        awaitDone(given.handle());
        // the operation holds itself while it runs
        new Given(given.handle(), List.of(given.references().get(2))).isLetGo();
        open.countDown();
        given.isLetGo();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void callWhoseBodyIsQueued(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        occupy(loop, Lane.ACTIVE, open);
        Given given = call(loop, () -> {});
        get(loop.next(() -> 1)); // behind it, on the only thread
        end.accept(given.handle());
        awaitDone(given.handle());
        if (!given.handle().isCompletedExceptionally() || given.handle().isCancelled()) {
            given.isLetGo();
        }
        open.countDown();
        given.isLetGo();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void callWhoseBodyRunsOn(String name, Consumer<LoopFuture<Object>> end) {
        EventLoop loop = loop();
        CountDownLatch inside = new CountDownLatch(1);
        Given given = bodyThatWaits(loop, inside);
        pass(inside);
        end.accept(given.handle());
        awaitDone(given.handle());
        open.countDown();
        given.isLetGo();
    }

    private Given bodyThatWaits(EventLoop loop, CountDownLatch inside) {
        Object context = context();
        Object body = new Object();
        LoopFuture<?> call = loop.enqueue(Lane.ACTIVE, () -> {
            inside.countDown();
            ignoreInterrupts(open);
            assertThat(body).isNotNull();
        });
        current.remove();
        return new Given(objects(call), List.of(weak(context), weak(body)));
    }

    @Test
    void timersAndCallsThatTheStopEnds() {
        EventLoop loop = loop();
        Given pending = timer(loop);
        occupy(loop, Lane.PASSIVE, open);
        Given queued = call(loop, () -> {});
        get(loop.forceStop());
        pending.isLetGo();
        queued.isLetGo();
        open.countDown();
    }

    @Test
    void timersAndCallsThatHaveRun() {
        EventLoop loop = loop();
        Given call = call(loop, () -> {});
        awaitDone(call.handle());
        call.isLetGo();
        Given failed = call(loop, () -> {
            throw new IllegalStateException("x");
        });
        awaitDone(failed.handle());
        failed.isLetGo();
    }

    @Test
    void callThatIsRefused() {
        EventLoop loop = loop();
        loop.close();
        call(loop, () -> {}).isLetGo();
        timer(loop).isLetGo();
    }

    @Test
    void errorHandlerHasTheContextOfACallThatTimedOutThoughItIsReportedLater() {
        CountDownLatch handled = new CountDownLatch(1);
        StringBuilder seen = new StringBuilder();
        ThreadLocal<String> name = new ThreadLocal<>();
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofMillis(30))
                .withPropagator(() -> {
                    String value = name.get();
                    return () -> {
                        name.set(value);
                        return name::remove;
                    };
                })
                .withErrorHandler(failure -> {
                    seen.append(name.get());
                    handled.countDown();
                }));
        name.set("mine");
        loop.next(() -> {
                    open.await();
                    return null;
                })
                .orTimeout(1, TimeUnit.NANOSECONDS);
        name.remove();
        pass(handled);
        assertThat(seen).hasToString("mine");
    }

    private static final class Big {
        boolean yes() {
            return true;
        }
    }

    private static Stream<Arguments> verbs() {
        return Stream.of(
                verb("body of a periodic timer", (loop, big) -> {
                    LoopFuture<?> timer = loop.every(Duration.ofDays(1)).run(big::yes);
                    timer.cancel(true);
                    return timer;
                }),
                verb(
                        "operation of a periodic timer",
                        (loop, big) -> loop.every(Duration.ofMillis(1)).times(1).next(big::yes, yes -> {})),
                verb("step", (loop, big) -> loop.loopWhile(() -> !big.yes())),
                verb(
                        "condition",
                        (loop, big) -> loop.call("a").onlyWhile(big::yes).next(() -> 1)),
                verb("key", (loop, big) -> loop.call("a").key(big).next(() -> 1)),
                verb("key of a cancelled timer", (loop, big) -> {
                    LoopFuture<?> timer = loop.call("a").key(big).delay(Duration.ofDays(1), () -> {});
                    timer.cancel(true);
                    return timer;
                }),
                verb("key of a timer", (loop, big) -> loop.call("a").key(big).delay(Duration.ZERO, () -> {})),
                verb(
                        "rule",
                        (loop, big) -> loop.call("a")
                                .retry(Retry.times(1).when(failure -> big.yes()))
                                .next(() -> 1)),
                verb("operation that was refused", (loop, big) -> {
                    loop.forceStop();
                    return loop.call("a").retry(Retry.times(1)).next(big::yes);
                }));
    }

    private static Arguments verb(String name, BiFunction<EventLoop, Big, LoopFuture<?>> verb) {
        return Arguments.of(name, verb);
    }

    private static Given given(EventLoop loop, BiFunction<EventLoop, Big, LoopFuture<?>> verb) {
        Big big = new Big();
        LoopFuture<?> handle = verb.apply(loop, big);
        Loops.awaitDone(handle);
        return new Given(objects(handle), List.of(weak(big)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    void endedHandleLetsGoOfWhatTheVerbWasGiven(String name, BiFunction<EventLoop, Big, LoopFuture<?>> verb) {
        given(loop(), verb).isLetGo();
    }
}
