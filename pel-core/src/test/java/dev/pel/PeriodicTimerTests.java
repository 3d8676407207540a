package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a periodic timer runs: on a loop whose active thread is that of the test, and whose time passes where the test says so. */
class PeriodicTimerTests {
    private static final long MILLI = 1_000_000;

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final long began = machine.clock;

    /** The instants at which runs began, in milliseconds. */
    private final List<Long> begins = new ArrayList<>();

    @BeforeEach
    void thisThreadIsTheActiveOne() {
        run.threads.active(Thread.currentThread());
    }

    private PeriodicTimer every(long millis, UnaryOperator<Rhythm> change, Task body) {
        return run.submissions.every(change.apply(Rhythm.every(Duration.ofMillis(millis))), null, () -> {
            begins.add((machine.clock - began) / MILLI);
            body.run();
        });
    }

    /** A body that takes so long at its first run, and no time later. */
    private Task longFirst(long millis) {
        return () -> machine.clock += begins.size() == 1 ? millis * MILLI : 0;
    }

    /** Lets time pass up to an instant, from one timer to the next. */
    private void until(long millis) {
        long end = began + millis * MILLI;
        while (run.timers.hasNext() && run.timers.firstDue() - end <= 0) {
            machine.clock = Math.max(machine.clock, run.timers.firstDue());
            run.timers.fireDue(1);
        }
        machine.clock = Math.max(machine.clock, end);
    }

    // ------------------------------------------------------------------ the grid

    @Test
    void firstRunComesAfterTheInterval() {
        every(100, rhythm -> rhythm, () -> {});
        until(350);
        assertThat(begins).containsExactly(100L, 200L, 300L);
    }

    @Test
    void firstRunComesAfterItsOwnDelay() {
        every(100, rhythm -> rhythm.first(Duration.ofMillis(30)), () -> {});
        until(250);
        assertThat(begins).containsExactly(30L, 130L, 230L);
    }

    @Test
    void firstRunWithoutADelayComesInALaterTurn() {
        every(100, rhythm -> rhythm.first(Duration.ZERO), () -> {});
        assertThat(begins).isEmpty();
        until(100);
        assertThat(begins).containsExactly(0L, 100L);
    }

    @Test
    void missedTicksAreMadeUpForByOneRunAndTheNextIsOnTheGrid() {
        PeriodicTimer timer = every(100, rhythm -> rhythm, longFirst(550));
        until(900);
        assertThat(begins).containsExactly(100L, 650L, 700L, 800L, 900L);
        assertThat(timer.missed()).isEqualTo(4);
        assertThat(run.timers.counters().stats().missed()).isEqualTo(4);
        assertThat(timer.runs()).isEqualTo(5);
    }

