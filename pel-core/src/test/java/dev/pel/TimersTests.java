package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The timers of a loop whose active thread is that of the test. */
class TimersTests {
    private static final long MILLI = 1_000_000;

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final Timers timers = run.timers;
    private final List<String> ran = new ArrayList<>();

    @BeforeEach
    void thisThreadIsTheActiveOne() {
        run.threads.active(Thread.currentThread());
    }

    private LoopTimer delay(String name, long millis) {
        return run.submissions.delay(Duration.ofMillis(millis), () -> ran.add(name));
    }

    private static void onAnotherThread(Runnable code) throws InterruptedException {
        Thread other = new Thread(code);
        other.start();
        other.join();
    }

    @Test
    void timersFireWhenTheirTimeHasComeAndNotBefore() {
        delay("late", 20);
        delay("soon", 10);
        assertThat(timers.firstDue()).isEqualTo(machine.clock + 10 * MILLI);
        machine.clock += 10 * MILLI - 1;
        assertThat(timers.fireDue(10)).isZero();
        machine.clock++;
        assertThat(timers.fireDue(10)).isEqualTo(1);
        machine.clock += 10 * MILLI;
        assertThat(timers.fireDue(10)).isEqualTo(1);
        assertThat(ran).containsExactly("soon", "late");
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.hasNext()).isFalse();
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(2, 0, 2, 0, 0, 0, 0));
    }

    @Test
    void noMoreThanTheGivenNumberFires() {
        for (int i = 0; i < 5; i++) {
            delay("one", 0);
        }
        assertThat(timers.fireDue(3)).isEqualTo(3);
        assertThat(timers.fireDue(3)).isEqualTo(2);
        assertThat(ran).hasSize(5);
    }

    @Test
    void timerThatAnotherThreadCancelsWhenItIsAboutToFireDoesNot() throws InterruptedException {
        LoopTimer timer = delay("cancelled", 0);
        onAnotherThread(() -> assertThat(timer.cancel(false)).isTrue());
        assertThat(timers.hasNext()).as("the active thread has not heard of it").isTrue();
        assertThat(timers.fireDue(10)).isEqualTo(1);
        assertThat(ran).isEmpty();
        assertThat(timer.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(1, 0, 0, 1, 0, 0, 0));
    }

    @Test
    void timerThatHasEndedBeforeItIsRefusedIsCountedOnce() {
        LoopTimer tick = new LoopTimer(run, Duration.ZERO, () -> ran.add("never"), null);
        tick.cancel(false); // as the thread does that cancels a periodic timer whose next tick is about to be set
        run.state.overFromNowOn();
        timers.submit(tick);
        assertThat(tick.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(1, 0, 0, 1, 0, 0, 0));
    }

    @Test
    void timerThatTheActiveThreadCancelsIsForgottenAtOnce() {
        LoopTimer timer = delay("cancelled", 10);
        timer.cancel(false);
        assertThat(timers.hasNext()).isFalse();
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void timerThatIsCompletedDoesNotFire() {
        delay("completed", 0).complete(null);
        assertThat(timers.fireDue(10)).isZero();
        assertThat(ran).isEmpty();
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(1, 0, 0, 1, 0, 0, 0));
    }

    @Test
    void drainKeepsTheTimersThatFallDueInTimeAndStopsTheOthers() {
        LoopTimer inTime = delay("in time", 10);
        LoopTimer tooLate = delay("too late", 11);
        run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        timers.drain(machine.clock + 10 * MILLI);
        LoopTimer laterInTime = delay("later in time", 5);
        LoopTimer laterTooLate = delay("later too late", 15);
        assertThat(inTime).isNotDone();
        assertThat(laterInTime).isNotDone();
        assertThat(tooLate.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(laterTooLate.outcome()).isEqualTo(Outcome.STOPPED);
        machine.clock += 10 * MILLI;
        assertThat(timers.fireDue(10)).isEqualTo(2);
        assertThat(ran).containsExactly("later in time", "in time");
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(4, 0, 2, 0, 2, 0, 0));
    }

    @Test
    void timersOfALoopThatIsOverAreStoppedAndDoNotFire() {
        LoopTimer one = delay("one", 0);
        LoopTimer other = delay("other", 0);
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        assertThat(timers.fireDue(10)).isZero();
        timers.stopAll();
        assertThat(List.of(one.outcome(), other.outcome())).containsOnly(Outcome.STOPPED);
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.hasNext()).isFalse();
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(2, 0, 0, 0, 2, 0, 0));
    }

    @Test
    void timersOfALostActiveThreadAreStoppedByAnother() throws InterruptedException {
        LoopTimer timer = delay("lost", 10);
        onAnotherThread(timers::abandonAll);
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void timerForALoopThatIsOverIsRefused() {
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        LoopTimer timer = delay("refused", 10);
        assertThat(timer.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(timers.counters().stats()).isEqualTo(new LoopStats.TimerStats(1, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void timerOfAnotherThreadIsPutInByTheActiveOne() throws InterruptedException {
        onAnotherThread(() -> delay("other", 0));
        assertThat(timers.hasNext()).isFalse();
        assertThat(timers.isEmpty()).isFalse();
    }

    @Test
    void bodyOfATimerIsBookedAsAnEntryOfTheActiveLane() {
        delay("one", 0);
        timers.fireDue(1);
        assertThat(run.activeBooks.counters().accepted()).isEqualTo(1);
        assertThat(run.drainCheck().allEnded()).isTrue();
    }

    @Test
    void timerThatAnotherThreadCancelsIsForgottenWithTheNextTurn() {
        LoopTimer timer = run.submissions.delay(Duration.ofHours(1), () -> {});
        machine.onShortSleep.add(() -> {
            try {
                onAnotherThread(() -> timer.cancel(false));
            } catch (InterruptedException e) {
                throw new IllegalStateException("Nobody interrupts the test", e);
            }
        });
        machine.onLongSleep.add(() -> {
            ran.add("sleeps for ever");
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
        });
        run.activeThread.run();
        assertThat(ran).containsExactly("sleeps for ever");
        assertThat(machine.isStuck()).isFalse();
    }

    @Test
    void timerThatIsCancelledStaysSoAndOneThatHasFiredCannotBe() {
        LoopTimer cancelled = delay("cancelled", 10);
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(true)).isTrue();
        LoopTimer fired = delay("fired", 0);
        timers.fireDue(1);
        assertThat(fired.cancel(false)).isFalse();
        assertThat(ran).containsExactly("fired");
    }

    @Test
    void asManyTimersMayPendAsTheOptionsSay() {
        LoopRun small = machine.running(EventLoopOptions.defaults().withTimerCapacity(2));
        small.threads.active(Thread.currentThread());
        List<LoopTimer> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(small.submissions.delay(Duration.ofHours(1), () -> {}));
        }
        assertThat(all.get(1)).isNotDone();
        assertThat(all.get(2).outcome()).isEqualTo(Outcome.REJECTED);
        all.get(0).cancel(false);
        assertThat(small.submissions.delay(Duration.ofHours(1), () -> {})).isNotDone();
    }
}
