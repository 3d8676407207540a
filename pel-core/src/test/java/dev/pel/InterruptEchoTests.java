package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whether a failure is what an interrupt has caused. */
class InterruptEchoTests {
    @Test
    void ringOfCausesIsLookedThroughOnce() {
        Exception one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("two", one));
        assertThat(InterruptEcho.isIn(one)).isFalse();
    }
}
