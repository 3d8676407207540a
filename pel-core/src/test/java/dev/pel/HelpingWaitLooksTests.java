package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How much a join looks at. The thread of the test is a worker's, and nobody hands results on. */
class HelpingWaitLooksTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run =
            machine.running(EventLoopOptions.defaults().withPassive(passive -> passive.withCapacity(1_000_000)));
    private final Worker worker = new Worker(run.pool(Lane.PASSIVE), run, run.workers, 1, 1);
    private final AtomicInteger runs = new AtomicInteger();

    private LoopFuture<Integer> call() {
        return run.submissions.submit(Lane.PASSIVE, (Callable<Integer>) runs::incrementAndGet, null, null, null);
    }

    private long looks(LoopFuture<?> goal) {
        Helping helping = new Helping(goal, worker, false, later -> {});
        helping.help();
        return helping.looks();
    }

    private long looksAtSum(int calls) {
        LoopFuture<Integer> sum = call();
        for (int i = 1; i < calls; i++) {
            sum = sum.thenCombine(call(), Integer::sum);
        }
        return looks(sum);
    }

    @Test
    void joinOfASumOfManyCallsLooksAtEachOnce() {
        long few = looksAtSum(4_000);
        assertThat(runs).hasValue(4_000);
        long many = looksAtSum(16_000);
        assertThat(runs).hasValue(20_000);
        assertThat(many).as("looks at 16 000 calls, of 4000 it was %d", few).isLessThanOrEqualTo(5 * few);
        assertThat(few).isLessThan(40_000);
    }

    @Test
    void futureThatManyDependOnIsLookedAtOnce() {
        LoopFuture<Integer> sum = call();
        for (int i = 0; i < 40; i++) {
            sum = sum.thenCombine(sum, Integer::sum);
        }
        assertThat(looks(sum)).isLessThan(1_000);
        assertThat(runs).hasValue(1);
    }

    @Test
    void callsWithABodyThatWereRunInAJoinLeaveFewTombstonesInTheirQueue() {
        List<LoopFuture<?>> handles = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            handles.add(
                    run.submissions.submit(Lane.PASSIVE, (Task) runs::incrementAndGet, (Task) () -> {}, null, null));
        }
        for (LoopFuture<?> handle : handles) {
            looks(handle);
        }
        assertThat(runs).hasValue(1_000);
        assertThat(run.pool(Lane.PASSIVE).held()).isLessThan(100);
    }
}
