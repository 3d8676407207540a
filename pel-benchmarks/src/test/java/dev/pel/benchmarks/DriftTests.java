package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is called drift, and what is only late: a hundred runs, each a thousand nanoseconds after the other. */
class DriftTests {
    private static final long INTERVAL = 1_000;

    private static Drift drift(LongUnaryOperator place, LongUnaryOperator off) {
        long[] places = LongStream.range(0, 100).map(place).toArray();
        long[] times = LongStream.range(0, 100)
                .map(run -> 5_000 + places[(int) run] * INTERVAL + off.applyAsLong(run))
                .toArray();
        return Drift.of(places, times, INTERVAL);
    }

    @Test
    void timerOnItsGridHasNone() {
        assertThat(drift(run -> run, run -> 70)).isEqualTo(new Drift(0, 0, 0, 0));
    }

    @Test
    void whatEachRunAddsIsAdded() {
        Drift drift = drift(run -> run, run -> 3 * run);

        assertThat(drift.slope()).isCloseTo(3, within(1e-9));
        assertThat(drift.accumulated()).isEqualTo(3 * 90);
        assertThat(drift.most()).isEqualTo(3 * 99);
    }

    @Test
    void timerThatRunsFastDriftsAsWell() {
        assertThat(drift(run -> run, run -> -run).accumulated()).isEqualTo(-90);
    }

    @Test
    void singleRunsThatAreLateAreNoDrift() {
        Drift drift = drift(run -> run, run -> run == 99 ? 800 : run % 2 * 10);

        assertThat(drift.accumulated()).isZero();
        assertThat(drift.half()).isEqualTo(10);
        assertThat(drift.most()).isEqualTo(800);
    }

    @Test
    void placesThatWereLeftOutAreLateAndNoDrift() {
        Drift drift = drift(run -> run < 50 ? run : run + 7, run -> 0);

        assertThat(drift).isEqualTo(new Drift(0, 0, 0, 7 * INTERVAL));
    }
}