    @Test
    void missedTicksAreCaughtUpWith() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.missed(MissedTicks.CATCH_UP), longFirst(550));
        until(900);
        assertThat(begins).containsExactly(100L, 650L, 650L, 650L, 650L, 650L, 700L, 800L, 900L);
        assertThat(timer.missed()).isZero();
    }

    @Test
    void withAFixedDelayTheIntervalBeginsAtTheEndOfARun() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.missed(MissedTicks.FIXED_DELAY), longFirst(550));
        until(1_000);
        assertThat(begins).containsExactly(100L, 750L, 850L, 950L);
        assertThat(timer.missed()).isZero();
    }

    @Test
    void tenThousandTicksAreOnTheGridToTheNanosecond() {
        List<Long> times = new ArrayList<>();
        every(1, rhythm -> rhythm, () -> {
            times.add(machine.clock - began);
            machine.clock += 300_000;
        });
        until(10_000);
        assertThat(times)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 10_000)
                        .mapToObj(tick -> tick * MILLI)
                        .toList());
    }

    // ------------------------------------------------------------------ the end

    @Test
    void itEndsAfterExactlyAsManyRunsAsItIsToHave() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.times(3), () -> {});
        until(250);
        assertThat(timer).isNotDone();
        until(1_000);
        assertThat(begins).containsExactly(100L, 200L, 300L);
        assertThat(timer.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(run.timers.isEmpty()).isTrue();
    }

    @Test
    void itEndsWhenItIsCancelledFromInside() {
        List<PeriodicTimer> self = new ArrayList<>();
        self.add(every(100, rhythm -> rhythm, () -> {
            if (begins.size() == 2) {
                self.get(0).cancel(false);
            }
        }));
        until(1_000);
        assertThat(begins).containsExactly(100L, 200L);
        assertThat(self.get(0).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(run.timers.held()).isZero();
    }

    @Test
    void cancelledBetweenTwoRunsItLeavesNothingBehind() {
        PeriodicTimer timer = every(100, rhythm -> rhythm, () -> {});
        until(150);
        timer.cancel(true);
        assertThat(run.timers.isEmpty()).isTrue();
        assertThat(run.timers.held()).isZero();
        until(1_000);
        assertThat(begins).containsExactly(100L);
    }

    @Test
    void oneThatIsCancelledWhenItHasFallenDueDoesNotRun() {
        PeriodicTimer[] timer = new PeriodicTimer[1];
        run.submissions.delay(Duration.ofMillis(100), () -> timer[0].cancel(false));
        timer[0] = every(100, rhythm -> rhythm, () -> {});
        until(500);
        assertThat(begins).isEmpty();
    }

    @Test
    void failedRunIsFollowedByTheNext() {
        PeriodicTimer timer = every(100, rhythm -> rhythm, () -> {
            throw new IllegalStateException("run " + begins.size());
        });
        until(300);
        assertThat(begins).containsExactly(100L, 200L, 300L);
        assertThat(timer.failures()).isEqualTo(3);
        assertThat(timer).isNotDone();
    }

    @Test
    void errorInARunIsFollowedByTheNext() {
        every(100, rhythm -> rhythm, () -> {
            throw new StackOverflowError("planted");
        });
        until(300);
        assertThat(begins).containsExactly(100L, 200L, 300L);
    }

    @Test
    void itEndsAfterSoManyFailuresInARow() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.endAfterFailures(2), () -> {
            if (begins.size() != 2) {
                throw new IllegalStateException("run " + begins.size());
            }
        });
        until(1_000);
        assertThat(begins).as("the second run succeeds").containsExactly(100L, 200L, 300L, 400L);
        assertThat(timer.outcome()).isEqualTo(Outcome.FAILED);
        assertThatThrownBy(timer::join)
                .hasMessageContaining("has ended after 2 failures in a row")
                .hasRootCauseMessage("run 4");
    }

    @Test
    void itMayEndAfterTheFirstFailure() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.endAfterFailures(1), () -> {
            throw new IllegalStateException("planted");
        });
        until(1_000);
        assertThat(begins).containsExactly(100L);
        assertThatThrownBy(timer::join)
                .hasMessageContaining("has ended after 1 failure, which is the cause")
                .hasRootCauseMessage("planted");
    }

    @Test
    void lastRunThatFailsEndsItAsOneThatHasHadAllItsRuns() {
        PeriodicTimer timer = every(100, rhythm -> rhythm.times(1), () -> {
            throw new IllegalStateException("planted");
        });
        until(1_000);
        assertThat(timer.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    // ------------------------------------------------------------------ places and stops

    @Test
    void itKeepsItsPlaceWhileItRuns() {
        LoopRun one = machine.running(EventLoopOptions.defaults().withTimerCapacity(1));
        one.threads.active(Thread.currentThread());
        PeriodicTimer timer = one.submissions.every(
                Rhythm.every(Duration.ofMillis(100)), null, () -> one.submissions.delay(Duration.ofDays(1), () -> {}));
        for (int i = 0; i < 3; i++) {
            machine.clock += 100 * MILLI;
            one.timers.fireDue(1);
        }
        assertThat(timer).isNotDone();
        assertThat(timer.runs()).isEqualTo(3);
    }

    @Test
    void oneTooManyIsRejected() {
        LoopRun one = machine.running(EventLoopOptions.defaults().withTimerCapacity(1));
        one.threads.active(Thread.currentThread());
        one.submissions.delay(Duration.ofDays(1), () -> {});
        PeriodicTimer timer = one.submissions.every(Rhythm.every(Duration.ofMillis(100)), null, () -> {});
        assertThat(timer.outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void drainEndsItBeforeItsNextRunAndCountsNothingAsLost() {
        PeriodicTimer timer = every(100, rhythm -> rhythm, () -> {});
        run.timers.drain(machine.clock + 1_000 * MILLI);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(run.timers.isEmpty()).isTrue();
        assertThat(run.timers.counters().cutOff()).isZero();
    }

    @Test
    void failureOfARunNamesTheTimer() {
        List<Failure> failures = new ArrayList<>();
        LoopRun named = machine.running(EventLoopOptions.defaults().withErrorHandler(failures::add));
        named.threads.active(Thread.currentThread());
        CallDetails details = CallDetails.repeated("refresh", named.callSites.takeInAnyCase(0));
        PeriodicTimer.ofBody(named, named.timers, Rhythm.every(Duration.ofMillis(100)), details, () -> {
            throw new IllegalStateException("planted");
        });
        machine.clock += 100 * MILLI;
        named.timers.fireDue(1);
        named.failures.endOfTurn();
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.label()).isEqualTo("refresh");
            assertThat(failure.submissionSite().getMethodName()).isEqualTo("failureOfARunNamesTheTimer");
        });
    }
}
