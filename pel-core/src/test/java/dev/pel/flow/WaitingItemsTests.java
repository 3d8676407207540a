package dev.pel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Items and the requests for them, without a queue around. */
class WaitingItemsTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void itemThatNobodyTakesIsFoundByTheThreadThatDropsIt() {
        EventLoop loop = loops.started();
        WaitingItems<Integer> items = new WaitingItems<>(1, () -> {}, loop.executor(Lane.ACTIVE)::execute);
        LoopFuture<Integer> ended = LoopFuture.completed(0);
        AtomicBoolean isOver = new AtomicBoolean();
        Loops.together(
                () -> {
                    while (!isOver.get()) {
                        items.request(ended);
                    }
                },
                () -> {
                    try {
                        for (int i = 0; i < 50_000; i++) {
                            assertThat(items.takePlace()).isTrue();
                            items.add(i);
                            assertThat(items.dropOldest())
                                    .as("item %d is there", i)
                                    .isTrue();
                        }
                    } finally {
                        isOver.set(true);
                    }
                });
        assertThat(items.size()).isZero();
    }

    @Test
    void everyItemIsHandedOutOnceWhileTwoThreadsRelieveEachOther() {
        int count = 200_000;
        EventLoop loop = loops.started();
        WaitingItems<Integer> items = new WaitingItems<>(count, () -> {}, loop.executor(Lane.ACTIVE)::execute);
        List<LoopFuture<Integer>> pops = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            pops.add(loop.promise());
        }
        Loops.together(() -> pops.forEach(items::request), () -> {
            for (int i = 0; i < count; i++) {
                assertThat(items.takePlace()).isTrue();
                items.add(i);
            }
        });
        assertThat(pops.stream().map(Loops::get).toList())
                .isEqualTo(IntStream.range(0, count).boxed().toList());
        assertThat(items.size()).isZero();
    }
}
