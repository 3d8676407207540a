package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plants the mutants of {@code mutants.txt} into the engine and lets their tests find them. Takes minutes, so only
 * {@code -Pmutants} runs it; {@code -Dmutants=} chooses some by name, {@code -Dmutants.jvms=} is how many JVMs run at once,
 * {@code -Dmutants.least=} how many per cent of the planted ones must be killed, all of them when it is not given.
 */
@Tag("mutants")
class MutantsTests {
    private static final Path LIST = Path.of("src", "test", "resources", "mutants.txt");
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path DIRECTORY = Path.of("target", "mutants");
    private static final int SECONDS = 180;

    @Test
    void mutantsAreKilledByTheirTests() throws Exception {
        List<Mutant> mutants = chosen(Mutant.parse(Files.readString(LIST)));
        Files.createDirectories(DIRECTORY);

        MutantRun run = new MutantRun(SOURCES, DIRECTORY, Integer.getInteger("mutants.jvms", 1), SECONDS);
        MutantReport report = new MutantReport(run.of(mutants));

        System.out.println(report.summary());
        assertThat(report.objections(Integer.getInteger("mutants.least", 100))).isEmpty();
    }

    private static List<Mutant> chosen(List<Mutant> all) {
        String filter = System.getProperty("mutants", "");
        if (filter.isEmpty()) {
            return all;
        }
        List<String> names = Arrays.asList(filter.split(",", -1));
        assertThat(all.stream().map(Mutant::name)).containsAll(names);
        return all.stream().filter(mutant -> names.contains(mutant.name())).toList();
    }
}
