package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool lane whose threads do nothing by themselves. */
class PoolLaneTests {
    private final ManualMachine machine = new ManualMachine();
    private final Generation generation = new Generation(
            EventLoopOptions.defaults().withPassive(lane -> lane.withThreads(3)), machine, LoopState.RUNNING);
    private final PoolLane lane = generation.pool(Lane.PASSIVE);

    private int threads() {
        return machine.started.size();
    }

    /** How many threads the lane would let go. */
    private int released() {
        Worker asking = new Worker(lane, generation, 99, 99);
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
        assertThat(generation.threads()).isEqualTo(3);
        assertThat(released()).isZero();
    }

    @Test
    void laneThatIsResizedStartsThreadsOrLetsThemGo() {
        lane.grow();
        lane.resize(5);
        assertThat(threads()).isEqualTo(5);
        assertThat(lane.stats(machine.clock).threads()).isEqualTo(5);
        lane.resize(2);
        assertThat(lane.stats(machine.clock).threads()).isEqualTo(2);
        assertThat(released()).isEqualTo(3);
    }

    @Test
    void threadThatWaitsHasASpareOneUntilTheWaitIsOver() {
        lane.grow();
        Runnable endOfWait = lane.beginWait();
        assertThat(threads()).isEqualTo(4);
        assertThat(released()).isZero();
        assertThat(endOfWait).isNotNull();
        endOfWait.run();
        assertThat(released()).isEqualTo(1);
    }

    @Test
    void spareThreadsStayWhenTheLaneIsResized() {
        lane.grow();
        Runnable endOfWait = lane.beginWait();
        lane.resize(1);
        assertThat(released()).as("of three and a spare one").isEqualTo(2);
        assertThat(endOfWait).isNotNull();
        endOfWait.run();
        assertThat(released()).isEqualTo(1);
    }

    @Test
    void thereAreNoMoreThan256SpareThreads() {
        lane.grow();
        for (int i = 0; i < 256; i++) {
            assertThat(lane.beginWait()).isNotNull();
        }
        assertThat(lane.beginWait()).isNull();
        assertThat(threads()).isEqualTo(3 + 256);
    }

    @Test
    void laneThatCannotGrowSaysHowManyThreadsItHas() {
        lane.grow();
        machine.hasNoThreads = true;
        assertThatThrownBy(() -> lane.resize(5)).isInstanceOf(OutOfMemoryError.class);
        assertThat(lane.stats(machine.clock).threads()).isEqualTo(3);
        assertThat(generation.threads()).isEqualTo(3);
        assertThat(released()).isZero();
    }

    @Test
    void spareThreadThatCannotBeStartedIsNotCountedAsOne() {
        lane.grow();
        machine.hasNoThreads = true;
        assertThat(lane.beginWait()).isNull();
        assertThatThrownBy(() -> lane.resize(5)).isInstanceOf(OutOfMemoryError.class);
        assertThat(lane.stats(machine.clock).threads()).isEqualTo(3);
        assertThat(released()).isZero();
        machine.hasNoThreads = false;
        lane.grow();
        assertThat(threads()).isEqualTo(3);
    }

    @Test
    void nobodyIsLetGoOfALoopThatRunsButEverybodyWhenItIsOver() {
        lane.grow();
        Worker worker = new Worker(lane, generation, 99, 99);
        assertThat(lane.releases(worker)).isFalse();
        generation.changeState(LoopState.RUNNING, LoopState.STOPPING);
        assertThat(lane.releases(worker)).isTrue();
        assertThat(lane.beginWait()).as("a loop that is over starts no thread").isNull();
    }

    // ------------------------------------------------------------------ who searches

    @Test
    void oneWorkerHasTheRightToSearch() {
        Worker one = new Worker(lane, generation, 1, 1);
        Worker other = new Worker(lane, generation, 2, 2);
        assertThat(lane.startSearching(one)).isTrue();
        assertThat(lane.startSearching(other)).isFalse();
        assertThat(lane.isSearcher(one)).isTrue();
        assertThat(lane.isSearcher(other)).isFalse();
        lane.stopSearching(other);
        assertThat(lane.isSearcher(one))
                .as("nobody gives back what another has")
                .isTrue();
        lane.stopSearching(one);
        assertThat(lane.startSearching(other)).isTrue();
    }

    @Test
    void submissionWakesASleepingWorkerUnlessAnotherSearches() {
        Worker sleeper = new Worker(lane, generation, 1, 1);
        Worker searcher = new Worker(lane, generation, 2, 2);
        lane.pushIdle(sleeper);
        lane.startSearching(searcher);
        submit();
        assertThat(machine.wakeUps).isZero();
        lane.stopSearching(searcher);
        submit();
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.isSearcher(sleeper))
                .as("the right comes with the wake-up")
                .isTrue();
        submit();
        assertThat(machine.wakeUps).isEqualTo(1);
    }

    @Test
    void searcherThatHasFoundACallWakesTheNextOnlyWhenThereIsMore() {
        Worker sleeper = new Worker(lane, generation, 1, 1);
        Worker searcher = new Worker(lane, generation, 2, 2);
        lane.startSearching(searcher);
        lane.pushIdle(sleeper);
        submit();
        submit();
        lane.poll();
        lane.found(searcher);
        assertThat(machine.wakeUps).isEqualTo(1);
        lane.poll();
        lane.found(sleeper);
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.isSearcher(sleeper)).isFalse();
    }

    @Test
    void workerThatSleptLastIsWokenFirst() {
        Worker first = new Worker(lane, generation, 1, 1);
        Worker second = new Worker(lane, generation, 2, 2);
        lane.pushIdle(first);
        lane.pushIdle(second);
        submit();
        assertThat(lane.isSearcher(second)).isTrue();
        lane.found(second);
        assertThat(lane.isSearcher(first)).as("the call is still there").isTrue();
    }

    @Test
    void callIsInTheQueueWhenAWorkerIsWokenForIt() {
        List<Boolean> hadWork = new ArrayList<>();
        lane.pushIdle(new Worker(lane, generation, 1, 1));
        machine.onWakeUp = () -> hadWork.add(lane.hasWork());
        submit();
        assertThat(hadWork).containsExactly(true);
    }

    @Test
    void callThatComesWhileTheSearcherFallsAsleepWakesIt() {
        Worker searcher = new Worker(lane, generation, 1, 1);
        lane.startSearching(searcher);
        lane.pushIdle(searcher);
        submit();
        assertThat(machine.wakeUps).isZero();
        lane.stopSearching(searcher);
        lane.lastLook();
        assertThat(machine.wakeUps).isEqualTo(1);
        assertThat(lane.isSearcher(searcher)).isTrue();
    }

    private void submit() {
        Task operation = () -> {};
        generation.submit(Lane.PASSIVE, operation, null, null, null);
    }
}
