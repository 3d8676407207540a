package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The active lane at the end of a run; the thread of the test is that of the lane. */
class ActiveLaneTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final ActiveLane active = run.active;
    private final List<String> told = new ArrayList<>();

    private final class Entry implements Signal {
        private final String name;

        Entry(String name) {
            this.name = name;
        }

        @Override
        public void run() {
            told.add(name + " ran");
        }

        @Override
        public void abandon() {
            told.add(name + " abandoned");
        }
    }

    private void isOver() {
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
    }

    private void runToTheEnd() {
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
    }

    @Test
    void entryThatComesWhenNobodyTakesAnyMoreIsEnded() {
        isOver();
        assertThat(run.activeThread.takeOver()).isTrue();
        run.queue.post(new Entry("late"));
        assertThat(told).containsExactly("late abandoned");
        assertThat(run.queue.isClosed()).isTrue();
        assertThat(run.queue.isEmpty()).as("nobody would ever take it out").isTrue();
    }

    /** The concurrent watchdog takes over after the post and before the poster looks whether the queue is closed: both find the element. */
    private void takeOverWhileItIsPosted(Runnable post) {
        run.queue.parks(true);
        machine.onWakeUp = () -> {
            machine.onWakeUp = () -> {};
            isOver();
            assertThat(run.activeThread.takeOver()).isTrue();
        };
        post.run();
        List.copyOf(machine.started).forEach(Runnable::run);
    }

    @Test
    void failureThatTwoThreadsFindInAClosedQueueIsToldOnce() {
        Failure failure = new Failure(new IllegalStateException("x"), 1, null, Lane.ACTIVE, Duration.ZERO, null);
        takeOverWhileItIsPosted(() -> run.report(failure, null));
        assertThat(run.failures.reports().unhandled()).isEqualTo(1);
    }

    @Test
    void lateActionThatTwoThreadsFindInAClosedQueueRunsOnce() {
        run.late.giveWayTo(run.queue, run.current, 0);
        takeOverWhileItIsPosted(() -> run.late.run(() -> told.add("ran")));
        assertThat(told).containsExactly("ran");
    }

    @Test
    void entriesThatEndOneAnotherDoNotNest() {
        isOver();
        run.activeThread.takeOver();
        run.queue.post(new Signal() {
            @Override
            public void run() {
                throw new AssertionError("Nobody takes any more");
            }

            @Override
            public void abandon() {
                run.queue.post(new Entry("inner"));
                told.add("outer abandoned");
            }
        });
        assertThat(told).containsExactly("outer abandoned", "inner abandoned");
    }

    @Test
    void whatIsQueuedWhenTheWatchTakesOverIsEnded() {
        run.queue.post(new Entry("first"));
        run.queue.post(new Entry("second"));
        isOver();
        assertThat(run.activeThread.takeOver()).isTrue();
        assertThat(told).containsExactly("first abandoned", "second abandoned");
    }

    @Test
    void activeThreadStaysUntilTheStopHasEndedAllCallsAndRunsWhatComesMeanwhile() {
        isOver();
        run.queue.post(new Entry("first"));
        machine.onLongSleep.add(() -> run.queue.post(new Entry("second")));
        machine.onLongSleep.add(() -> {
            run.queue.post(new Entry("third"));
            run.state.reach(StopPhase.SWEPT);
        });
        runToTheEnd();
        assertThat(machine.isStuck()).isFalse();
        assertThat(told).containsExactly("first ran", "second ran", "third ran");
        assertThat(machine.onLongSleep).isEmpty();
        assertThat(run.queue.isClosed()).isTrue();
        assertThat(run.threads.active()).isNull();
    }

    @Test
    void whatIsQueuedWhenTheStopHasNoPatienceAnyMoreIsEndedInsteadOfRun() {
        isOver();
        run.state.reach(StopPhase.IMPATIENT);
        run.state.reach(StopPhase.SWEPT);
        run.queue.post(new Entry("one"));
        runToTheEnd();
        assertThat(told).containsExactly("one abandoned");
    }

    @Test
    void entryThatFailsAtTheEndKeepsNoOtherFromRunning() {
        isOver();
        run.state.reach(StopPhase.SWEPT);
        run.queue.post(new Signal() {
            @Override
            public void run() {
                throw new IllegalStateException("a defect");
            }

            @Override
            public void abandon() {
                told.add("abandoned");
            }
        });
        run.queue.post(new Entry("next"));
        runToTheEnd();
        assertThat(told).containsExactly("next ran");
    }

    @Test
    void timersAreStoppedWhenTheLoopIsOver() {
        LoopTimer timer = run.submissions.delay(Duration.ofHours(1), () -> {});
        isOver();
        run.state.reach(StopPhase.SWEPT);
        runToTheEnd();
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void flagOfAnInterruptDoesNotStayOnAThreadThatIsSomebodysOwn() {
        isOver();
        run.state.reach(StopPhase.SWEPT);
        Thread.currentThread().interrupt();
        runToTheEnd();
        assertThat(Thread.interrupted()).isFalse();
    }

    /** At each of its looks at the clock another one overtakes it, so also between its last look at the queue and its sleep. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void entryThatComesWhileTheActiveThreadFallsAsleepWakesIt(int look) {
        boolean[] forgotten = new boolean[1];
        int[] wakeUps = new int[1];
        run.submissions.delay(Duration.ofHours(1), () -> {}); // so that it looks at the clock there, too
        machine.onShortSleep.add(() -> {
            machine.onLook(look, () -> {
                wakeUps[0] = machine.wakeUps;
                run.queue.post(new Entry("one"));
            });
            run.queue.wake();
        });
        machine.onShortSleep.add(() -> {
            forgotten[0] = told.isEmpty() && machine.wakeUps == wakeUps[0];
            run.queue.wake(); // lest an hour passes
        });
        machine.onShortSleep.add(() -> {
            isOver();
            run.state.reach(StopPhase.SWEPT);
            run.queue.wake();
        });
        runToTheEnd();
        assertThat(told).containsExactly("one ran");
        assertThat(forgotten[0]).isFalse();
        assertThat(machine.isStuck()).isFalse();
    }

    @Test
    void activeThreadSleepsExactlyUntilItsNextTimer() {
        run.submissions.delay(Duration.ofMillis(20), () -> {
            told.add("timer");
            isOver();
            run.state.reach(StopPhase.SWEPT);
        });
        runToTheEnd();
        assertThat(machine.isStuck()).isFalse();
        assertThat(told).containsExactly("timer");
        assertThat(machine.sleeps).containsExactly(20_000_000L);
    }
}
