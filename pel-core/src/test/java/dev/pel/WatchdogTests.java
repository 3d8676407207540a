package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch, whose turns the test makes itself. */
class WatchdogTests {
    private static final long MILLI = 1_000_000;

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final Watchdog watchdog = run.watchdog;
    private final Deadlines deadlines = run.deadlines;
    private final long start = machine.clock;

    /** When, in milliseconds since the start. */
    private final List<Long> fired = new ArrayList<>();

    private Deadline arm(long millis) {
        return deadlines.arm(Duration.ofMillis(millis), () -> fired.add((machine.clock - start) / MILLI), null);
    }

    /** Lets the watch run; whenever it sleeps for ever the next of these happens, and at last the stop. */
    private void run(Runnable... steps) {
        machine.onLongSleep.addAll(List.of(steps));
        machine.onLongSleep.add(() -> run.stop(Duration.ZERO, true));
        watchdog.start();
        watchdog.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(machine.onLongSleep).isEmpty();
        assertThat(machine.onShortSleep).isEmpty();
    }

    @Test
    void deadlinesFireAtTheirTimeAndInTheirOrder() {
        arm(50);
        arm(20);
        arm(3);
        run();
        assertThat(fired).containsExactly(3L, 20L, 50L);
    }

    @Test
    void deadlineForWhichNoMemoryIsLeftIsDueAgainAfterAPause() {
        int[] tries = new int[1];
        deadlines.arm(
                Duration.ofMillis(20),
                () -> {
                    if (++tries[0] < 3) {
                        throw new OutOfMemoryError("of the test");
                    }
                    fired.add((machine.clock - start) / MILLI);
                },
                null);
        run();
        assertThat(tries[0]).isEqualTo(3);
        assertThat(fired).singleElement().satisfies(at -> assertThat(at).isGreaterThanOrEqualTo(40L));
        assertThat(log.with("caught what should not have reached it")).isNotEmpty();
    }

    @Test
    void deadlinesForWhichNoMemoryIsLeftDoNotHoldUpTheStop() {
        for (int i = 0; i < 200; i++) {
            deadlines.arm(
                    Duration.ofMillis(1),
                    () -> {
                        if (run.state() != LoopState.STOPPED) {
                            throw new OutOfMemoryError("of the test");
                        }
                        fired.add((machine.clock - start) / MILLI);
                    },
                    null);
        }
        run.stop(Duration.ZERO, true);
        watchdog.start();
        watchdog.run();
        assertThat(run.state()).isEqualTo(LoopState.STOPPED);
        assertThat(fired).hasSize(200);
    }

    @Test
    void deadlineThatFallsDueNowFiresAtOnce() {
        arm(0);
        run();
        assertThat(fired).containsExactly(0L);
    }

    @Test
    void watchOfAQuietLoopLooksForAWhileAndThenSleepsForEver() {
        run();
        assertThat(machine.sleeps).containsExactly(MILLI, MILLI, MILLI, MILLI, MILLI, MILLI, MILLI, 0L);
    }

    @Test
    void watchLooksFourTimesASecondAsLongAsAThreadIsAwake() {
        machine.hasUnseenWaits = true;
        LoopRun busy = machine.running(); // its active thread does not sleep
        for (int i = 0; i < 7 + 3; i++) {
            machine.onShortSleep.add(() -> {});
        }
        machine.onShortSleep.add(() -> busy.stop(Duration.ZERO, true));
        busy.watchdogThread.startBeating();
        busy.watchdog.start();
        busy.watchdog.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(machine.sleeps.subList(7, 10)).containsExactly(243 * MILLI, 250 * MILLI, 250 * MILLI);
    }

