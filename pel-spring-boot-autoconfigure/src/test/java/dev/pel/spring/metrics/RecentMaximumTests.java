package dev.pel.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentMaximumTests {

    private static final Duration SCRAPE = Duration.ofSeconds(15);

    private final MockClock clock = new MockClock();
    private final RecentMaximum maximum = new RecentMaximum(clock);

    @Test
    void isTheLargestThatWasRecorded() {
        maximum.record(3);
        maximum.record(7);
        maximum.record(5);
        assertThat(maximum.get()).isEqualTo(7);
    }

    @Test
    void isStillKnownAMinuteLater() {
        maximum.record(7);
        for (int i = 0; i < 4; i++) {
            clock.add(SCRAPE);
            assertThat(maximum.get()).isEqualTo(7);
        }
    }

    @Test
    void isForgottenAfterTwoMinutes() {
        maximum.record(7);
        for (int i = 0; i < 8; i++) {
            maximum.get();
            clock.add(SCRAPE);
        }
        maximum.record(2);
        assertThat(maximum.get()).isEqualTo(2);
    }

    @Test
    void nothingIsMissedByWhoReadsRarely() {
        maximum.record(7);
        clock.add(Duration.ofMinutes(10));
        assertThat(maximum.get()).isEqualTo(7);
        clock.add(Duration.ofMinutes(10));
        assertThat(maximum.get()).isZero();
    }
}
