package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the next operation of a rate may start. */
class PaceTests {
    private static final long MILLI = 1_000_000;

    private final ManualMachine machine = new ManualMachine();
    private final long began = machine.clock;
    private Pace pace;

    private static LimitOptions tenASecond(int burst) {
        return LimitOptions.none().withRate(10, Duration.ofSeconds(1)).withBurst(burst);
    }

    private void paced(LimitOptions options) {
        pace = new Pace(machine, options);
    }

    private void starts(int count) {
        for (int i = 0; i < count; i++) {
            pace.given();
            pace.started();
        }
    }

    /** Starts as many operations as may start, and says when, in milliseconds. */
    private List<Long> startsOf(int count) {
        List<Long> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            machine.clock += pace.waitTime();
            starts(1);
            starts.add((machine.clock - began) / MILLI);
        }
        return starts;
    }

    @Test
    void operationsStartEvenly() {
        paced(tenASecond(1));
        assertThat(startsOf(4)).containsExactly(0L, 100L, 200L, 300L);
    }

    @Test
    void asManyAsTheBurstStartAtOnceAndThenOneByOne() {
        paced(tenASecond(3));
        assertThat(startsOf(5)).containsExactly(0L, 0L, 0L, 100L, 200L);
    }

    @Test
    void burstIsThereAgainAfterAQuietTime() {
        paced(tenASecond(3));
        startsOf(3);
        machine.clock += 10_000 * MILLI;
        assertThat(startsOf(4)).containsExactly(10_000L, 10_000L, 10_000L, 10_100L);
    }

    @Test
    void permitsThatHaveNotLedToAStartCountAsStarts() {
        paced(tenASecond(2));
        pace.given();
        assertThat(pace.waitTime()).isZero();
        pace.given();
        assertThat(pace.waitTime()).isEqualTo(100 * MILLI);
        assertThat(pace.needsTimeOnly()).isFalse();
        machine.clock += 10_000 * MILLI;
        assertThat(pace.waitTime())
                .as("starts that come late must not come with others")
                .isEqualTo(100 * MILLI);
        pace.started();
        pace.started();
        assertThat(pace.waitTime()).isEqualTo(100 * MILLI);
    }

    @Test
    void permitThatIsGivenBackUnusedCountsNoMore() {
        paced(tenASecond(1));
        pace.given();
        pace.unused();
        assertThat(pace.waitTime()).isZero();
    }

    @Test
    void withoutARateNothingIsWaitedFor() {
        paced(LimitOptions.none().withConcurrency(1));
        starts(1);
        assertThat(pace.waitTime()).isZero();
    }

    @Test
    void veryHighAndVeryLowRatesDoNotOverflow() {
        paced(LimitOptions.none().withRate(Integer.MAX_VALUE, Duration.ofNanos(1)));
        starts(1);
        assertThat(pace.waitTime()).isBetween(0L, 1L);
        paced(LimitOptions.none().withRate(1, Duration.ofSeconds(Long.MAX_VALUE)));
        pace.given();
        pace.given();
        assertThat(pace.waitTime()).isPositive();
    }

    @Test
    void veryLargeBurstsAndVeryLongTimesDoNotOverflow() {
        paced(LimitOptions.none().withRate(1, Duration.ofMinutes(1)).withBurst(Integer.MAX_VALUE));
        assertThat(startsOf(50)).containsOnly(0L);
        paced(LimitOptions.none().withRate(1, Duration.ofDays(365 * 60)).withBurst(5));
        assertThat(startsOf(5)).containsOnly(0L);
        assertThat(pace.waitTime()).isGreaterThan(Duration.ofDays(365).toNanos());
    }

    // ------------------------------------------------------------------ changes

    @Test
    void fasterRateShortensTheTimeUntilTheNextStart() {
        paced(LimitOptions.none().withRate(1, Duration.ofHours(1)));
        starts(1);
        pace.change(slow -> slow.withRate(1000, Duration.ofSeconds(1)));
        assertThat(pace.waitTime()).isEqualTo(MILLI);
    }

    @Test
    void smallerBurstDoesNotHoldUpForTheWholeOfTheLargerOne() {
        paced(tenASecond(50));
        starts(50);
        pace.change(options -> options.withBurst(1));
        assertThat(pace.waitTime()).isEqualTo(100 * MILLI);
    }

    /** The concurrent thread starts an operation while the change is being made: it counts with one interval or the other. */
    @Test
    void startDuringAChangeCountsWithOneOfTheTwoIntervals() {
        paced(LimitOptions.none().withRate(100_000, Duration.ofSeconds(1)).withBurst(50));
        starts(50);
        pace.change(options -> {
            starts(1);
            return options.withRate(100, Duration.ofSeconds(1)).withBurst(50);
        });
        starts(1);
        assertThat(pace.waitTime()).isBetween(10 * MILLI, 30 * MILLI);
    }

    @Test
    void rateThatIsTakenOffLeavesNothingToWaitFor() {
        paced(LimitOptions.none().withRate(1, Duration.ofHours(1)).withConcurrency(1));
        starts(1);
        pace.change(LimitOptions::withoutRate);
        assertThat(pace.waitTime()).isZero();
    }
}
