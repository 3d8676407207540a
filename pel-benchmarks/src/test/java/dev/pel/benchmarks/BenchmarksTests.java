package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line. */
class BenchmarksTests {

    @Test
    void anUnknownCommandIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.run("raport"))
                .withMessageContaining("report")
                .withMessageContaining("raport");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.run("report", "--row=post"))
                .withMessageContaining("rows")
                .withMessageContaining("--row=post");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.run("guard", "record"))
                .withMessageContaining("'record'");
    }

    @Test
    void aPartialReportWritesItsResultsAndLeavesTheDocumentationAsItIs(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("some.json");

        boolean well = Benchmarks.run(
                "report",
                "--rows=next4",
                "--peers=jdk,pelCore",
                "--rounds=1",
                "--jmh=-wi 0 -i 1 -r 1ms",
                "--json=" + json,
                "--docs=" + folder);

        assertThat(well).isTrue();
        assertThat(Results.read(json).find("next4", "pelCore", Metric.RATE)).isPresent();
        assertThat(folder).isDirectoryContaining(json::equals).isDirectoryNotContaining("glob:**.md");
    }

    @Test
    void aReportAgainstAnotherBuildFailsWhenThatBuildCannotRun(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("some.json");
        Path jar = Files.createFile(folder.resolve("other.jar"));

        boolean well = Benchmarks.run(
                "report",
                "--rows=next4",
                "--peers=pelCore",
                "--rounds=1",
                "--jmh=-wi 0 -i 1 -r 1ms",
                "--json=" + json,
                "--against=" + jar);

        assertThat(well).isFalse();
        assertThat(Results.read(json).series()).extracting(Results.Series::peer).containsOnly("pelCore");
    }

    @Test
    void partsAreRenderedAsOne(@TempDir Path folder) throws Exception {
        Path results = Path.of("src", "test", "resources", "results.json");
        Path page = Files.copy(
                Path.of("..", "docs", "performance.md"),
                Files.createDirectory(folder.resolve("docs")).resolve("performance.md"));

        assertThat(Benchmarks.run("render", "--json=" + results, "--docs=" + page.getParent()))
                .isTrue();

        assertThat(page).content().contains("Test processor, 2 cores");
    }
}