    @Test
    void watchIsWokenByTheFirstThreadThatWakesUpAndSleepsForEverWhenAllOfThemSleep() {
        machine.hasUnseenWaits = true;
        LoopRun idle = machine.running();
        idle.watchdog.start();
        int[] woken = new int[3];
        machine.onLongSleep.add(idle.watchdog::run); // meanwhile the active thread sleeps
        machine.onLongSleep.add(
                () -> { // and so does the watch
                    woken[0] = machine.wakeUps;
                    idle.watchdogThread.startBeating();
                    woken[1] = machine.wakeUps;
                    idle.watchdogThread.startBeating();
                    woken[2] = machine.wakeUps;
                });
        machine.onLongSleep.add(() -> idle.stop(Duration.ZERO, true));
        idle.threads.active(Thread.currentThread());
        idle.activeThread.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(woken[1] - woken[0]).isEqualTo(1);
        assertThat(woken[2] - woken[1]).isZero();
        assertThat(machine.sleeps).doesNotContain(WaitDetector.BEAT);
    }

    /** What the watchdog does before it sleeps may wait for a lock, and use up the unpark of a thread that wakes it meanwhile. */
    @Test
    void wakeUpThatComesBeforeTheWatchdogSleepsIsNotLost() {
        List<String> steps = new ArrayList<>();
        machine.onLongSleep.add(() -> steps.add("sleep"));
        machine.onLongSleep.add(() -> steps.add("last sleep"));
        TickingLane wakes = new TickingLane() {
            @Override
            public boolean wantsTicks() {
                return false;
            }

            @Override
            public boolean onTick() {
                return false;
            }

            @Override
            public long lookAtThreads() {
                if (steps.indexOf("sleep") == steps.size() - 2) { // the first turn after it
                    run.watchdogThread.wake();
                }
                return 0;
            }
        };
        new Watchdog(
                        run.watchdogThread,
                        run.defects,
                        deadlines,
                        run.clock,
                        new Watchdog.Duties(
                                List.of(wakes),
                                null,
                                () -> steps.add("turn"),
                                () -> false,
                                () -> false,
                                () -> steps.contains("last sleep") ? -1 : 0))
                .run();
        assertThat(steps).containsSubsequence("sleep", "turn", "turn", "last sleep");
    }

    @Test
    void watchSleepsExactlyUntilTheNextDeadline() {
        arm(1_000);
        run();
        assertThat(machine.sleeps).contains(993 * MILLI);
        assertThat(fired).containsExactly(1_000L);
    }

    @Test
    void disarmedDeadlineIsNoReasonToWakeUp() {
        deadlines.disarm(arm(1_000));
        run();
        assertThat(fired).isEmpty();
        assertThat(machine.sleeps).hasSize(8).containsOnly(MILLI, 0L);
    }

    @Test
    void thoseSetBeforeOnTheSameFutureAreDisarmedWithIt() {
        Deadline first = arm(1_000);
        Deadline second = deadlines.arm(Duration.ofMillis(2_000), () -> fired.add(-1L), first);
        deadlines.disarm(second);
        assertThat(first.isArmed()).isFalse();
        assertThat(second.isArmed()).isFalse();
    }

