package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the mutants of {@link Halves} meet. The name keeps it out of a build: only {@link MutantRunTests} runs it. */
class HalvesChecks {
    @Test
    void halvesANumber() {
        assertThat(Halves.half(6)).isEqualTo(3);
    }

    /** Stands for a test that is red without any mutant. */
    @Test
    void failsInTheJvmOfATrial() {
        assertThat(System.getProperty("pel.test.patience")).isNull();
    }
}
