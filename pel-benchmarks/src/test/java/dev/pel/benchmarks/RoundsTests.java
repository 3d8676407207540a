package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.benchmarks.Results.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who is run when, and what becomes of JMH's results. */
class RoundsTests {
    private static final Scenario NEXT = new Scenario("next", "NextBenchmark.chains", "-p threads=4", List.of());

    private final List<String> ran = new ArrayList<>();

    private JsonNode result(Contender contender, List<String> arguments) {
        ran.add(contender.name());
        return Results.JSON.readTree("""
                {"jdkVersion": "17.0.15",
                 "primaryMetric": {"score": 9, "rawData": [[1, 5, 3]]},
                 "secondaryMetrics": {
                   "gc.alloc.rate.norm": {"score": 9, "rawData": [[70, 72]]},
                   "gc.count": {"score": 9, "rawData": [[1]]}}}
                """);
    }

    private static List<Contender> contenders(String... names) {
        return Stream.of(names).map(Contender::here).toList();
    }

    @Test
    void contendersRunInTurnsAndNoneAlwaysComesFirst() throws Exception {
        new Rounds(3, List.of(), this::result).run(NEXT, contenders("a", "b"));

        assertThat(ran).containsExactly("a", "b", "b", "a", "a", "b");
    }

    @Test
    void aRoundIsTheMedianOfTheIterations() throws Exception {
        List<Series> series = new Rounds(2, List.of(), this::result).run(NEXT, contenders("a"));

        assertThat(series)
                .containsExactlyInAnyOrder(
                        new Series("next", "a", "score", "17", List.of(3.0, 3.0)),
                        new Series("next", "a", "gc.alloc.rate.norm", "17", List.of(71.0, 71.0)));
    }

    @Test
    void whatFailsHasNoFiguresAndIsNotRunAgain() throws Exception {
        Rounds rounds = new Rounds(3, List.of(), (contender, arguments) -> {
            JsonNode result = result(contender, arguments);
            if (ran.size() == 3) {
                throw new Jmh.Failed("lost a call");
            }
            return result;
        });

        List<Series> series = rounds.run(NEXT, contenders("a", "b"));

        assertThat(ran).containsExactly("a", "b", "b", "a", "a");
        assertThat(series).extracting(Series::peer).containsOnly("a");
        assertThat(rounds.failures()).containsExactly("next of b: lost a call");
    }

    @Test
    void jmhIsToldScenarioPeerAndOptions() throws Exception {
        List<String> told = new ArrayList<>();
        new Rounds(1, List.of("-i", "2"), (contender, arguments) -> {
                    told.addAll(arguments);
                    return result(contender, arguments);
                })
                .run(NEXT, contenders("a"));

        assertThat(told)
                .startsWith("\\.NextBenchmark.chains$", "-p", "peer=a")
                .containsSubsequence("-p", "threads=4", "-i", "2");
    }

    @Test
    void aContenderIsMeasuredInAProcessOfItsOwn() throws Exception {
        Rounds rounds = new Rounds(1, JmhHere.ONCE, Jmh::inOwnProcess);

        List<Series> series = rounds.run(NEXT, contenders("jdk"));

        assertThat(rounds.failures()).isEmpty();
        assertThat(series).hasSize(2).allSatisfy(one -> {
            assertThat(one.java()).isEqualTo("" + Runtime.version().feature());
            assertThat(one.rounds())
                    .singleElement()
                    .satisfies(figure -> assertThat(figure).isPositive());
        });
    }

    @Test
    void aContenderRunsOnTheClassPathOfItsBuild() throws Exception {
        Rounds rounds = new Rounds(1, JmhHere.ONCE, Jmh::inOwnProcess);

        rounds.run(NEXT, List.of(new Contender("jdk before", "jdk", Contender.JAVA, "other.jar")));

        assertThat(rounds.failures())
                .singleElement()
                .asString()
                .startsWith("next of jdk before: ")
                .contains("ClassNotFoundException");
    }
}
