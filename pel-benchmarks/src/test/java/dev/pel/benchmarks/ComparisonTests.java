package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.benchmarks.Results.Series;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two builds of pel beside each other. */
class ComparisonTests {

    private static Series series(String scenario, String peer, String metric, Double... rounds) {
        return new Series(scenario, peer, metric, "17", List.of(rounds));
    }

    private static List<Comparison> compare(Series... series) {
        return Comparison.of(new Results(Map.of(), "full", List.of(series)));
    }

    @Test
    void lessThanOneIsWorseWhereMoreIsBetter() {
        List<Comparison> all = compare(
                series("next64", "pelCore", "score", 90.0, 45.0, 100.0),
                series("next64", "pelCore before", "score", 100.0, 90.0, 110.0));

        assertThat(Comparison.table(all, 0.95).rows())
                .containsExactly(
                        List.of("next64", "pelCore", "90.0 ops/s", "100 ops/s", "0.90 (0.50 … 0.91)", "**no**"));
    }

    @Test
    void lessThanOneIsWorseWhereLessIsBetter() {
        List<Comparison> all = compare(
                series("timers", "pel", "score", 200.0, 400.0), series("timers", "pel before", "score", 240.0, 240.0));

        assertThat(Comparison.table(all, 0.8).rows())
                .containsExactly(List.of("timers", "pel", "300 ms", "240 ms", "0.80 (0.60 … 1.20)", "yes"));
    }

    @Test
    void rateAndBytesAreComparedAndOtherPeersAreNot() {
        List<Comparison> all = compare(
                series("next64", "pel", "score", 1.0),
                series("next64", "pel before", "score", 1.0),
                series("next64", "pel", "gc.alloc.rate.norm", 72.0),
                series("next64", "pel before", "gc.alloc.rate.norm", 64.0),
                series("next64", "jdk", "score", 1.0));

        assertThat(all)
                .extracting(one -> one.figure().id() + " " + one.now().peer() + " " + one.reaches(0.95))
                .containsExactly("next64 pel true", "allocation pel false");
    }

    @Test
    void whatIsNoNumberIsNotAsGoodAsBefore() {
        List<Comparison> all =
                compare(series("paced", "pel", "cpuMicros", 0.0), series("paced", "pel before", "cpuMicros", 0.0));

        assertThat(all)
                .singleElement()
                .satisfies(one -> assertThat(one.reaches(0.95)).isFalse());
    }
}
