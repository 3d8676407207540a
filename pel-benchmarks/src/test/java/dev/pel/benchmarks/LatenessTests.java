package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatenessTests {

    @Test
    void everyTimerOfBothFiresAndNoneEarly() throws Exception {
        List<Lateness.Late> late = new Lateness(2_000, Duration.ofMillis(50), 1, 3).run();

        assertThat(late).extracting(Lateness.Late::peer).containsExactly("pel", "jdk");
        assertThat(late).allSatisfy(one -> {
            assertThat(one.half()).isNotNegative();
            assertThat(one.most()).isGreaterThanOrEqualTo(one.half());
            assertThat(one.latest()).isGreaterThanOrEqualTo(one.most());
        });
        assertThat(Lateness.table(late).rows()).hasSize(2);
    }
}
