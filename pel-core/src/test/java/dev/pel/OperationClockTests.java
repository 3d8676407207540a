package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OperationClockTests {
    private static final long MICRO = 1_000;

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final Flood flood = run.pool(Lane.PASSIVE).flood();
    private final OperationClock clock = new OperationClock(machine, run.clock, flood, false);

    /** Runs an operation of so many microseconds. */
    private void run(long micros) {
        long start = clock.start(machine.clock);
        machine.clock += micros * MICRO;
        clock.end(start);
    }

    private void run(int times, long micros) {
        for (int i = 0; i < times; i++) {
            run(micros);
        }
    }

    // ------------------------------------------------------------------ times

    @Test
    void operationBeginsRightAfterTheOneBeforeUnlessItCameLater() {
        long queued = machine.clock;
        machine.clock += 500;
        long first = clock.start(queued);
        assertThat(first).isEqualTo(machine.clock);
        machine.clock += 300;
        long end = clock.end(first);
        assertThat(end).isEqualTo(machine.clock);
        machine.clock += 70;
        assertThat(clock.start(queued)).isEqualTo(end);
        clock.end(end);
        long later = machine.clock + 30;
        machine.clock += 50;
        assertThat(clock.start(later)).isEqualTo(later);
    }

    @Test
    void operationsAreCounted() {
        run(3, 1);
        assertThat(clock.operations()).isEqualTo(3);
    }

    // ------------------------------------------------------------------ short operations

    @Test
    void laneIsShortRunningAfterThirtyTwoShortOperations() {
        run(31, 19);
        assertThat(flood.isOn()).isFalse();
        run(1, 19);
        assertThat(flood.isOn()).isTrue();
    }

    @Test
    void operationsOfTwentyMicrosecondsAreNotShort() {
        run(100, 20);
        assertThat(flood.isOn()).isFalse();
    }

    @Test
    void oneLongOperationAmongManyShortOnesIsForgivenButNotThree() {
        run(1_000, 1);
        while (!isMeasured()) {
            run(1);
        }
        measuredLong(2);
        assertThat(flood.isOn()).isTrue();
        measuredLong(1);
        assertThat(flood.isOn()).isFalse();
    }

    /** Of short ones every eighth is measured. */
    private boolean isMeasured() {
        return clock.operations() % 8 == 0;
    }

    private void measuredLong(int times) {
        for (int i = 0; i < times; i++) {
            run(1_000);
            while (!isMeasured()) {
                run(1_000); // not measured, so nobody knows
            }
        }
    }

    @Test
    void exactClockMeasuresEveryOperation() {
        OperationClock exact = new OperationClock(machine, run.clock, flood, true);
        for (int i = 0; i < 100; i++) {
            long start = exact.start(machine.clock);
            machine.clock += MICRO;
            assertThat(exact.end(start)).isEqualTo(start + MICRO);
        }
        int looks = machine.looked;
        exact.end(exact.start(machine.clock));
        assertThat(machine.looked - looks)
                .as("it begins when the one before ended")
                .isEqualTo(1);
    }

    @Test
    void operationAfterAPauseBeginsNow() {
        run(1);
        machine.clock += 70;
        clock.pause();
        assertThat(clock.start(machine.clock - 100)).isEqualTo(machine.clock);
    }

    @Test
    void averageIsThatOfTheShortOperations() {
        run(20, 8);
        run(1, 5_000);
        assertThat(clock.average()).isBetween(6 * MICRO, 8 * MICRO);
    }
}
