package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class CrowdTests {

    /** A second thread that counted would open the gate before it says what is wrong, when it is held up between the two. */
    @Test
    void bodyThatRunsElsewhereIsNotCounted() throws InterruptedException {
        Crowd crowd = new Crowd(2, () -> {});
        deliver(crowd);
        Thread elsewhere = new Thread(() -> deliver(crowd), "elsewhere");
        elsewhere.start();
        elsewhere.join();
        deliver(crowd);

        assertThatIllegalStateException().isThrownBy(() -> crowd.await(1)).withMessage("A body ran on elsewhere");
    }

    private static void deliver(Crowd crowd) {
        crowd.accept(crowd.call());
    }
}
