package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProvisionalQueueTests {

    private final ProvisionalQueue queue = new ProvisionalQueue();

    @Test
    void givesBackWhatItAccepted() {
        assertThat(queue.offer("first")).isTrue();
        assertThat(queue.poll()).isEqualTo("first");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void refusesWhenFull() {
        assertThat(queue.offer("first")).isTrue();
        assertThat(queue.offer("second")).isTrue();
        assertThat(queue.offer("third")).isFalse();
    }
}
