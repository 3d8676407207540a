package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the mutants of {@link Halves} meet. The name keeps it out of a build: only {@link MutantRunTests} runs it. */
class HalvesChecks {
    @Test
    void halvesANumber() {
        assertThat(Halves.half(6)).isEqualTo(3);
    }

    @Test
    void halvesManyNumbers() {
        for (int i = Halves.half(2); i < 100; i += Halves.half(2)) {
            assertThat(Halves.half(2 * i)).isEqualTo(i);
        }
    }

    /** Stands for a test that is red without any mutant. */
    @Test
    void failsInTheJvmOfATrial() {
        assertThat(System.getProperty("pel.test.patience")).isNull();
    }
}
