package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
        assertThat(report(2, 0, 3).objections(80))
                .singleElement()
                .asString()
                .contains("3 of 5")
                .contains("stale-2");
    }

    @Test
    void testThatHangsHasFoundTheMutant() {
        assertThat(new MutantReport(List.of(new Verdict("some", Verdict.Kind.TIMED_OUT, "", 1))).objections(100))
                .isEmpty();
    }

    private static MutantReport report(int killed, int survived, int stale) {
        List<Verdict> verdicts = new ArrayList<>();
        add(verdicts, "killed-", Verdict.Kind.KILLED, killed);
        add(verdicts, "survived-", Verdict.Kind.SURVIVED, survived);
        add(verdicts, "stale-", Verdict.Kind.STALE, stale);
        return new MutantReport(verdicts);
    }

    private static void add(List<Verdict> verdicts, String name, Verdict.Kind kind, int number) {
        for (int i = 0; i < number; i++) {
            verdicts.add(new Verdict(name + i, kind, "", 1));
        }
    }
}
