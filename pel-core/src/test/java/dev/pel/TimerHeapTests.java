package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TimerHeapTests {
    private static final class Item implements TimerHeap.Element {
        private final long due;
        private int heapSlot = -1;
        private long heapOrder;

        Item(long due) {
            this.due = due;
        }

        @Override
        public int heapSlot() {
            return heapSlot;
        }

        @Override
        public long heapOrder() {
            return heapOrder;
        }

        @Override
        public void inHeap(int slot, long order) {
            heapSlot = slot;
            heapOrder = order;
        }
    }

    private static List<Item> drain(TimerHeap<Item> heap) {
        List<Item> order = new ArrayList<>();
        Item next = heap.pollDue(Long.MAX_VALUE / 2);
        while (next != null) {
            order.add(next);
            next = heap.pollDue(Long.MAX_VALUE / 2);
        }
        return order;
    }

    @Test
    void elementsLeaveInTheOrderOfTheirTimesAndThenOfTheirComing() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Random random = new Random(7);
        List<Item> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Item item = new Item(random.nextInt(100)); // many are equal
            all.add(item);
            heap.add(item, item.due);
        }
        all.sort(Comparator.comparingLong(item -> item.due)); // a stable sort
        assertThat(drain(heap)).containsExactlyElementsOf(all);
    }

    @Test
    void elementsThatPassATestLeaveOneAtATimeWhileTheOthersStay() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Random random = new Random(13);
        for (int i = 0; i < 5_000; i++) {
            Item item = new Item(random.nextInt(1_000));
            heap.add(item, item.due);
        }
        List<Item> kept = new ArrayList<>();
        heap.peekAll(item -> {
            if (item.due < 300) {
                kept.add(item);
            }
        });
        int[] left = {0};
        heap.removeIf(item -> item.due >= 300, item -> {
            left[0]++;
            assertThat(item.heapSlot()).isEqualTo(-1);
            assertThat(heap.size()).isEqualTo(5_000 - left[0] + left[0] / 2);
            if (left[0] % 2 == 1) {
                Item early = new Item(0); // the action adds one, which stays
                kept.add(early);
                heap.add(early, early.due);
            }
        });
        assertThat(drain(heap))
                .containsExactlyInAnyOrderElementsOf(kept)
                .isSortedAccordingTo(Comparator.comparingLong(item -> item.due));
    }

    @Test
    void removedElementsDoNotLeaveAndTheOthersKeepTheirOrder() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Random random = new Random(11);
        List<Item> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Item item = new Item(random.nextInt(1_000));
            all.add(item);
            heap.add(item, item.due);
        }
        List<Item> kept = new ArrayList<>();
        for (Item item : all) {
            if (random.nextBoolean()) {
                heap.remove(item);
                assertThat(item.heapSlot()).isEqualTo(-1);
            } else {
                kept.add(item);
            }
        }
        assertThat(heap.size()).isEqualTo(kept.size());
        kept.sort(Comparator.comparingLong(item -> item.due));
        assertThat(drain(heap)).containsExactlyElementsOf(kept);
        assertThat(heap.isEmpty()).isTrue();
    }

    @Test
    void nothingLeavesBeforeItsTime() {
        TimerHeap<Item> heap = new TimerHeap<>();
        heap.add(new Item(10), 10);
        assertThat(heap.pollDue(9)).isNull();
        assertThat(heap.pollDue(10)).isNotNull();
    }

    @Test
    void orderSurvivesTheWrapOfTheClock() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Item before = new Item(Long.MAX_VALUE - 5);
        Item after = new Item(Long.MIN_VALUE + 5);
        heap.add(after, after.due);
        heap.add(before, before.due);
        assertThat(heap.firstDue()).isEqualTo(before.due);
        assertThat(heap.pollDue(Long.MIN_VALUE + 1)).isSameAs(before);
        assertThat(heap.pollDue(Long.MIN_VALUE + 1)).isNull();
        assertThat(heap.pollDue(Long.MIN_VALUE + 5)).isSameAs(after);
    }

    /** Against a sorted set, which is simple and slow. */
    @Test
    @Tag("slow")
    void additionsRemovalsAndPollsInAnyOrderAgreeWithASortedSet() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Random random = new Random(13);
        List<Item> inside = new ArrayList<>();
        TreeSet<Long> model = new TreeSet<>();
        for (int step = 0; step < 200_000; step++) {
            int what = random.nextInt(10);
            boolean shrinking = step / 20_000 % 2 == 1;
            if (what < (shrinking ? 2 : 6)) {
                long due = random.nextInt(1_000) * 1_000_000L + step; // no two are equal
                Item item = new Item(due);
                heap.add(item, due);
                inside.add(item);
                model.add(due);
            } else if (what < 9 && !inside.isEmpty()) {
                int at = random.nextInt(inside.size());
                Item item = inside.get(at);
                inside.set(at, inside.get(inside.size() - 1));
                inside.remove(inside.size() - 1);
                if (item.heapSlot() >= 0) {
                    heap.remove(item);
                    model.remove(item.due);
                }
            } else if (!model.isEmpty()) {
                assertThat(heap.firstDue()).isEqualTo(model.first());
                Item first = heap.pollDue(Long.MAX_VALUE / 2);
                assertThat(first).isNotNull();
                assertThat(first.due).isEqualTo(model.pollFirst());
                assertThat(first.heapSlot()).isEqualTo(-1);
            }
            assertThat(heap.size()).isEqualTo(model.size());
            assertThat(heap.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    /** Gaps among elements of the same time are the hard part: what had come before they came is known no more. */
    @Test
    void elementsOfTheSameTimeKeepTheirOrderAmongGaps() {
        TimerHeap<Item> heap = new TimerHeap<>();
        Random random = new Random(17);
        Comparator<Item> byTimeThenOrder =
                Comparator.<Item>comparingLong(item -> item.due).thenComparingLong(item -> item.heapOrder);
        List<Item> inside = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(10);
            if (what < 5) {
                Item item = new Item(random.nextInt(3));
                heap.add(item, item.due);
                inside.add(item);
            } else if (what < 7 && !inside.isEmpty()) {
                heap.remove(inside.remove(random.nextInt(inside.size())));
            } else if (!inside.isEmpty()) {
                Item first = inside.stream().min(byTimeThenOrder).orElseThrow();
                assertThat(heap.pollDue(Long.MAX_VALUE / 2)).isSameAs(first);
                inside.remove(first);
            }
        }
        inside.sort(byTimeThenOrder);
        assertThat(drain(heap)).containsExactlyElementsOf(inside);
    }
}
