package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A pool lane whose threads do nothing by themselves. */
class PoolLaneTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = new LoopRun(
            EventLoopOptions.defaults().withPassive(lane -> lane.withThreads(3)), machine, LoopState.RUNNING);
    private final PoolLane lane = run.pool(Lane.PASSIVE);

    private int threads() {
        return machine.started.size();
    }

    /** How many threads the lane would let go. */
    private int released() {
        Worker asking = new Worker(lane, run, run.workers, 99, 99);
        int count = 0;
        while (lane.releases(asking)) {
            count++;
        }
        return count;
    }

    @Test
    void laneHasAsManyThreadsAsItWasGiven() {
        lane.grow();
        assertThat(threads()).isEqualTo(3);
        lane.grow();
        assertThat(threads()).isEqualTo(3);
        assertThat(run.workers.living()).isEqualTo(3);
        assertThat(released()).isZero();
    }

    @Test
    void laneThatIsResizedStartsThreadsOrLetsThemGo() {
        lane.grow();
        lane.resize(5);
        assertThat(threads()).isEqualTo(5);
        assertThat(lane.stats(null, machine.clock).threads()).isEqualTo(5);
        lane.resize(2);
        assertThat(lane.stats(null, machine.clock).threads()).isEqualTo(2);
        assertThat(released()).isEqualTo(3);
    }

    @Test
    void threadThatWaitsHasASpareOneUntilTheWaitIsOver() {
        lane.grow();
        assertThat(lane.addSpare()).isTrue();
        assertThat(threads()).isEqualTo(4);
        assertThat(released()).isZero();
        lane.endSpare();
        assertThat(released()).isEqualTo(1);
    }

    @Test
    void spareThreadsStayWhenTheLaneIsResized() {
        lane.grow();
        assertThat(lane.addSpare()).isTrue();
        lane.resize(1);
        assertThat(released()).as("of three and a spare one").isEqualTo(2);
        lane.endSpare();
        assertThat(released()).isEqualTo(1);
    }

    @Test
    void thereAreNoMoreThan256SpareThreads() {
        lane.grow();
        for (int i = 0; i < 256; i++) {
            assertThat(lane.addSpare()).isTrue();
        }
        assertThat(lane.addSpare()).isFalse();
        assertThat(threads()).isEqualTo(3 + 256);
    }

    @Test
    void laneThatCannotGrowSaysHowManyThreadsItHas() {
        lane.grow();
        machine.hasNoThreads = true;
        assertThatThrownBy(() -> lane.resize(5)).isInstanceOf(OutOfMemoryError.class);
        assertThat(lane.stats(null, machine.clock).threads()).isEqualTo(3);
        assertThat(run.workers.living()).isEqualTo(3);
        assertThat(released()).isZero();
    }

    @Test
    void spareThreadThatCannotBeStartedIsNotCountedAsOne() {
        lane.grow();
        machine.hasNoThreads = true;
        assertThat(lane.addSpare()).isFalse();
        assertThatThrownBy(() -> lane.resize(5)).isInstanceOf(OutOfMemoryError.class);
        assertThat(lane.stats(null, machine.clock).threads()).isEqualTo(3);
        assertThat(released()).isZero();
        machine.hasNoThreads = false;
        lane.grow();
        assertThat(threads()).isEqualTo(3);
    }

    @Test
    void nobodyIsLetGoOfALoopThatRunsButEverybodyWhenItIsOver() {
        lane.grow();
        Worker worker = new Worker(lane, run, run.workers, 99, 99);
        assertThat(lane.releases(worker)).isFalse();
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        assertThat(lane.releases(worker)).isTrue();
        assertThat(lane.addSpare()).as("a loop that is over starts no thread").isFalse();
    }

    // ------------------------------------------------------------------ who searches

    @Test
    void oneWorkerHasTheRightToSearch() {
        Worker one = new Worker(lane, run, run.workers, 1, 1);
        Worker other = new Worker(lane, run, run.workers, 2, 2);
        assertThat(lane.wakeUp().startSearching(one.searcher())).isTrue();
        assertThat(lane.wakeUp().startSearching(other.searcher())).isFalse();
        assertThat(lane.wakeUp().isSearcher(one.searcher())).isTrue();
        assertThat(lane.wakeUp().isSearcher(other.searcher())).isFalse();
        lane.wakeUp().stopSearching(other.searcher());
        assertThat(lane.wakeUp().isSearcher(one.searcher()))
                .as("nobody gives back what another has")
                .isTrue();
        lane.wakeUp().stopSearching(one.searcher());
        assertThat(lane.wakeUp().startSearching(other.searcher())).isTrue();
    }

    @Test
    void submissionWakesASleepingWorkerUnlessAnotherSearches() {
        Worker sleeper = new Worker(lane, run, run.workers, 1, 1);
        Worker searcher = new Worker(lane, run, run.workers, 2, 2);
        lane.wakeUp().pushIdle(sleeper.searcher());
        lane.wakeUp().startSearching(searcher.searcher());
        submit();
        assertThat(machine.wakeUps).isZero();
        lane.wakeUp().stopSearching(searcher.searcher());
        submit();
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.wakeUp().isSearcher(sleeper.searcher()))
                .as("the right comes with the wake-up")
                .isTrue();
        submit();
        assertThat(machine.wakeUps).isEqualTo(1);
    }

    @Test
    void searcherThatHasFoundACallWakesTheNextOnlyWhenThereIsMore() {
        Worker sleeper = new Worker(lane, run, run.workers, 1, 1);
        Worker searcher = new Worker(lane, run, run.workers, 2, 2);
        lane.wakeUp().startSearching(searcher.searcher());
        lane.wakeUp().pushIdle(sleeper.searcher());
        submit();
        submit();
        lane.queue().poll();
        lane.wakeUp().found(searcher.searcher());
        assertThat(machine.wakeUps).isEqualTo(1);
        lane.queue().poll();
        lane.wakeUp().found(sleeper.searcher());
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.wakeUp().isSearcher(sleeper.searcher())).isFalse();
    }

    @Test
    void workerThatSleptLastIsWokenFirst() {
        Worker first = new Worker(lane, run, run.workers, 1, 1);
        Worker second = new Worker(lane, run, run.workers, 2, 2);
        lane.wakeUp().pushIdle(first.searcher());
        lane.wakeUp().pushIdle(second.searcher());
        submit();
        assertThat(lane.wakeUp().isSearcher(second.searcher())).isTrue();
        lane.wakeUp().found(second.searcher());
        assertThat(lane.wakeUp().isSearcher(first.searcher()))
                .as("the call is still there")
                .isTrue();
    }

    @Test
    void callIsInTheQueueWhenAWorkerIsWokenForIt() {
        List<Boolean> hadWork = new ArrayList<>();
        lane.wakeUp().pushIdle(new Worker(lane, run, run.workers, 1, 1).searcher());
        machine.onWakeUp = () -> hadWork.add(lane.wakeUp().hasWork());
        submit();
        assertThat(hadWork).containsExactly(true);
    }

    @Test
    void callThatComesWhileTheSearcherFallsAsleepWakesIt() {
        Worker searcher = new Worker(lane, run, run.workers, 1, 1);
        lane.wakeUp().startSearching(searcher.searcher());
        lane.wakeUp().pushIdle(searcher.searcher());
        submit();
        assertThat(machine.wakeUps).isZero();
        lane.wakeUp().stopSearching(searcher.searcher());
        lane.wakeUp().lastLook();
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.wakeUp().isSearcher(searcher.searcher())).isTrue();
    }

    // ------------------------------------------------------------------ who is awake

    @Test
    void laneHasEnoughAwakeWhenThereIsLittleToDoOrOneForEachProcessorButTheActiveThreads() {
        machine.processors = 3;
        LoopRun run = machine.running();
        PoolLane lane = run.pool(Lane.PASSIVE);
        for (int i = 0; i < 100; i++) {
            run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        }
        assertThat(lane.flood().hasEnoughAwake(499))
                .as("done before anybody is awake")
                .isTrue();
        assertThat(lane.flood().hasEnoughAwake(500)).isFalse();
        assertThatThrownBy(() -> lane.resize(0)).isInstanceOf(IllegalArgumentException.class);
        lane.resize(2);
        lane.grow();
        assertThat(lane.flood().hasEnoughAwake(500)).as("two of two").isTrue();
        lane.wakeUp().pushIdle(new Worker(lane, run, run.workers, 98, 98).searcher());
        assertThat(lane.flood().hasEnoughAwake(500)).as("one of two").isFalse();
    }

    @Test
    void laneThatIsResizedWakesOneThatIsToEnd() {
        lane.grow();
        lane.wakeUp().pushIdle(new Worker(lane, run, run.workers, 98, 98).searcher());
        lane.resize(3);
        assertThat(machine.wakeUps).isZero();
        lane.resize(2);
        assertThat(machine.wakeUps).isEqualTo(1);
    }

    @Test
    void endOfAWaitWakesOneThatIsToEnd() {
        lane.grow();
        assertThat(lane.addSpare()).isTrue();
        lane.wakeUp().pushIdle(new Worker(lane, run, run.workers, 98, 98).searcher());
        lane.endSpare();
        assertThat(machine.wakeUps).isEqualTo(1);
    }

    @Test
    void workerThatEndsByItselfIsReplacedAndItsNumberGivenAgain() {
        lane.grow();
        Worker second = (Worker) machine.started.get(1);
        assertThat(second.index()).isEqualTo(2);
        lane.wakeUp().startSearching(second.searcher());
        lane.ended(second);
        assertThat(lane.wakeUp().isSearcher(second.searcher())).isFalse();
        assertThat(threads()).isEqualTo(4);
        assertThat(((Worker) machine.started.get(3)).index()).isEqualTo(2);
        assertThat(run.workers.living()).isEqualTo(3);
    }

    @Test
    void workerThatEndsBecauseItIsToIsNotReplaced() {
        lane.grow();
        lane.resize(2);
        Worker third = (Worker) machine.started.get(2);
        assertThat(lane.releases(third)).isTrue();
        lane.ended(third);
        assertThat(threads()).isEqualTo(3);
        lane.resize(3);
        assertThat(threads()).isEqualTo(4);
        assertThat(((Worker) machine.started.get(3)).index()).isEqualTo(3);
    }

    @Test
    void laneWhoseWorkersAllSleepIsIdle() {
        assertThat(lane.allIdle()).as("nobody at all").isTrue();
        lane.grow();
        assertThat(lane.allIdle()).isFalse();
        assertThat(lane.kind()).isEqualTo(ThreadKind.PLATFORM);
    }

    // ------------------------------------------------------------------ who keeps the right to search

    @Test
    void watchLooksOnlyWhileSomebodyHasKeptTheRightToSearch() {
        assertThat(lane.onTick()).isFalse();
        assertThat(lane.wantsTicks()).isFalse();
        lane.flood().keep();
        assertThat(lane.wantsTicks()).isTrue();
        int looks = 0;
        while (lane.onTick()) {
            looks++;
        }
        assertThat(looks).as("for one that saw the mark before it fell").isEqualTo(16);
        assertThat(lane.wantsTicks()).isFalse();
        assertThat(lane.onTick()).isFalse();
    }

    /** What the watch finds while an operation runs that comes after many short ones and before others. */
    private void afterShortOnes(Consumer<Worker> looks) {
        lane.grow();
        Worker keeper = (Worker) machine.started.get(0);
        for (int i = 0; i < 500; i++) {
            submit();
        }
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Task last = () -> {
            try {
                looks.accept(keeper);
            } catch (Throwable e) {
                failure.set(e); // the call would keep it to itself
            }
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        };
        run.submissions.submit(Lane.PASSIVE, last, null, null, null);
        submit();
        keeper.run();
        assertThat(failure).hasValue(null);
        assertThat(machine.isStuck()).isFalse();
    }

    @Test
    void watchTakesTheRightToSearchFromOneWhoseOperationTakesLong() {
        afterShortOnes(keeper -> {
            lane.wakeUp().pushIdle(((Worker) machine.started.get(1)).searcher());
            assertThat(lane.wantsTicks()).isTrue();
            assertThat(lane.wakeUp().isSearcher(keeper.searcher())).isTrue();
            assertThat(lane.onTick()).isTrue();
            assertThat(lane.wakeUp().isSearcher(keeper.searcher()))
                    .as("maybe it has just begun")
                    .isTrue();
            int wakeUps = machine.wakeUps;
            assertThat(lane.onTick()).isTrue();
            assertThat(lane.wakeUp().isSearcher(keeper.searcher())).isFalse();
            assertThat(machine.wakeUps).as("another sees to the rest").isEqualTo(wakeUps + 1);
        });
    }

    @Test
    void watchLeavesTheRightToSearchToOneThatGoesOn() {
        afterShortOnes(keeper -> {
            for (int look = 0; look < 5; look++) {
                assertThat(lane.onTick()).isTrue();
                keeper.run(call(), lane);
            }
            assertThat(lane.wakeUp().isSearcher(keeper.searcher())).isTrue();
        });
    }

    @Test
    void operationThatJoinsDoesNotKeepTheRightToSearchMeanwhile() {
        afterShortOnes(keeper -> {
            run.workers.starts(keeper); // the thread of the test is its thread
            Worker other = (Worker) machine.started.get(1);
            lane.wakeUp().pushIdle(other.searcher());
            assertThat(lane.wakeUp().isSearcher(keeper.searcher())).isTrue();
            int wakeUps = machine.wakeUps;
            run.submissions
                    .submit(
                            Lane.PASSIVE,
                            (Task) () -> {
                                assertThat(keeper.searcher().isKeeping()).isFalse();
                                assertThat(lane.wakeUp().isSearcher(other.searcher()))
                                        .isTrue();
                                assertThat(machine.wakeUps)
                                        .as("another sees to what is in the queue")
                                        .isEqualTo(wakeUps + 1);
                            },
                            null,
                            null,
                            null)
                    .join();
        });
    }

    /** After many short operations, and a sleep, so many calls come; whether the watch finds the first worker keeping the right. */
    private boolean keepsAfterASleep(int calls) {
        List<Boolean> keeps = new ArrayList<>();
        machine.onLongSleep.add(() -> {
            Task first = () -> {
                Worker worker = (Worker) machine.started.get(0);
                keeps.add(lane.wakeUp().isSearcher(worker.searcher()));
                assertThat(worker.searcher().isKeeping()).isEqualTo(keeps.get(0));
                run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            };
            run.submissions.submit(Lane.PASSIVE, first, null, null, null);
            for (int i = 1; i < calls; i++) {
                submit();
            }
        });
        lane.grow();
        for (int i = 0; i < 500; i++) {
            submit();
        }
        ((Worker) machine.started.get(0)).run();
        assertThat(machine.isStuck()).isFalse();
        return keeps.get(0);
    }

    @Test
    void callThatComesAloneAfterASleepIsNotWorthThatTheWatchLooks() {
        assertThat(keepsAfterASleep(1)).isFalse();
    }

    @Test
    void callsThatComeTogetherAfterASleepAre() {
        assertThat(keepsAfterASleep(3)).isTrue();
    }

    private Call<?> call() {
        return new Call<>(run, Lane.PASSIVE, (Task) () -> {}, null, null);
    }

    private void submit() {
        Task operation = () -> {};
        run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
    }
}
