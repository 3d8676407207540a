package dev.pel;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each place that takes a duration takes any, or refuses it by its rule: none overflows, neither at once nor when it is added up. */
class AnyDurationTests {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    private static final Duration LONGER_THAN_THE_CLOCK = Duration.parse("PT3000000H");
    private static final Duration NEGATIVE = Duration.ofSeconds(Long.MIN_VALUE);

    @RegisterExtension
    final Loops loops = new Loops();

    private static Stream<Duration> durations() {
        return Stream.of(Duration.ZERO, Duration.ofNanos(1), LONGER_THAN_THE_CLOCK, FOREVER);
    }

    private static Stream<Arguments> options() {
        List<Arguments> ways = List.of(
                option("settle", EventLoopOptions::withSettle),
                option("stop deadline", EventLoopOptions::withStopDeadline),
                option("interrupt grace", EventLoopOptions::withInterruptGrace),
                option("call site interval", EventLoopOptions::withCallSiteInterval),
                option("unobserved grace", EventLoopOptions::withUnobservedGrace));
        return ways.stream();
    }

    private static Arguments option(String name, BiFunction<EventLoopOptions, Duration, EventLoopOptions> with) {
        return Arguments.of(name, with);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void loopRunsAndStopsWithAnyOption(String name, BiFunction<EventLoopOptions, Duration, EventLoopOptions> with) {
        durations().forEach(value -> {
            EventLoop loop = loops.started(options -> with.apply(options.withErrorHandler(failure -> {}), value));
            assertThat(get(loop.next(() -> 1))).isEqualTo(1);
            awaitDone(loop.next(() -> {
                throw new IllegalStateException("nobody looks");
            }));
            get(loop.delay(Duration.ZERO, () -> {}));
            loop.close();
            assertThat(loop.state()).as("%s of %s", name, value).isEqualTo(LoopState.STOPPED);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void negativeOptionIsRefused(String name, BiFunction<EventLoopOptions, Duration, EventLoopOptions> with) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with.apply(EventLoopOptions.defaults(), NEGATIVE))
                .withMessage("'%s' must not be negative but was %s", name, DurationText.of(NEGATIVE));
    }

    @ParameterizedTest
    @MethodSource("durations")
    void stopWithAnyDeadlineReportsTheOneThatWasAskedFor(Duration deadline) {
        for (boolean running : new boolean[] {true, false}) {
            EventLoop loop = running ? loops.started() : loops.made(options -> options);
            StopReport report = get(loop.stop(deadline));
            assertThat(report.deadline()).isEqualTo(deadline);
            assertThat(report.isClean()).isTrue();
            assertThat(report.toString()).contains("(deadline " + DurationText.of(deadline) + ")");
        }
    }

    @Test
    void negativeDeadlineOfAStopIsRefusedBeforeTheStopBegins() {
        EventLoop loop = loops.started();
        assertThatIllegalArgumentException().isThrownBy(() -> loop.stop(NEGATIVE));
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void stopForEverWithAGraceForEverEndsWithTheForceThatComesLater() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(FOREVER));
        CountDownLatch never = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            never.await();
            return null;
        });
        LoopFuture<?> timer = loop.delay(FOREVER, () -> {});
        CompletableFuture<StopReport> patient = loop.stop(FOREVER);
        assertThat(loop.state()).isEqualTo(LoopState.DRAINING);
        StopReport report = get(loop.forceStop());
        assertThat(get(patient)).isEqualTo(report);
        assertThat(report.deadline()).isLessThan(Duration.ofDays(1));
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void timeoutOfACallMayBeAnyButNoneAndNegative() {
        EventLoop loop = loops.started();
        for (Duration timeout : List.of(Duration.ZERO, NEGATIVE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> loop.call("x").timeout(timeout))
                    .withMessage("'timeout' must be more than zero but was " + DurationText.of(timeout));
        }
        for (Duration timeout : List.of(LONGER_THAN_THE_CLOCK, FOREVER)) {
            assertThat(get(loop.call("x").timeout(timeout).next(() -> 1))).isEqualTo(1);
        }
        CountDownLatch never = new CountDownLatch(1);
        LoopFuture<?> soon = loop.call("x").timeout(Duration.ofNanos(1)).next(() -> {
            never.await();
            return null;
        });
        awaitDone(soon);
        assertThat(soon.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void futuresTakeAnyTimeAndUnit(long time) throws Exception {
        EventLoop loop = loops.started();
        CountDownLatch never = new CountDownLatch(1);
        for (TimeUnit unit : new TimeUnit[] {TimeUnit.NANOSECONDS, TimeUnit.DAYS}) {
            if (time == Long.MAX_VALUE) {
                assertThat(loop.next(() -> 1).orTimeout(time, unit).get(time, unit))
                        .isEqualTo(1);
                assertThat(get(loop.next(() -> 1).completeOnTimeout(2, time, unit)))
                        .isEqualTo(1);
            } else if (time <= 0 || unit == TimeUnit.NANOSECONDS) {
                LoopFuture<Integer> waits = loop.next(() -> {
                    never.await();
                    return 1;
                });
                assertThat(get(waits.completeOnTimeout(2, time, unit))).isEqualTo(2);
            }
        }
    }

    @Test
    void delayOfAnyLengthFallsDueInItsOrder() {
        EventLoop loop = loops.started();
        List<LoopFuture<Void>> far = Stream.of(LONGER_THAN_THE_CLOCK, FOREVER)
                .map(delay -> loop.delay(delay, () -> {}))
                .toList();
        for (Duration delay : List.of(NEGATIVE, Duration.ZERO, Duration.ofNanos(1))) {
            get(loop.delay(delay, () -> {}));
        }
        assertThat(far).allSatisfy(timer -> {
            assertThat(timer).isNotDone();
            assertThat(timer.cancel(false)).isTrue();
        });
    }

    /** The clock may be anywhere, also just before it overflows. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000, Long.MIN_VALUE, Long.MAX_VALUE / 2})
    void timersAndDeadlinesAreComparedRightWhereverTheClockIs(long clock) {
        ManualMachine machine = new ManualMachine();
        machine.clock = clock;
        LoopRun run = machine.running();
        run.threads.active(Thread.currentThread());
        LoopTimer far = run.submissions.delay(FOREVER, () -> {});
        LoopTimer soon = run.submissions.delay(Duration.ofNanos(2_000), () -> {});
        Timers timers = run.timers;
        run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        timers.drain(machine.clock + Machine.nanos(FOREVER));
        assertThat(timers.fireDue(10)).isZero();
        machine.clock += 2_000;
        assertThat(timers.fireDue(10)).isEqualTo(1);
        assertThat(soon).isDone();
        assertThat(far).isNotDone();
    }
}
