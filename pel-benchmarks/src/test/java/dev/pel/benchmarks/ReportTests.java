package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of stored results: two peers, two rounds, few rows. */
class ReportTests {
    private static final Path DOCS = Path.of("..", "docs");

    private final Results results = results();

    private static Results results() {
        try {
            return Results.read(Path.of("src", "test", "resources", "results.json"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theTableTellsRatioSpreadAndGoal() {
        assertThat(Report.goals(results).rows())
                .contains(
                        List.of(
                                "`next`, 256 chains in flight, 64 passive threads",
                                "pelCore: 3 500 000 ops/s",
                                "jdkLean: 1 000 000 ops/s",
                                "3.50 (3.00 … 4.00)",
                                "≥ 2.50",
                                "yes"),
                        List.of(
                                "bytes allocated per `next` round trip",
                                "pelCore: 120 B",
                                "jdk: 200 B",
                                "0.60 (0.60 … 0.60)",
                                "≤ 0.50",
                                "**no**"),
                        List.of(
                                "640 operations that sleep 20 ms, 64 threads",
                                "pel: 206 ms",
                                "the ideal 200 ms",
                                "1.03 (1.02 … 1.04)",
                                "≤ 1.05",
                                "yes"));
    }

    @Test
    void theRatioIsHeldAgainstThePeerThatIsBestOverAllRounds() {
        // jdk is ahead of jdkLean in one of two
        assertThat(Catalogue.rows().get(0).in(results))
                .hasValueSatisfying(found -> assertThat(found.reference()).startsWith("jdkLean:"));
    }

    @Test
    void aRowThatWasNotMeasuredSaysSo() {
        assertThat(Report.goals(results).rows())
                .hasSameSizeAs(Catalogue.rows())
                .anySatisfy(row -> assertThat(row).contains("not measured"));
    }

    @Test
    void theTextHasItsColumnsInLine() {
        List<String> lines = new Table(List.of("a", "b"), List.of(List.of("`long`", "1"), List.of("x", "**2**")))
                .text()
                .lines()
                .toList();

        assertThat(lines).containsExactly("a     b", "long  1", "x     2");
    }

    @Test
    void thePageGetsTheFiguresBetweenTheMarkersAndKeepsTheRest() {
        String page = Report.page("""
                        before
                        <!-- machine -->old<!-- /machine -->
                        <!-- goals --><!-- /goals -->
                        <!-- peers --><!-- /peers -->
                        after
                        """, results);

        assertThat(page)
                .startsWith("before\n<!-- machine -->\n| what | which |\n")
                .endsWith("\n<!-- /peers -->\nafter\n")
                .contains("| processor | Test processor, 2 cores |", "| Vert.x | 5 |", "| 3.50 (3.00 … 4.00) |")
                .doesNotContain("old");
    }

    @Test
    void thePageMadeTwiceIsThePageMadeOnce() throws IOException {
        String page = Files.readString(DOCS.resolve("performance.md"));
        String once = Report.page(page, results);

        assertThat(Report.page(once, results)).isEqualTo(once);
    }

    @Test
    void aPageWithoutMarkersIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Marked.replace("text", "goals", "new"))
                .withMessageContaining("goals");
    }

    @Test
    void resultsSurviveAsJson(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("results.json");

        results.write(file);

        assertThat(Results.read(file)).isEqualTo(results);
    }

    @Test
    void resultsAreWrittenIntoADirectoryThatIsNotThereYet(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("not/there").resolve("results.json");
        Results results = part("17", List.of(1.0), "next64");
        results.write(file);
        assertThat(Results.read(file)).isEqualTo(results);
    }

    @Test
    void partsAreJoinedAndTheLaterOfTwoFiguresCounts() {
        Results first = part("17", List.of(1.0), "next64", "post");
        Results second = part("17", List.of(2.0), "post", "self");

        Results joined = Results.joined(List.of(first, second));

        assertThat(joined.series())
                .extracting(series -> series.scenario() + " " + series.median())
                .containsExactly("next64 1.0", "post 2.0", "self 2.0");
    }

    @Test
    void partsOfDifferentMachinesAreNotJoined() {
        List<Results> parts = List.of(part("17", List.of(1.0), "next64"), part("25", List.of(1.0), "post"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.joined(parts))
                .withMessageContaining("one machine");
    }

    private static Results part(String java, List<Double> rounds, String... scenarios) {
        return new Results(
                Map.of("Java", java),
                "full",
                Stream.of(scenarios)
                        .map(one -> new Results.Series(one, "pel", "score", java, rounds))
                        .toList());
    }

    @Test
    void everyRowHasItsScenario() {
        Map<String, List<String>> peers = new HashMap<>();
        Catalogue.scenarios().forEach(scenario -> peers.put(scenario.id(), scenario.peers()));

        assertThat(Catalogue.rows()).allSatisfy(row -> {
            assertThat(peers.get(row.scenario())).contains(row.peer());
            if (row.reference() instanceof Row.Best best) {
                assertThat(peers.get(best.scenario())).containsAll(best.peers());
            }
        });
    }

    /** So no figure of the page is typed by hand. */
    @Test
    void thePageShowsTheStoredResults() throws IOException {
        Results stored = Results.read(Path.of("results.json"));
        String page = Files.readString(DOCS.resolve("performance.md"));

        assertThat(Report.page(page, stored)).isEqualTo(page);
        String readme = Files.readString(DOCS.resolveSibling("README.md"));
        assertThat(Report.readme(readme, stored)).isEqualTo(readme);
        assertThat(Report.quoted(stored).rows()).hasSize(3);
    }
}
