package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a thread looks again before it sleeps, and for how long: 60 microseconds at most. */
class SpinTests {
    private static final long MICRO = 1_000;

    private final ManualMachine machine = new ManualMachine();
    private boolean ready;
    private final Spin spin = new Spin(machine, () -> ready);

    /** How long it looks in vain. */
    private long vainMicros() {
        machine.costOfGivingWay = MICRO / 2;
        long before = machine.clock;
        assertThat(spin.found(0)).isFalse();
        return (machine.clock - before) / MICRO;
    }

    private void sleptShortly(int times) {
        for (int i = 0; i < times; i++) {
            spin.slept(10 * MICRO);
        }
    }

    @Test
    void nobodySpinsWhoHasNotSleptInVain() {
        assertThat(spin.isWorthwhile()).isFalse();
        spin.slept(200 * MICRO);
        assertThat(spin.isWorthwhile()).isFalse();
        spin.slept(200 * MICRO - 1);
        assertThat(spin.isWorthwhile()).isTrue();
    }

    @Test
    void nobodySpinsOnOneProcessor() {
        machine.processors = 1;
        sleptShortly(8);
        assertThat(spin.isWorthwhile()).isFalse();
    }

    @Test
    void shortSleepsAllowLongerSpins() {
        sleptShortly(1);
        assertThat(vainMicros()).isEqualTo(7);
        sleptShortly(20);
        assertThat(vainMicros()).isEqualTo(60);
    }

    @Test
    void spinInVainCostsAPartAndLongSleepsHalf() {
        sleptShortly(20);
        assertThat(vainMicros()).isEqualTo(60);
        assertThat(vainMicros()).isEqualTo(45);
        spin.slept(1_000 * MICRO);
        assertThat(vainMicros()).isEqualTo(17);
    }

    @Test
    void shortSpinInVainIsTheLastOne() {
        sleptShortly(1);
        spin.slept(1_000 * MICRO);
        assertThat(spin.isWorthwhile()).isTrue();
        vainMicros();
        assertThat(spin.isWorthwhile()).isFalse();
    }

    @Test
    void spinThatFindsWorkDoublesTheNext() {
        sleptShortly(2);
        ready = true;
        assertThat(spin.found(0)).isTrue();
        ready = false;
        assertThat(vainMicros()).isEqualTo(30);
    }

    @Test
    void workThatIsThereIsFoundWithoutASpin() {
        sleptShortly(1);
        ready = true;
        assertThat(spin.found(0)).isTrue();
        assertThat(machine.spins).isZero();
    }

    @Test
    void nobodyLooksForAPartOfTheTimeThatTheOtherLaneHasWorkFor() {
        sleptShortly(1);
        ready = true;
        spin.found(10);
        assertThat(machine.spins).isEqualTo(10 * 2);
        spin.found(100_000);
        assertThat(machine.spins).isEqualTo(10 * 2 + 256 * 2);
    }

    @Test
    void othersGetTheProcessorNowAndThen() {
        sleptShortly(1);
        vainMicros();
        assertThat(machine.gaveWay).isEqualTo(15);
        assertThat(machine.spins).isEqualTo(15 * 32);
    }
}
