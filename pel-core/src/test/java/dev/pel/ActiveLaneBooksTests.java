package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the active lane counts and tells of what runs there. The thread of the test submits while it sleeps as the active one. */
class ActiveLaneBooksTests {
    private final ManualMachine machine = new ManualMachine();
    private final Recorder recorder = new Recorder();
    private final List<String> told = recorder.told;
    private final List<Failure> unhandled = new ArrayList<>();
    private final LoopRun run = machine.running(EventLoopOptions.defaults()
            .withActive(lane -> lane.withCapacity(4).withWaterMarks(75, 25))
            .withErrorHandler(unhandled::add)
            .withListener(recorder));
    private final ActiveLane active = run.active;

    private LoopFuture<Void> submit(Task body) {
        return run.submissions.submit(Lane.ACTIVE, body, null, null, null);
    }

    private void submit(int calls) {
        for (int i = 0; i < calls; i++) {
            submit(() -> {});
        }
    }

    private LaneStats stats() {
        return active.stats(null, machine.clock);
    }

    /** Runs the active thread, which sleeps before each step, and then ends it. */
    private void play(Runnable... steps) {
        List<Throwable> failures = new ArrayList<>();
        for (Runnable step : steps) {
            machine.onLongSleep.add(() -> {
                try {
                    step.run();
                } catch (Throwable e) {
                    failures.add(e); // the active thread would survive it
                }
            });
        }
        machine.onLongSleep.add(() -> run.state.change(LoopState.RUNNING, LoopState.STOPPING));
        machine.onLongSleep.add(() -> run.state.reach(StopPhase.SWEPT));
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        assertThat(failures).isEmpty();
        assertThat(machine.isStuck()).isFalse();
    }

    // ------------------------------------------------------------------ how an entry ends

    @Test
    void bodyThatHasRunIsToldWithBothItsTimes() {
        List<Object> seen = new ArrayList<>();
        List<LoopFuture<Void>> handle = new ArrayList<>();
        play(() -> {
            handle.add(submit(() -> {
                seen.add(run.current.call());
                seen.add(stats().running());
                machine.clock += 300;
            }));
            machine.clock += 500;
        });
        assertThat(seen).containsExactly(handle.get(0), 1);
        assertThat(told).containsExactly("queued", "started after 500", "SUCCEEDED after 500 and 300");
        assertThat(stats().outcomes()).containsEntry(Outcome.SUCCEEDED, 1L);
        assertThat(run.current.call()).isNull();
    }

    @Test
    void bodyThatTakesNoTimeHasRunAllTheSame() {
        play(() -> submit(1));
        assertThat(told).endsWith("SUCCEEDED after 0 and 1");
    }

    @Test
    void nextBodyBeginsWhereTheOneBeforeEndsUnlessItCameLater() {
        play(() -> {
            submit(() -> machine.clock += 300);
            submit(() -> {
                machine.clock += 40;
                recorder.onEnd = () -> {
                    recorder.onEnd = () -> {};
                    machine.clock += 7;
                    submit(() -> machine.clock += 2);
                };
            });
        });
        assertThat(told)
                .containsExactly(
                        "queued",
                        "queued",
                        "started after 0",
                        "SUCCEEDED after 0 and 300",
                        "started after 300",
                        "SUCCEEDED after 300 and 40",
                        "queued",
                        "started after 0",
                        "SUCCEEDED after 0 and 2");
    }

    @Test
    void bodyThatFailsIsToldAsFailed() {
        play(() -> submit(() -> {
            throw new IllegalStateException("x");
        }));
        assertThat(told).endsWith("FAILED after 0 and 1", "unhandled after 0");
        assertThat(stats().outcomes()).containsEntry(Outcome.FAILED, 1L);
        assertThat(unhandled).hasSize(1);
    }

    @Test
    void bodyThatIsCancelledWhileItWaitsIsToldWithItsTimeInTheQueue() {
        play(() -> {
            LoopFuture<Void> handle = submit(() -> {});
            machine.clock += 500;
            handle.cancel(true);
        });
        assertThat(told).containsExactly("queued", "CANCELLED after 500 and 0");
        assertThat(stats().queued()).isZero();
        assertThat(stats().running()).isZero();
    }

    @Test
    void bodyThatIsCancelledWhileItRunsIsAbandonedUntilItComesBack() {
        List<LaneStats> inside = new ArrayList<>();
        List<LoopFuture<Void>> handle = new ArrayList<>();
        play(() -> {
            handle.add(submit(() -> {
                machine.clock += 300;
                handle.get(0).cancel(false);
                inside.add(stats());
                machine.clock += 4_000;
            }));
            machine.clock += 500;
        });
        assertThat(told).containsExactly("queued", "started after 500", "CANCELLED after 500 and 300");
        assertThat(inside.get(0).running()).isZero();
        assertThat(inside.get(0).abandoned()).isEqualTo(1);
        assertThat(stats().abandoned()).isZero();
        assertThat(stats().late()).isEqualTo(1);
    }

