package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

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
        assertThat(Table.ofGoals(results).rows())
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
        assertThat(Finding.of(Catalogue.rows().get(0), results))
                .hasValueSatisfying(finding -> assertThat(finding.reference()).isEqualTo("jdkLean"));
    }

    @Test
    void aRowThatWasNotMeasuredSaysSo() {
        assertThat(Table.ofGoals(results).rows())
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
    void theChartIsWellFormedAndShowsBarsAndCurves() throws Exception {
        Document chart = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Chart.of(results).getBytes(StandardCharsets.UTF_8)));

        long compared = Catalogue.rows().stream()
                .filter(row -> row.reference() instanceof Row.Best)
                .filter(row -> Finding.of(row, results).isPresent())
                .count();
        assertThat(compared).isPositive();
        assertThat(chart.getElementsByTagName("rect").getLength()).isEqualTo((int) compared);
        assertThat(chart.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(chart.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme: dark");
    }

    @Test
    void resultsSurviveAsJson(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("results.json");

        results.write(file);

        assertThat(Results.read(file)).isEqualTo(results);
    }

    @Test
    void partsAreJoinedAndTheLaterOfTwoFiguresCounts() {
        Results first = part("17", List.of(1.0), "next64", "post");
        Results second = part("17", List.of(2.0), "post", "self");

        Results joined = Results.joined(List.of(first, second));

        assertThat(joined.series())
                .extracting(series -> series.measurement() + " " + series.median())
                .containsExactly("next64 1.0", "post 2.0", "self 2.0");
    }

    @Test
    void partsOfDifferentMachinesAreNotJoined() {
        List<Results> parts = List.of(part("17", List.of(1.0), "next64"), part("25", List.of(1.0), "post"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.joined(parts))
                .withMessageContaining("one machine");
    }

    private static Results part(String java, List<Double> rounds, String... measurements) {
        return new Results(
                new Results.Machine(2, "a processor", "a system", java, "a day", Map.of()),
                "full",
                Stream.of(measurements)
                        .map(one -> new Results.Series(one, "pel", Row.SCORE, java, rounds))
                        .toList());
    }

    @Test
    void anUnknownRowIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Report(List.of("nxet"), List.of(), Rounds.Form.FULL, new Rounds(Rounds.Form.FULL, null)))
                .withMessageContaining("nxet");
    }

    @Test
    void everyRowHasItsMeasurements() {
        Map<String, List<String>> peers = new HashMap<>();
        Catalogue.measurements().forEach(measurement -> peers.put(measurement.id(), measurement.peers()));

        assertThat(Catalogue.rows()).allSatisfy(row -> {
            assertThat(peers.get(row.figure().measurement()))
                    .contains(row.figure().peer());
            if (row.reference() instanceof Row.Best best) {
                assertThat(peers.get(best.measurement())).containsAll(best.candidates());
            }
        });
    }

    /** So no figure of the page is typed by hand. */
    @Test
    void thePageAndTheChartShowTheStoredResults() throws IOException {
        Results stored = Results.read(Path.of("results.json"));
        String page = Files.readString(DOCS.resolve("performance.md"));

        assertThat(Report.page(page, stored)).isEqualTo(page);
        assertThat(Chart.of(stored)).isEqualTo(Files.readString(DOCS.resolve("performance.svg")));
        String readme = Files.readString(DOCS.resolveSibling("README.md"));
        assertThat(Report.readme(readme, stored)).isEqualTo(readme);
        assertThat(Table.ofSome(Catalogue.QUOTED, stored).rows()).hasSize(3);
    }
}
