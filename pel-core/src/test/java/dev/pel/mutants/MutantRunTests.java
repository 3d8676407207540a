package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code -Pmutants} itself. They plant into {@link Halves}, so no change of the engine's text touches them. */
@Tag("slow")
@Tag("thorough")
class MutantRunTests {
    private static final String GOOD = "return number / 2;";
    private static final String BAD = "return number;";
    private static final String CHECK = "halvesANumber";

    @TempDir
    private Path directory;

    @Test
    void mutantIsKilledByTheTestThatFails() throws Exception {
        assertThat(verdict(GOOD, BAD, CHECK)).isEqualTo(new Verdict("some", Verdict.Kind.KILLED, CHECK + " failed"));
    }

    @Test
    void mutantThatMakesATestHangIsKilled() throws Exception {
        Verdict verdict = verdict(5, GOOD, "return number / 8;", "halvesManyNumbers");

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.KILLED);
        assertThat(verdict.reason()).contains("hung");
    }

    @Test
    void mutantThatNoTestSeesHasSurvived() throws Exception {
        assertThat(verdict("return number / 4;", BAD, CHECK).kind()).isEqualTo(Verdict.Kind.SURVIVED);
    }

    @Test
    void mutantWithoutItsTextIsStale() throws Exception {
        Verdict verdict = verdict("return number * 0.5;", BAD, CHECK);

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.STALE);
        assertThat(verdict.reason()).contains("return number * 0.5;");
    }

    @Test
    void mutantWhoseTextIsThereTwiceIsStale() throws Exception {
        Verdict verdict = verdict("int number", "long number", CHECK);

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.STALE);
        assertThat(verdict.reason()).contains("[Halves.java, Halves.java]");
    }

    @Test
    void mutantThatDoesNotCompileIsStale() throws Exception {
        Verdict verdict = verdict(GOOD, "return third(number);", CHECK);

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.STALE);
        assertThat(verdict.reason()).contains("third");
    }

    @Test
    void mutantWithoutOneOfItsTestsIsStale() throws Exception {
        Verdict verdict = verdict(GOOD, BAD, CHECK, "halvesNothing");

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.STALE);
        assertThat(verdict.reason()).isEqualTo("[halvesNothing]");
    }

    @Test
    void mutantWithATestThatIsRedWithoutItIsNotJudged() throws Exception {
        Verdict verdict = verdict(GOOD, BAD, "failsInTheJvmOfATrial");

        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.NOT_JUDGED);
        assertThat(verdict.reason()).contains("failsInTheJvmOfATrial");
    }

    private Verdict verdict(String original, String replacement, String... tests) throws Exception {
        return verdict(120, original, replacement, tests);
    }

    private Verdict verdict(int seconds, String original, String replacement, String... tests) throws Exception {
        Path sources = directory.resolve("sources");
        Files.createDirectories(sources);
        Files.copy(
                Path.of("src", "test", "java", "dev", "pel", "mutants", "Halves.java"), sources.resolve("Halves.java"));
        Mutant mutant = new Mutant("some", "a bug", original, replacement, List.of(tests));

        List<Verdict> verdicts = new MutantRun(sources, directory, 1, seconds).of(List.of(mutant));

        assertThat(verdicts).hasSize(1);
        return verdicts.get(0);
    }
}