    @Test
    void manyDisarmedDeadlinesAreForgottenAndTheArmedOnesStay() {
        List<Deadline> vain = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            vain.add(arm(1_000 + i));
        }
        arm(5_000);
        machine.onShortSleep.add(() -> vain.forEach(deadlines::disarm)); // when the watch has taken them in
        run();
        assertThat(fired).containsExactly(5_000L);
        assertThat(machine.sleeps).contains(4_994 * MILLI);
    }

    @Test
    void watchIsWokenForEachSixtyFourthDeadlineThatIsDisarmedInItsHeap() {
        List<Deadline> vain = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            vain.add(arm(1_000));
        }
        List<Integer> woken = new ArrayList<>();
        machine.onShortSleep.add(
                () -> { // when the watch has taken them in
                    int before = machine.wakeUps;
                    vain.subList(0, 63).forEach(deadlines::disarm);
                    woken.add(machine.wakeUps - before);
                    deadlines.disarm(vain.get(63));
                    woken.add(machine.wakeUps - before);
                    vain.subList(0, 64).forEach(deadlines::disarm); // these are disarmed already
                    woken.add(machine.wakeUps - before);
                    vain.forEach(deadlines::disarm);
                    woken.add(machine.wakeUps - before);
                });
        run();
        assertThat(woken).containsExactly(0, 1, 1, 2);
    }

    @Test
    void deadlinesArmedAndDisarmedByTheMillionDoNotPileUpWhileTheWatchIsBusy() {
        for (int i = 0; i < 1_000_000; i++) {
            deadlines.disarm(arm(1_000));
        }
        assertThat(deadlines.held()).isLessThan(200);
        run();
        assertThat(fired).isEmpty();
    }

    @Test
    void deadlinesDisarmedLaterThanTheNextOnesAreArmedDoNotPileUpEither() {
        List<Deadline> armed = new ArrayList<>();
        for (int round = 0; round < 100; round++) {
            armed.forEach(deadlines::disarm);
            armed.clear();
            for (int i = 0; i < 1_000; i++) {
                armed.add(arm(1_000 + i));
            }
            assertThat(deadlines.held()).isLessThan(3_200);
        }
        run();
        assertThat(fired).hasSize(1_000);
    }

    /** Otherwise the count of the dead ones would rise for ever, and with it the watch would look through all at every turn. */
    @Test
    void deadlinesThatTheWatchHasLetGoOfAreNotCountedAsDead() {
        int[] woken = new int[2];
        Runnable armInVain = () -> {
            Deadline soon = arm(1);
            machine.onShortSleep.add(() -> deadlines.disarm(soon));
        };
        List<Runnable> steps = new ArrayList<>();
        steps.add(() -> woken[0] = machine.wakeUps);
        for (int i = 0; i < 70; i++) {
            steps.add(armInVain); // taken in, disarmed, and let go of when it would have been due
            steps.add(() -> deadlines.disarm(arm(1))); // never taken in
        }
        steps.add(() -> woken[1] = machine.wakeUps);
        run(steps.toArray(Runnable[]::new));
        assertThat(fired).isEmpty();
        assertThat(woken[1] - woken[0])
                .as("each time it was armed, and never more")
                .isEqualTo(140);
    }

    @Test
    void earlierDeadlineWakesTheSleepingWatchAndALaterOneDoesNot() {
        int[] woken = new int[4];
        run(() -> {
            woken[0] = machine.wakeUps;
            arm(1_000);
            woken[1] = machine.wakeUps;
            machine.onShortSleep.add(() -> {
                arm(2_000);
                woken[2] = machine.wakeUps;
                arm(500);
                woken[3] = machine.wakeUps;
            });
        });
        assertThat(woken[1] - woken[0]).as("from a sleep without end").isEqualTo(1);
        assertThat(woken[2] - woken[1]).as("later than it wakes by itself").isZero();
        assertThat(woken[3] - woken[2]).as("earlier than it wakes by itself").isEqualTo(1);
        assertThat(fired).containsExactly(507L, 1_007L, 2_007L);
    }

    /** A sleep of no time at all would be one without end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void deadlineThatFallsDueWhileTheWatchFallsAsleepFires(int look) {
        List<Integer> seen = new ArrayList<>();
        run(
                () -> {
                    arm(20);
                    machine.onLook(look, () -> machine.clock += 20 * MILLI);
                },
                () -> seen.add(fired.size()));
        assertThat(seen).containsExactly(1);
    }

    @Test
    void deadlineThatIsArmedWhileTheWatchFallsAsleepFires() {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            machine.onShortSleep.add(() -> {});
        }
        // due after the end of this sleep, so that arming it does not wake the watch
        machine.onShortSleep.add(() -> machine.onLook(1, () -> arm(50)));
        run(() -> seen.add(fired.size()));
        assertThat(seen).containsExactly(1);
    }

    @Test
    void watchIsAThreadOfItsOwn() {
        assertThat(run.watchdogThread.isCurrent()).isFalse();
        watchdog.start();
        assertThat(machine.started).containsExactly(watchdog);
        assertThat(run.watchdogThread.isCurrent())
                .as("the machine gives this one")
                .isTrue();
    }

    @Test
    void markThatIsRaisedWakesTheSleepingWatchOnce() {
        int[] woken = new int[3];
        run(
                () -> {
                    woken[0] = machine.wakeUps;
                    run.pool(Lane.PASSIVE).flood().keep();
                    woken[1] = machine.wakeUps;
                    run.pool(Lane.PASSIVE).flood().keep();
                    woken[2] = machine.wakeUps;
                },
                () -> {});
        assertThat(woken[1]).isEqualTo(woken[0] + 1);
        assertThat(woken[2]).isEqualTo(woken[1]);
    }

    @Test
    void watchThatTicksIsNotWokenByAMark() {
        int[] woken = new int[2];
        machine.onShortSleep.add(() -> {
            woken[0] = machine.wakeUps;
            run.pool(Lane.PASSIVE).flood().keep();
            woken[1] = machine.wakeUps;
        });
        run();
        assertThat(woken[1]).isEqualTo(woken[0]);
    }

    @Test
    void watchTicksOnWhileAMarkIsUp() {
        machine.onShortSleep.add(() -> run.pool(Lane.PASSIVE).flood().keep());
        run();
        assertThat(machine.sleeps).hasSizeGreaterThan(16).containsOnly(MILLI, 0L);
    }

    @Test
    void timeIsThatOfTheLastTickWhileTheWatchTicksAndElseThatOfTheMachine() {
        long[] late = new long[2];
        assertThat(run.clock.time()).isEqualTo(machine.clock);
        machine.onShortSleep.add(() -> {
            machine.clock += 3;
            late[0] = machine.clock - run.clock.time();
            assertThat(run.clock.isTicking()).isTrue();
        });
        run(() -> {
            machine.clock += 5;
            late[1] = machine.clock - run.clock.time();
            assertThat(run.clock.isTicking()).isFalse();
        });
        assertThat(late).containsExactly(3, 0);
    }

    @Test
    void flagOfAnInterruptDoesNotStayOnTheWatch() {
        Thread.currentThread().interrupt();
        run();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void actionThatFailsDoesNotEndTheWatch() {
        deadlines.arm(
                Duration.ofMillis(20),
                () -> {
                    throw new IllegalStateException("x");
                },
                null);
        arm(30);
        run();
        assertThat(fired).containsExactly(30L);
    }

    @Test
    void deadlinesThatAreSetConcurrentlyAreAllDisarmedWhenTheFutureEnds() {
        LoopFuture<String> future = new LoopFuture<>(run);
        // while one is being armed, which looks at the clock, another one comes
        machine.onLook(1, () -> future.endAfter(Duration.ofMillis(2_000), () -> fired.add(2L)));
        future.endAfter(Duration.ofMillis(1_000), () -> fired.add(1L));
        future.complete("done");
        run();
        assertThat(fired).isEmpty();
    }

    @Test
    void listenerThatHoldsTheWatchUpIsSaidInTheLog() {
        LoopRun listened = machine.running(EventLoopOptions.defaults().withListener(new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                machine.clock += outcome == Outcome.TIMED_OUT ? 600 * MILLI : 0;
            }
        }));
        listened.submissions.submit(Lane.WORK, (Task) () -> {}, null, null, Duration.ofMillis(10));
        machine.onLongSleep.add(() -> listened.stop(Duration.ZERO, true));
        listened.watchdog.start();
        listened.watchdog.run();
        assertThat(log.with("was held up while it ended a call")).hasSize(1);
        assertThat(log.tracesOf("was held up")).isEqualTo(1);
    }
}
