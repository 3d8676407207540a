package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.pel.CallInfo;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Promise 3, place by place: nine throwables, thrown by everything that is not pel's own, on each kind of thread. After each
 * the threads are the same as before, the call has ended with the original, and the next one runs.
 */
class ThrowableTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final Logger log = (Logger) LoggerFactory.getLogger(EventLoop.class);
    private final BrokenAppender appender = new BrokenAppender();
    private final PrintStream console = System.err;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final List<Failure> reported = new CopyOnWriteArrayList<>();

    /** What can be thrown. */
    enum Kind {
        RUNTIME,
        CHECKED,
        ASSERTION,
        INTERRUPTED,
        STACK_OVERFLOW,
        OUT_OF_MEMORY,
        NO_CLASS,
        INITIALIZER,
        THREAD_DEATH;

        Throwable make() {
            return switch (this) {
                case RUNTIME -> new IllegalStateException("runtime");
                case CHECKED -> new IOException("checked");
                case ASSERTION -> new AssertionError("assertion");
                case INTERRUPTED -> new InterruptedException("interrupted");
                case STACK_OVERFLOW -> overflow();
                case OUT_OF_MEMORY -> new OutOfMemoryError("simulated");
                case NO_CLASS -> new NoClassDefFoundError("simulated");
                case INITIALIZER -> new ExceptionInInitializerError("simulated");
                case THREAD_DEATH -> new Death(); // the JDK's own is gone from newer ones
            };
        }

        private static final class Death extends Error {
            private static final long serialVersionUID = 1L;
        }

        private static Throwable overflow() {
            try {
                return deeper(1);
            } catch (StackOverflowError e) {
                return e;
            }
        }

        private static Throwable deeper(int depth) {
            return depth < 0 ? new IllegalStateException() : deeper(depth + 1);
        }
    }

    /** A logger's appender that throws, as one does whose disk is full. */
    private static final class BrokenAppender extends AppenderBase<ILoggingEvent> {
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        public void doAppend(ILoggingEvent event) {
            events.add(event);
            Throwable now = failure.get();
            if (now != null) {
                BrokenAppender.<RuntimeException>doThrow(now);
            }
        }

        @Override
        protected void append(ILoggingEvent event) {
            throw new IllegalStateException("doAppend does it");
        }

        @SuppressWarnings("unchecked") // the compiler believes it to be unchecked
        static <X extends Throwable> void doThrow(Throwable error) throws X {
            throw (X) error;
        }
    }

    private static <X extends Throwable> void doThrow(Throwable error) throws X {
        BrokenAppender.<X>doThrow(error);
    }

    @BeforeEach
    void listenToTheLogger() {
        appender.start();
        log.addAppender(appender);
    }

    @AfterEach
    void repairTheLogger() {
        log.detachAppender(appender);
        System.setErr(console);
    }

    private void breakTheLogger(Throwable error) {
        System.setErr(new PrintStream(told, true, UTF_8));
        appender.failure.set(error);
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    static Stream<Arguments> everyKindOnEveryLane() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(Lane.values()).map(lane -> Arguments.of(kind, lane)));
    }

    private EventLoop recording(UnaryOperator<EventLoopOptions> change) {
        return loops.started(options -> change.apply(options.withErrorHandler(reported::add)));
    }

    /** The threads, when all of the start are there. */
    private static List<String> threadsOf(EventLoop loop) {
        soon(() -> Loops.threadsOf(loop).size() == 8);
        return Loops.threadsOf(loop);
    }

    /** Every thread still does its work, with a clear interrupt flag. */
    private static void assertThatAllGoesOn(EventLoop loop, List<String> threads) {
        for (Lane lane : Lane.values()) {
            AtomicReference<Boolean> flagged = new AtomicReference<>();
            get(loop.enqueue(lane, () -> flagged.set(Thread.currentThread().isInterrupted())));
            assertThat(flagged.get()).as("interrupt flag in %s", lane).isFalse();
        }
        CountDownLatch all = new CountDownLatch(4);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(loop.next(() -> {
                all.countDown();
                Loops.pass(all);
            }));
        }
        calls.forEach(Loops::get);
        assertThat(Loops.threadsOf(loop)).isEqualTo(threads);
    }

    @ParameterizedTest
    @MethodSource("everyKindOnEveryLane")
    void anythingThrownByATaskEndsItsCallAndNothingElse(Kind kind, Lane lane) {
        EventLoop loop = recording(options -> options);
        List<String> threads = threadsOf(loop);
        Throwable error = kind.make();
        LoopFuture<?> call = loop.enqueue(lane, () -> ThrowableTests.<RuntimeException>doThrow(error));
        assertThat(failureOf(call)).isSameAs(error);
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
        soon(() -> reported.size() == 1);
        assertThat(reported.get(0).error()).isSameAs(error);
        assertThatAllGoesOn(loop, threads);
    }

    @ParameterizedTest
    @MethodSource("everyKindOnEveryLane")
    void anythingThrownByABodyOrADependentOfACallEndsItAndNothingElse(Kind kind, Lane lane) {
        EventLoop loop = recording(options -> options);
        List<String> threads = threadsOf(loop);
        Throwable error = kind.make();
        LoopFuture<?> call = switch (lane) {
            case PASSIVE -> loop.next(() -> 1, one -> ThrowableTests.<RuntimeException>doThrow(error));
            case WORK -> loop.work(() -> 1, one -> ThrowableTests.<RuntimeException>doThrow(error));
            case ACTIVE ->
                loop.enqueue(Lane.ACTIVE, () -> {}).thenRun(() -> ThrowableTests.<RuntimeException>doThrow(error));
        };
        assertThat(failureOf(call)).isSameAs(error);
        soon(() -> reported.size() == 1);
        assertThat(reported.get(0).lane()).isEqualTo(Lane.ACTIVE);
        assertThatAllGoesOn(loop, threads);
    }

    @ParameterizedTest
    @MethodSource("everyKindOnEveryLane")
    void anythingThrownByTheErrorHandlerIsLoggedWithTheOriginal(Kind kind, Lane lane) {
        Throwable error = kind.make();
        IOException original = new IOException("the task's own");
        AtomicInteger handled = new AtomicInteger();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            handled.incrementAndGet();
            Thread.currentThread().interrupt();
            ThrowableTests.<RuntimeException>doThrow(error);
        }));
        List<String> threads = threadsOf(loop);
        LoopFuture<?> call = loop.enqueue(lane, () -> {
            throw original;
        });
        soon(() -> handled.get() == 1);
        assertThatAllGoesOn(loop, threads);
        assertThat(failureOf(call)).isSameAs(original);
        assertThat(told())
                .anySatisfy(event -> assertThat(event.getMessage()).startsWith("The error handler failed"))
                .anySatisfy(event -> assertThat(originalOf(event)).isSameAs(original));
    }

    private List<ILoggingEvent> told() {
        return List.copyOf(appender.events);
    }

    private static @Nullable Throwable originalOf(ILoggingEvent event) {
        return ((ThrowableProxy) event.getThrowableProxy()).getThrowable();
    }

    /** A listener that throws is logged, on the thread on which it was told; so that is where the logger throws. */
    @ParameterizedTest
    @MethodSource("everyKindOnEveryLane")
    void anythingThrownByTheLoggerLosesNoCall(Kind kind, Lane lane) {
        AtomicReference<@Nullable Lane> failing = new AtomicReference<>();
        EventLoop loop = recording(options -> options.withListener(new EventLoopListener() {
            @Override
            public void queued(CallInfo call, Lane where) {
                fail(where);
            }

            @Override
            public void started(CallInfo call, Lane where, long waitingNanos) {
                fail(where);
            }

            @Override
            public void ended(CallInfo call, Lane where, Outcome outcome, long waitingNanos, long runningNanos) {
                fail(where);
            }

            private void fail(Lane where) {
                if (where == failing.get()) {
                    throw new IllegalStateException("the listener's own");
                }
            }
        }));
        List<String> threads = threadsOf(loop);
        breakTheLogger(kind.make());
        failing.set(lane);
        get(loop.enqueue(lane, () -> {}));
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
        assertThat(get(loop.work(() -> 2, two -> {}))).isEqualTo(2);
        LoopFuture<?> cancelled = loop.next(() -> Loops.block(new CountDownLatch(1)));
        cancelled.cancel(true);
        awaitDone(cancelled);
        assertThat(told.toString(UTF_8)).contains("pel could not write to its log: ");
        assertThatAllGoesOn(loop, threads);
        assertThat(get(loop.stop(LONG)).stuck()).isEmpty();
        LoopStats stats = loop.stats();
        assertThat(stats.queued() + stats.running()).isZero();
    }

    /** The handler that a loop has by default logs; so it throws, and that is logged by the logger that has just thrown. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void anythingThrownByTheLoggerOfAFailureKillsNothing(Kind kind) {
        EventLoop loop = loops.started();
        List<String> threads = threadsOf(loop);
        breakTheLogger(kind.make());
        for (Lane lane : Lane.values()) {
            loop.enqueue(lane, () -> {
                throw new IOException("x");
            });
        }
        soon(() -> appender.events.size() >= 3);
        assertThatAllGoesOn(loop, threads);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue(); // whose report is logged, too
    }

    @ParameterizedTest
    @MethodSource("everyKindOnEveryLane")
    void anythingThrownByAPropagatorOfContextCostsNoResult(Kind kind, Lane lane) {
        Throwable error = kind.make();
        EventLoop loop = recording(options -> options.withPropagator(() -> () -> () -> {
            // at the end of each operation and body: the result is there by then
            ThrowableTests.<RuntimeException>doThrow(error);
        }));
        List<String> threads = threadsOf(loop);
        breakTheLogger(kind.make());
        AtomicInteger runs = new AtomicInteger();
        get(loop.enqueue(lane, runs::incrementAndGet));
        assertThat(runs).hasValue(1);
        assertThatAllGoesOn(loop, threads);
    }

    @Test
    void taskThatInterruptsItsOwnThreadIsAloneWithThat() {
        EventLoop loop = recording(options -> options);
        List<String> threads = threadsOf(loop);
        AtomicInteger flagged = new AtomicInteger();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            boolean interrupts = i % 3 == 0;
            calls.add(loop.enqueue(Lane.values()[i / 3 % 3], () -> {
                flagged.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
                if (interrupts) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        calls.forEach(Loops::get);
        assertThat(flagged).hasValue(0);
        assertThatAllGoesOn(loop, threads);
    }
}
