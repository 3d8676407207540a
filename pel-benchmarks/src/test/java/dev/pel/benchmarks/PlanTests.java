package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is run for which options. */
class PlanTests {

    private static Map<Scenario, List<Contender>> plan(@Nullable String rows, @Nullable String peers) {
        return new Plan(rows, peers, null, null).contenders();
    }

    @Test
    void everythingIsChosenWithoutOptions() {
        assertThat(plan(null, null).keySet())
                .containsExactlyElementsOf(Catalogue.scenarios().stream()
                        .filter(one -> one.peers().stream().anyMatch(Peers::runsHere))
                        .toList());
    }

    @Test
    void starsInPatternsStandForAnything() {
        assertThat(plan("next*,self", "pel*,jdk")).allSatisfy((scenario, contenders) -> {
            assertThat(scenario.id()).isIn("next64", "next4", "next1", "self");
            assertThat(contenders)
                    .extracting(Contender::name)
                    .contains("pel", "pelCore", "jdk")
                    .doesNotContain("jdkLean", "nextMethod");
        });
    }

    @Test
    void aRowBringsTheScenarioThatItIsHeldAgainst() {
        assertThat(plan("curve", "pel").keySet()).extracting(Scenario::id).containsExactly("fire1000", "fire1000000");
    }

    @Test
    void aPatternThatNamesNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan("self,nxet*", null))
                .withMessageContaining("--rows")
                .withMessageContaining("nxet*");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(null, "pelcore"))
                .withMessageContaining("--peers");
    }

    @Test
    void rowsWithoutAnyOfThePeersAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan("start", "jdk"))
                .withMessageContaining("start")
                .withMessageContaining("jdk");
    }

    @Test
    void onlyPelIsComparedWithAnotherBuildEachRightBesideItself(@TempDir Path folder) throws IOException {
        Path jar = Files.createFile(folder.resolve("benchmarks.jar"));

        Map<Scenario, List<Contender>> plan = new Plan("method", null, null, jar.toString()).contenders();

        assertThat(plan.values())
                .singleElement()
                .satisfies(contenders -> assertThat(contenders)
                        .extracting(Contender::name)
                        .containsExactly(
                                "pel",
                                "pel before",
                                "pelCore",
                                "pelCore before",
                                "pelBare",
                                "pelBare before",
                                "nextMethod",
                                "nextMethod before"))
                .satisfies(contenders -> assertThat(contenders)
                        .allSatisfy(one -> assertThat(one.classPath())
                                .isEqualTo(one.name().endsWith(" before") ? jar.toString() : Contender.CLASS_PATH)));
    }

    @Test
    void whatThisJavaCannotRunRunsOnTheNewerOne(@TempDir Path home) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.createFile(java).toFile().setExecutable(true);

        Map<Scenario, List<Contender>> plan = new Plan("next64,manySleeps", null, home.toString(), null).contenders();

        String newer = Peers.runsHere(Peers.VIRTUAL) ? Contender.JAVA : home.toString();
        assertThat(plan.get(Catalogue.scenario("next64")))
                .allSatisfy(one -> assertThat(one.java()).isEqualTo(Contender.JAVA));
        assertThat(plan.get(Catalogue.scenario("manySleeps")))
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.java()).isEqualTo(newer));
    }

    @Test
    void aJarOrJdkThatIsNotThereIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Plan(null, null, null, "no.jar"))
                .withMessageContaining("--against")
                .withMessageContaining("no.jar");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Plan(null, null, "no-jdk", null))
                .withMessageContaining("--newer-java")
                .withMessageContaining("no-jdk");
    }
}
