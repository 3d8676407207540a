package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Durations in messages. */
class DurationTextTests {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.000000007S, 7 ns",
        "PT0.0000015S, 1.5 µs",
        "PT0.3S, 300 ms",
        "PT0.0012S, 1.2 ms",
        "PT1S, 1 s",
        "PT1.25S, 1.25 s",
        "PT59.999S, 59.999 s",
        "PT1M, 1 min",
        "PT2M5.5S, 2 min 5.5 s",
        "PT25H3M, 1 d 1 h 3 min",
        "PT240H, 10 d",
        "PT-5S, -5 s",
        "PT-0.3S, -300 ms",
    })
    void durationIsToldInTheUnitsThatPeopleUse(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1234567, 1 ms",
        "999, 0 s",
        "1540000000, 1.5 s",
        "61999000000, 1 min 1 s",
        "-3, 0 s",
    })
    void measuredDurationIsRounded(long nanos, String text) {
        assertThat(DurationText.about(nanos)).isEqualTo(text);
    }

    @Test
    void longestDurationsHaveATextAsWell() {
        assertThat(DurationText.of(Duration.ofSeconds(Long.MAX_VALUE))).startsWith("106751991167300 d");
        assertThat(DurationText.of(Duration.ofSeconds(Long.MIN_VALUE))).startsWith("-106751991167300 d");
    }
}
