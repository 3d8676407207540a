package dev.pel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures, prints the table, and writes what the documentation shows. */
final class Report {
    private static final String PAGE = "performance.md";
    private static final String CHART = "performance.svg";
    private static final String README = "README.md";

    private final List<Row> rows;
    private final List<String> peers;
    private final Rounds.Form form;
    private final Rounds rounds;

    /**
     * For one run.
     *
     * @param rows the ids of the rows; empty for all
     * @param peers which peers; empty for all
     * @param form how thoroughly
     * @param rounds runs the benchmarks
     */
    Report(List<String> rows, List<String> peers, Rounds.Form form, Rounds rounds) {
        this.rows = Catalogue.rows().stream()
                .filter(row -> rows.isEmpty() || rows.contains(row.id()))
                .toList();
        Set<String> known = Catalogue.rows().stream().map(Row::id).collect(Collectors.toSet());
        if (!known.containsAll(rows)) {
            throw new IllegalArgumentException("Rows are %s, but %s was asked for".formatted(known, rows));
        }
        this.peers = peers;
        this.form = form;
        this.rounds = rounds;
    }

    /** Whether everything is measured as thoroughly as it can be, so that the documentation may show it. */
    boolean isComplete() {
        return rows.size() == Catalogue.rows().size() && peers.isEmpty() && form.isFull();
    }

    /**
     * Measures.
     *
     * @return the results
     */
    Results run() {
        Set<String> needed = rows.stream().flatMap(Report::measurements).collect(Collectors.toSet());
        List<Results.Series> series = new ArrayList<>();
        for (Measurement measurement : Catalogue.measurements()) {
            if (needed.contains(measurement.id())) {
                series.addAll(rounds.run(measurement, peers));
            }
        }
        return new Results(Machines.here(), form.name(), series);
    }

    private static Stream<String> measurements(Row row) {
        Stream<String> curve =
                row.id().equals("curve") ? Catalogue.CURVE.stream().map(Catalogue::fired) : Stream.empty();
        Stream<String> own = Stream.of(row.figure().measurement());
        return row.reference() instanceof Row.Best best
                ? Stream.of(own, Stream.of(best.measurement()), curve).flatMap(all -> all)
                : own;
    }

    /**
     * Replaces the figures of the page, and its chart.
     *
     * @param results what they are taken from
     * @param docs the folder of the page
     */
    static void render(Results results, Path docs) throws IOException {
        Path page = docs.resolve(PAGE);
        Files.writeString(page, page(Files.readString(page), results));
        Files.writeString(docs.resolve(CHART), Chart.of(results));
        Path readme = docs.resolveSibling(README);
        if (Files.exists(readme)) {
            Files.writeString(readme, readme(Files.readString(readme), results));
        }
    }

    /** The page that everybody reads first, with three ratios of these results. */
    static String readme(String text, Results results) {
        return Marked.replace(
                text, "ratios", Table.ofSome(Catalogue.QUOTED, results).markdown());
    }

    /** The page with the figures of these results. */
    static String page(String text, Results results) {
        String machine = Marked.replace(text, "machine", machine(results));
        String goals = Marked.replace(machine, "goals", Table.ofGoals(results).markdown());
        return Marked.replace(goals, "peers", Table.ofPeers(results).markdown());
    }

    private static String machine(Results results) {
        Results.Machine machine = results.machine();
        String javas = results.series().stream()
                .map(Results.Series::java)
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
        int rounds = results.series().stream()
                .mapToInt(series -> series.rounds().size())
                .max()
                .orElse(0);
        List<List<String>> cells = new ArrayList<>(List.of(
                List.of("processor", "%s, %d cores".formatted(machine.processor(), machine.cores())),
                List.of("system", machine.system()),
                List.of("Java", "%s (rows ran on Java %s)".formatted(machine.java(), javas)),
                List.of("day", machine.date()),
                List.of("form", "%s, %d rounds".formatted(results.form(), rounds))));
        for (Map.Entry<String, String> version : machine.versions().entrySet()) {
            cells.add(List.of(version.getKey(), version.getValue()));
        }
        return new Table(List.of("what", "which"), cells).markdown();
    }
}