    @Test
    void abandonedBodyThatFailsIsLateAndTold() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        play(() -> handle.add(submit(() -> {
            handle.get(0).cancel(false);
            throw new IllegalStateException("late");
        })));
        assertThat(stats().abandoned()).isZero();
        assertThat(stats().late()).isEqualTo(1);
        assertThat(unhandled).extracting(Failure::late).containsExactly(true);
    }

    @Test
    void dependentIsToldLikeABody() {
        LoopFuture<String> source = new LoopFuture<>(run);
        source.complete("x");
        play(() -> {
            source.thenAccept(x -> machine.clock += 20);
            machine.clock += 40;
        });
        assertThat(told).containsExactly("queued", "started after 40", "SUCCEEDED after 40 and 20");
    }

    @Test
    void callWithABodyIsToldOnceInEachLane() {
        PoolLane passive = run.pool(Lane.PASSIVE);
        Worker worker = new Worker(passive, run, run.workers, 1, 1);
        Task operation = () -> machine.clock += 300;
        Task body = () -> machine.clock += 20;
        run.submissions.submit(Lane.PASSIVE, operation, body, null, null);
        Call<?> call = passive.queue().poll();
        assertThat(call).isNotNull();
        worker.run(call, passive);
        play(() -> {});
        assertThat(told)
                .containsExactly(
                        "queued",
                        "started after 0",
                        "queued",
                        "SUCCEEDED after 0 and 300",
                        "started after 0",
                        "SUCCEEDED after 0 and 20");
    }

    @Test
    void timerIsToldWithTheTimeThatItIsLate() {
        machine.onShortSleep.add(() -> machine.clock += 50);
        play(() -> run.submissions.delay(Duration.ofNanos(1_000), () -> machine.clock += 20));
        assertThat(told).endsWith("started after 50", "SUCCEEDED after 50 and 20");
    }

    @Test
    void cancelOfABodyThatRunsTellsTheDrain() {
        List<LoopFuture<Void>> handle = new ArrayList<>();
        int[] nudges = new int[1];
        play(() -> handle.add(submit(() -> {
            run.stop(Duration.ofSeconds(20), false);
            run.state.change(LoopState.RUNNING, LoopState.DRAINING);
            int before = machine.wakeUps;
            handle.get(0).cancel(false);
            nudges[0] = machine.wakeUps - before;
            run.state.change(LoopState.DRAINING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
        })));
        assertThat(nudges[0]).isPositive();
    }

    @Test
    void commandIsToldLikeABody() {
        List<Long> ids = new ArrayList<>();
        play(() -> {
            run.submissions.execute(Lane.ACTIVE, () -> {
                CallInfo current = run.current.call();
                assertThat(current.label()).isNull();
                ids.add(current.id());
                ids.add(current.id());
                machine.clock += 20;
            });
            machine.clock += 40;
        });
        assertThat(told).containsExactly("queued", "started after 40", "SUCCEEDED after 40 and 20");
        assertThat(ids).hasSize(2);
        assertThat(ids.get(0)).isPositive().isEqualTo(ids.get(1));
        assertThat(run.current.call()).isNull();
    }

    @Test
    void commandThatFailsIsReportedWithItsAge() {
        play(() -> {
            run.submissions.execute(Lane.ACTIVE, () -> {
                machine.clock += 20;
                throw new IllegalStateException("x");
            });
            machine.clock += 40;
        });
        assertThat(told).contains("unhandled after 60");
        assertThat(stats().outcomes()).containsEntry(Outcome.FAILED, 1L);
        assertThat(unhandled).hasSize(1);
        assertThat(unhandled.get(0).age()).isEqualTo(Duration.ofNanos(60));
    }

    @Test
    void commandInALaneThatIsTakenOverIsStopped() {
        run.submissions.execute(Lane.ACTIVE, () -> {});
        machine.clock += 40;
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        run.activeThread.takeOver();
        assertThat(told).containsExactly("queued", "STOPPED after 40 and 0");
        assertThat(stats().queued()).isZero();
        assertThat(stats().outcomes()).containsEntry(Outcome.STOPPED, 1L);
    }

    // ------------------------------------------------------------------ room

    @Test
    void fullLaneCountsWhatItRefuses() {
        submit(3);
        assertThat(run.activeBooks.isFull()).isFalse();
        assertThat(run.activeBooks.hasNoRoom()).isFalse();
        submit(1);
        assertThat(run.activeBooks.isFull()).isTrue();
        assertThat(run.activeBooks.hasNoRoom()).isTrue();
        assertThat(submit(() -> {}).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 1L);
        assertThatThrownBy(() -> run.submissions.execute(Lane.ACTIVE, () -> {}))
                .isInstanceOf(CallRejectedException.class);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 2L);
        assertThat(told).endsWith("rejected", "rejected");
    }

    @Test
    void callIsRefusedWhenItsBodyWouldFindNoRoom() {
        submit(4);
        LoopFuture<Void> refused = run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 1L);
    }

    @Test
    void dependentOfADoneHandleIsQueuedByAFullLaneToo() {
        LoopFuture<String> source = new LoopFuture<>(run);
        source.complete("x");
        submit(4);
        assertThat(source.thenAccept(x -> {}).outcome()).isNull();
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 0L);
        assertThat(stats().queued()).isEqualTo(5);
    }

    @Test
    void loopThatIsOverCountsWhatItRefuses() {
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        submit(1);
        assertThat(stats().outcomes()).containsEntry(Outcome.REJECTED, 1L);
        assertThatThrownBy(() -> run.submissions.execute(Lane.ACTIVE, () -> {}))
                .isInstanceOf(CallRejectedException.class);
        assertThat(told).containsExactly("rejected", "rejected");
    }

    @Test
    void laneTellsOnceWhenItFillsAndOnceWhenItEmpties() {
        play(() -> submit(4));
        assertThat(told.stream().filter(event -> event.contains(" at "))).containsExactly("high at 3", "low at 1");
    }

    @Test
    void dependentsFillTheLaneAsOthersDo() {
        LoopFuture<String> source = new LoopFuture<>(run);
        for (int i = 0; i < 3; i++) {
            source.thenAccept(x -> {});
        }
        source.complete("x");
        assertThat(told).endsWith("queued", "high at 3");
    }

    @Test
    void laneThatIsTakenOverIsEmptiedAndItsTimersEnd() {
        submit(4);
        LoopTimer timer = run.submissions.delay(Duration.ofHours(1), () -> {});
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        assertThat(run.activeThread.takeOver()).isTrue();
        assertThat(told.stream().filter(event -> event.contains(" at "))).containsExactly("high at 3", "low at 1");
        assertThat(timer.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(isEmpty()).isTrue();
    }

    private boolean isEmpty() {
        return run.activeBooks.isEmpty() && run.timers.isEmpty();
    }

    // ------------------------------------------------------------------ what waits

    @Test
    void oldestWaitIsThatOfACall() {
        assertThat(stats().oldestWait()).isZero();
        submit(1);
        machine.clock += 30;
        submit(1);
        assertThat(stats().oldestWait()).isEqualTo(Duration.ofNanos(30));
    }

    @Test
    void oldestWaitIsThatOfADependent() {
        LoopFuture<String> source = new LoopFuture<>(run);
        source.thenAccept(x -> {});
        machine.clock += 1_000;
        source.complete("x");
        machine.clock += 30;
        assertThat(stats().oldestWait()).isEqualTo(Duration.ofNanos(30));
    }

    @Test
    void oldestWaitIsThatOfACommand() {
        run.submissions.execute(Lane.ACTIVE, () -> {});
        machine.clock += 30;
        assertThat(stats().oldestWait()).isEqualTo(Duration.ofNanos(30));
    }

    @Test
    void laneWithAQueuedEntryOrATimerIsNotEmpty() {
        assertThat(isEmpty()).isTrue();
        LoopTimer timer = run.submissions.delay(Duration.ofHours(1), () -> {});
        assertThat(isEmpty()).isFalse();
        timer.cancel(false);
        assertThat(isEmpty()).isTrue();
        submit(1);
        assertThat(isEmpty()).isFalse();
    }

    // ------------------------------------------------------------------ the thread

    @Test
    void entryWakesTheActiveThreadOnlyWhenItSleeps() {
        List<Integer> wakeUps = new ArrayList<>();
        play(() -> {
            submit(() -> {
                submit(1);
                wakeUps.add(machine.wakeUps);
            });
            submit(1);
            wakeUps.add(machine.wakeUps);
        });
        assertThat(wakeUps).containsExactly(1, 1);
    }

    @Test
    void loopIsFloodedAfterAFullTurnUntilSomebodyHasAsked() {
        List<Boolean> flooded = new ArrayList<>();
        Signal[] again = new Signal[1];
        int[] left = {1_000};
        again[0] = new Signal() {
            @Override
            public void run() {
                if (--left[0] > 0) {
                    run.queue.post(this);
                }
            }

            @Override
            public void abandon() {}
        };
        play(
                () -> {
                    flooded.add(run.activeThread.onTick());
                    run.queue.post(again[0]);
                },
                () -> {
                    flooded.add(run.activeThread.wantsTicks());
                    flooded.add(run.activeThread.onTick());
                    flooded.add(run.activeThread.wantsTicks());
                    flooded.add(run.activeThread.onTick());
                });
        assertThat(flooded).containsExactly(false, true, true, false, false);
    }

    @Test
    void activeThreadIsIdleOnlyWhileItSleepsBeforeAnEmptyQueue() {
        List<Boolean> idle = new ArrayList<>();
        play(() -> {
            idle.add(run.queue.isIdle());
            submit(() -> idle.add(run.queue.isIdle()));
            idle.add(run.queue.isIdle());
        });
        assertThat(idle).containsExactly(true, false, false);
    }

    // ------------------------------------------------------------------ the end

    /** Lets the loop be over, and something happen before the stop has ended all calls. */
    private void endWith(Runnable... steps) {
        machine.onLongSleep.add(() -> run.state.change(LoopState.RUNNING, LoopState.STOPPING));
        Collections.addAll(machine.onLongSleep, steps);
        machine.onLongSleep.add(() -> run.state.reach(StopPhase.SWEPT));
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        assertThat(machine.isStuck()).isFalse();
    }

    @Test
    void endOfTheLoopStopsTimersAtOnce() {
        List<Object> seen = new ArrayList<>();
        List<LoopTimer> timers = new ArrayList<>();
        machine.onLongSleep.add(() -> timers.add(run.submissions.delay(Duration.ofHours(1), () -> {})));
        machine.onShortSleep.add(() -> {
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.queue.wake();
        });
        machine.onLongSleep.add(() -> seen.add(timers.get(0).outcome()));
        machine.onLongSleep.add(() -> run.state.reach(StopPhase.SWEPT));
        run.threads.active(Thread.currentThread());
        run.activeThread.run();
        assertThat(seen).containsExactly(Outcome.STOPPED);
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void failureOfADependentAtTheEndIsReportedAtOnce() {
        List<Integer> seen = new ArrayList<>();
        LoopFuture<String> source = new LoopFuture<>(run);
        source.thenAccept(x -> {
            throw new IllegalStateException("x");
        });
        endWith(() -> source.complete("x"), () -> seen.add(unhandled.size()));
        assertThat(seen).containsExactly(1);
    }

    @Test
    void dependentAtTheEndWakesTheActiveThreadOnlyWhenItSleeps() {
        List<Integer> wakeUps = new ArrayList<>();
        LoopFuture<String> first = new LoopFuture<>(run);
        LoopFuture<String> second = new LoopFuture<>(run);
        first.thenAccept(x -> {
            int before = machine.wakeUps;
            second.complete("y");
            wakeUps.add(machine.wakeUps - before);
        });
        second.thenAccept(y -> wakeUps.add(0));
        endWith(() -> {
            int before = machine.wakeUps;
            first.complete("x");
            wakeUps.add(machine.wakeUps - before);
        });
        assertThat(wakeUps).containsExactly(1, 0, 0);
    }

    @Test
    void timerThatSubmitsWakesNobody() {
        List<Integer> wakeUps = new ArrayList<>();
        play(() -> run.submissions.delay(Duration.ofNanos(1_000), () -> {
            submit(1);
            wakeUps.add(machine.wakeUps);
        }));
        assertThat(wakeUps).containsExactly(0);
    }

    @Test
    void stopEndsTheBodyThatRunsAndInterruptsIt() {
        List<Object> seen = new ArrayList<>();
        List<LoopFuture<Void>> handle = new ArrayList<>();
        play(() -> handle.add(submit(() -> {
            active.stopRunning();
            seen.add(handle.get(0).outcome());
            seen.add(Thread.interrupted());
            active.stopRunning();
            seen.add(Thread.interrupted());
        })));
        assertThat(seen).containsExactly(Outcome.STOPPED, true, false);
    }

    @Test
    void stopThatHasNoPatienceAnyMoreEndsDependentsAsWell() {
        List<Object> seen = new ArrayList<>();
        LoopFuture<String> source = new LoopFuture<>(run);
        source.complete("x");
        List<LoopFuture<Void>> handle = new ArrayList<>();
        play(() -> handle.add(source.thenAccept(x -> {
            active.stopRunning();
            seen.add(handle.get(0).outcome());
            seen.add(Thread.interrupted());
            active.stopAnything();
            seen.add(handle.get(0).outcome());
            seen.add(Thread.interrupted());
        })));
        assertThat(seen).containsExactly(null, false, Outcome.STOPPED, true);
    }

    @Test
    void stopInterruptsNobodyWhoIsInNobodysCode() {
        play(() -> active.stopAnything());
        assertThat(Thread.interrupted()).isFalse();
    }
}
