package dev.pel;

import static dev.pel.Loops.together;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CallQueueTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final CallQueue queue = new CallQueue();

    private List<Call<?>> offered(int calls) {
        List<Call<?>> all = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Task operation = () -> {};
            Call<?> call = new Call<>(run, Lane.WORK, operation, null, null);
            queue.offer(call);
            all.add(call);
        }
        return all;
    }

    /** Ends them where they wait, and tells the queue. */
    private void end(List<Call<?>> calls, int waiting) {
        for (Call<?> call : calls) {
            call.cancel(false);
            queue.leavesTombstone(waiting);
        }
    }

    private List<Call<?>> polled() {
        List<Call<?>> all = new ArrayList<>();
        Call<?> call = queue.poll();
        while (call != null) {
            all.add(call);
            call = queue.poll();
        }
        return all;
    }

    @Test
    void callsLeaveInTheOrderInWhichTheyCame() {
        List<Call<?>> all = offered(3_000);
        assertThat(queue.size()).isEqualTo(3_000);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(polled()).containsExactlyElementsOf(all);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
    }

    @Test
    void callsThatHaveEndedAreNotGivenOut() {
        List<Call<?>> all = offered(10);
        end(all.subList(2, 5), 10);
        List<Call<?>> left = new ArrayList<>(all);
        left.removeAll(all.subList(2, 5));
        assertThat(polled()).containsExactlyElementsOf(left);
    }

    @Test
    void tombstonesAreRemovedWhenThereAreMoreThanOfCallsButNotForAFew() {
        List<Call<?>> all = offered(100);
        end(all.subList(0, 64), 10);
        assertThat(queue.size()).isEqualTo(100);
        end(all.subList(64, 65), 10);
        assertThat(queue.size()).isEqualTo(35);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(polled()).containsExactlyElementsOf(all.subList(65, 100));
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void tombstonesStayWhileMoreCallsWait() {
        List<Call<?>> all = offered(200);
        end(all.subList(0, 100), 100);
        assertThat(queue.size()).isEqualTo(200);
        end(all.subList(100, 101), 100);
        assertThat(queue.size()).isEqualTo(99);
    }

    @Test
    void tombstonesThatWereTakenWithOthersCountNoMore() {
        end(offered(60), 0);
        assertThat(polled()).isEmpty();
        end(offered(60), 0);
        assertThat(queue.size())
                .as("60 tombstones, not 120, of which some would have been one too many")
                .isEqualTo(60);
    }

    @Test
    void eachTombstoneThatIsTakenWithOthersCountsAsOne() {
        List<Call<?>> all = offered(66);
        end(all.subList(0, 1), 0);
        end(all.subList(2, 65), 0);
        assertThat(queue.poll()).isSameAs(all.get(1));
        assertThat(queue.size()).isEqualTo(64);
        end(offered(1), 0);
        assertThat(queue.size()).as("63 and one").isEqualTo(65);
        end(offered(1), 0);
        assertThat(queue.size()).as("63 and two are one too many").isEqualTo(1);
    }

    @Test
    void tombstonesAreCountedAnewWhenTheyHaveBeenRemoved() {
        end(offered(65), 0);
        end(offered(64), 0);
        assertThat(queue.size()).isEqualTo(64);
    }

    @Test
    void olderCallsLeaveFirstAlsoWhenTombstonesAreRemovedTwice() {
        List<Call<?>> first = offered(70);
        end(first.subList(0, 65), 0);
        List<Call<?>> second = offered(70);
        end(second.subList(0, 65), 0);
        List<Call<?>> third = offered(2);
        List<Call<?>> left = new ArrayList<>(first.subList(65, 70));
        left.addAll(second.subList(65, 70));
        left.addAll(third);
        assertThat(queue.size()).isEqualTo(12);
        assertThat(polled()).containsExactlyElementsOf(left);
    }

    @Test
    void queueOfNothingButTombstonesIsEmptyWhenTheyAreRemoved() {
        end(offered(65), 0);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
        assertThat(queue.oldest()).isNull();
    }

    @Test
    void oldestIsTheFirstThatStillWaits() {
        assertThat(queue.oldest()).isNull();
        List<Call<?>> all = offered(70);
        assertThat(queue.oldest()).isSameAs(all.get(0));
        end(all.subList(0, 3), 100);
        assertThat(queue.oldest()).isSameAs(all.get(3));
        end(all.subList(3, 65), 0); // which takes them out
        assertThat(queue.oldest()).isSameAs(all.get(65));
        end(all.subList(65, 70), 100);
        assertThat(queue.oldest()).isNull();
        List<Call<?>> younger = offered(1);
        assertThat(queue.oldest()).isSameAs(younger.get(0));
    }

    @Test
    @Tag("slow")
    void callIsGivenToOneOfTwoThatTakeAtTheSameTime() {
        for (int round = 0; round < 20; round++) {
            List<Call<?>> all = offered(50_000);
            List<Call<?>> mine = new ArrayList<>();
            List<Call<?>> yours = new ArrayList<>();
            together(() -> mine.addAll(polled()), () -> yours.addAll(polled()));
            assertThat(mine.size() + yours.size()).as("given out").isEqualTo(all.size());
            mine.addAll(yours);
            assertThat(Set.copyOf(mine).size()).as("of them different").isEqualTo(all.size());
        }
    }
}
