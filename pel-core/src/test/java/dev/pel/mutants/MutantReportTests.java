package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MutantReportTests {

    @Test
    void oneSurvivorIsTooManyUnlessLessIsAskedFor() {
        MutantReport report = report(4, 1, 0);

        assertThat(report.objections(100)).singleElement().asString().contains("4 of 5");
        assertThat(report.objections(80)).isEmpty();
    }

    @Test
    void fewerKilledThanAskedForAreTooFew() {
        assertThat(report(3, 1, 0).objections(80)).hasSize(1);
    }

    @Test
    void halfOfThemMayBeStale() {
        assertThat(report(2, 0, 2).objections(100)).isEmpty();
        assertThat(report(2, 0, 3).objections(80)).singleElement().asString().contains("3 of 5");
    }

    @Test
    void summaryCountsAndNamesWhatIsNotKilled() {
        assertThat(report(2, 1, 2).summary())
                .contains("KILLED: 2 of 5")
                .contains("SURVIVED: 1 [survived-0]")
                .contains("STALE: 2 [stale-0, stale-1]");
    }

    private static MutantReport report(int killed, int survived, int stale) {
        return new MutantReport(Stream.of(
                        verdicts("killed", Verdict.Kind.KILLED, killed),
                        verdicts("survived", Verdict.Kind.SURVIVED, survived),
                        verdicts("stale", Verdict.Kind.STALE, stale))
                .flatMap(List::stream)
                .toList());
    }

    private static List<Verdict> verdicts(String name, Verdict.Kind kind, int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> new Verdict(name + "-" + i, kind, ""))
                .toList();
    }
}
