package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphansTests {

    @Test
    void pelLeavesNoCallOpenAndNobodyLosesCount() throws Exception {
        List<Orphans.Fate> fates = new Orphans(Duration.ofMillis(60), Duration.ofMillis(15)).run();

        assertThat(fates)
                .hasSize(9)
                .allSatisfy(fate -> assertThat(fate.completed() + fate.failed() + fate.neverEnded())
                        .isEqualTo(6));
        assertThat(fates.get(0)).isEqualTo(new Orphans.Fate("pel: `close()`", 6, 0, 0));
        assertThat(fates)
                .filteredOn(fate -> fate.name().contains("shutdownNow"))
                .singleElement()
                .satisfies(fate -> assertThat(fate.neverEnded()).isPositive());
    }
}
