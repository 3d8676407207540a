package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of {@code -Pmutants} itself. They plant into {@link Halves}, so no change of the engine's text touches them. */
@Tag("slow")
class MutantRunTests {
    private static final String CHECK = "mutants.HalvesChecks.halvesANumber";
    private static final Path SOURCES = Path.of("src", "test", "java", "dev", "pel");

    @TempDir
    private static Path directory;

    private static MutantReport report = new MutantReport(List.of());

    @BeforeAll
    static void plantMutantsOfEachKind() throws Exception {
        report = new MutantRun(SOURCES, directory, 2)
                .of(List.of(
                        mutant("text-is-gone", "Halves", "return number * 0.5;", "return 0;", CHECK),
                        mutant("text-is-there-twice", "Halves", "int number", "long number", CHECK),
                        mutant("class-is-gone", "Thirds", "return number / 3;", "return 0;", CHECK),
                        mutant("test-is-gone", "Halves", "return number / 2;", "return 0;", CHECK + "Twice"),
                        mutant("test-class-is-gone", "Halves", "return number / 2;", "return 0;", "ThirdsTests"),
                        mutant("does-not-compile", "Halves", "return number / 2;", "return third(number);", CHECK),
                        mutant("found", "Halves", "return number / 2;", "return number;", CHECK),
                        mutant("not-found", "Halves", "return number / 4;", "return number;", CHECK),
                        mutant(
                                "test-is-red",
                                "Halves",
                                "return number / 2;",
                                "return number;",
                                "mutants.HalvesChecks.failsInTheJvmOfATrial")));
    }

    @Test
    void staleMutantsAreReportedAndTheOthersPlanted() {
        Map<String, Verdict.Kind> kinds = new LinkedHashMap<>();
        report.verdicts().forEach(verdict -> kinds.put(verdict.mutant(), verdict.kind()));

        assertThat(kinds)
                .isEqualTo(Map.of(
                        "text-is-gone", Verdict.Kind.STALE,
                        "text-is-there-twice", Verdict.Kind.STALE,
                        "class-is-gone", Verdict.Kind.STALE,
                        "test-is-gone", Verdict.Kind.STALE,
                        "test-class-is-gone", Verdict.Kind.STALE,
                        "does-not-compile", Verdict.Kind.STALE,
                        "found", Verdict.Kind.KILLED,
                        "not-found", Verdict.Kind.SURVIVED,
                        "test-is-red", Verdict.Kind.NOT_JUDGED));
    }

    @Test
    void summaryCountsAndNamesWhatIsNotKilled() {
        assertThat(report.summary())
                .startsWith("Mutants: 3 planted, of which 1 killed, 1 survived, 1 not judged; 6 stale")
                .contains("SURVIVED: not-found")
                .contains("NOT_JUDGED: test-is-red")
                .contains("STALE: text-is-gone, text-is-there-twice");
    }

    @Test
    void reasonIsTold() {
        assertThat(report.verdicts())
                .filteredOn(verdict -> verdict.mutant().equals("text-is-gone"))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.by()).contains("not in mutants.Halves any more"));
        assertThat(report.verdicts())
                .filteredOn(verdict -> verdict.mutant().equals("found"))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.by()).isEqualTo("HalvesChecks.halvesANumber"));
    }

    @Test
    void survivingMutantFailsTheProfile() {
        assertThat(report.objections(100)).anyMatch(objection -> objection.contains("not-found"));
    }

    private static Mutant mutant(String name, String type, String original, String replacement, String test) {
        return new Mutant(name, 1, name, "mutants." + type, original, replacement, List.of(test));
    }
}
