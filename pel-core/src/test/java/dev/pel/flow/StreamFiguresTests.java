package dev.pel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.StreamProgress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The rate of a stream is that of the last seconds, whether items end or not. */
class StreamFiguresTests {
    private static final int PER_SECOND = 100;

    private final StreamFigures figures = new StreamFigures(0);

    private static long seconds(long time) {
        return TimeUnit.SECONDS.toNanos(time);
    }

    private double rateAt(long second) {
        return progressAt(second).perSecond();
    }

    private StreamProgress progressAt(long second) {
        return figures.progress("items", 1, -1, seconds(second));
    }

    /** Items end until then, at an even rate. */
    private void run(int from, int to) {
        for (int second = from + 1; second <= to; second++) {
            for (int i = 0; i < PER_SECOND; i++) {
                figures.took();
                figures.succeeded();
            }
            figures.tick(seconds(second));
        }
    }

    @Test
    void rateIsThatOfTheLastSeconds() {
        run(0, 20);
        assertThat(rateAt(20)).isEqualTo(PER_SECOND);
    }

    @Test
    void rateOfAStreamThatStandsStillFallsToZeroForWhoeverLooks() {
        run(0, 20);
        double last = rateAt(20);
        for (int second = 21; second <= 30; second++) {
            assertThat(rateAt(second)).isLessThanOrEqualTo(last);
            last = rateAt(second);
        }
        assertThat(last).isZero();
    }

    @Test
    void rateIsOverTheWholeTimeWhenNobodyHasLookedForLong() {
        run(0, 20);
        assertThat(rateAt(1_000)).isLessThan(1);
        assertThat(rateAt(1_010)).isZero();
        run(1_010, 1_025);
        assertThat(rateAt(1_025)).isEqualTo(PER_SECOND);
    }

    @Test
    void rateOfAStreamThatHasEndedStandsStill() {
        run(0, 20);
        figures.end(seconds(20));
        double rate = rateAt(20);
        assertThat(rate).isPositive();
        assertThat(rateAt(1_000)).isEqualTo(rate);
        assertThat(rateAt(1_020)).isEqualTo(rate);
    }
}
