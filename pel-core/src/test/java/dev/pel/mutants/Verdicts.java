package dev.pel.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came out for all mutants, kept in a file from which the page of the documentation is made. */
final class Verdicts {
    static final Path FILE = Path.of("src", "test", "resources", "mutants.results.txt");
    static final Path PAGE = Path.of("..", "docs", "reliability.md");
    private static final String OPEN = "<!-- mutants -->";
    private static final String CLOSE = "<!-- /mutants -->";

    private final Map<String, Verdict> byName = new TreeMap<>();

    static Verdicts read(Path file) throws IOException {
        Verdicts verdicts = new Verdicts();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] cells = line.split("\t", -1);
                verdicts.put(
                        new Verdict(cells[0], Verdict.Kind.valueOf(cells[1]), cells[2], Double.parseDouble(cells[3])));
            }
        }
        return verdicts;
    }

    void put(Verdict verdict) {
        byName.put(verdict.mutant(), verdict);
    }

    Map<String, Verdict> byName() {
        return byName;
    }

    /** Writes those of the given mutants; what is left of others is forgotten. */
    void write(Path file, List<Mutant> mutants) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Mutant mutant : mutants) {
            Verdict verdict = byName.get(mutant.name());
            if (verdict != null) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%s\t%s\t%s\t%.1f",
                        verdict.mutant(),
                        verdict.kind(),
                        verdict.by(),
                        verdict.seconds()));
            }
        }
        Files.write(file, lines);
    }

    /** The page with the table of these verdicts between its markers. */
    String page(String page, List<Mutant> mutants) {
        int begin = page.indexOf(OPEN);
        int end = page.indexOf(CLOSE);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("There is no '%s … %s'".formatted(OPEN, CLOSE));
        }
        return page.substring(0, begin + OPEN.length()) + "\n" + table(mutants) + page.substring(end);
    }

    String table(List<Mutant> mutants) {
        StringBuilder table = new StringBuilder();
        long killed = mutants.stream()
                .map(mutant -> byName.get(mutant.name()))
                .filter(verdict -> verdict != null && verdict.isKilled())
                .count();
        table.append("%d mutants, %d killed.%n%n".formatted(mutants.size(), killed));
        table.append("| promise | planted into | bug | killed by | after |\n| --- | --- | --- | --- | --- |\n");
        for (Mutant mutant : mutants) {
            Verdict verdict = byName.get(mutant.name());
            table.append(String.format(
                    Locale.ROOT,
                    "| %d | `%s` | %s | %s | %s |%n",
                    mutant.promise(),
                    mutant.type(),
                    mutant.bug(),
                    verdict == null ? "not tried" : told(verdict),
                    verdict == null ? "" : String.format(Locale.ROOT, "%.1f s", verdict.seconds())));
        }
        return table.toString();
    }

    private static String told(Verdict verdict) {
        return switch (verdict.kind()) {
            case KILLED -> "`%s`".formatted(verdict.by());
            case TIMED_OUT -> "`%s`, which hangs".formatted(verdict.by());
            case SURVIVED -> "**nobody**";
        };
    }
}
