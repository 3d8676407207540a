package dev.pel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Items and the requests for them, without a loop. */
class WaitingItemsTests {
    @Test
    void itemThatNobodyTakesIsFoundByTheThreadThatDropsIt() {
        WaitingItems<Integer> items = new WaitingItems<>(1, () -> {});
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
}
