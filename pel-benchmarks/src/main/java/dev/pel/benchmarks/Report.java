package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables that are made of results. */
final class Report {
    /** The rows that the README quotes. */
    private static final List<String> QUOTED = List.of("next64", "backToBack", "mixed");

    private Report() {}

    /** Every row of the catalogue, with its goal. */
    static Table goals(Results results) {
        return new Table(
                List.of("scenario", "pel", "against", "ratio (spread)", "goal", "met"),
                Catalogue.rows().stream().map(row -> cells(row, results)).toList());
    }

    /** Some of the rows, in a few words. */
    static Table quoted(Results results) {
        return new Table(
                List.of("scenario", "pel", "best peer", "ratio (spread)"),
                Catalogue.rows().stream()
                        .filter(row -> QUOTED.contains(row.id()))
                        .map(row -> cells(row, results).subList(0, 4))
                        .toList());
    }

    private static List<String> cells(Row row, Results results) {
        String goal = row.goal() == null ? "–" : (row.metric().moreIsBetter ? "≥ " : "≤ ") + number(row.goal());
        return row.in(results)
                .map(found -> List.of(
                        row.title(),
                        "%s: %s".formatted(row.peer(), number(found.figure(), row.metric())),
                        found.reference(),
                        ratio(Results.median(found.ratios()), found.ratios()),
                        goal,
                        row.goal() == null ? "–" : row.isMetBy(Results.median(found.ratios())) ? "yes" : "**no**"))
                .orElseGet(() -> List.of(row.title(), "not measured", "", "", goal, ""));
    }

    static String ratio(double ratio, List<Double> ratios) {
        return "%s (%s … %s)"
                .formatted(number(ratio), number(Collections.min(ratios)), number(Collections.max(ratios)));
    }

    /** What every peer reached, the medians; rows that only hold the same figures against something else are left out. */
    static Table peers(Results results) {
        List<String> peers = Catalogue.scenarios().stream()
                .flatMap(scenario -> scenario.peers().stream())
                .distinct()
                .filter(peer -> results.series().stream()
                        .anyMatch(series -> series.peer().equals(peer)))
                .toList();
        List<String> head =
                Stream.concat(Stream.of("scenario", "unit"), peers.stream()).toList();
        return new Table(
                head,
                Catalogue.figures().stream()
                        .map(row -> Stream.concat(
                                        Stream.of(row.id(), row.metric().unit),
                                        peers.stream()
                                                .map(peer -> results.find(row.scenario(), peer, row.metric())
                                                        .map(series -> number(series.median()))
                                                        .orElse("–")))
                                .toList())
                        .toList());
    }

    private static Table machine(Results results) {
        String javas =
                results.series().stream().map(Series::java).distinct().sorted().collect(Collectors.joining(" and "));
        int rounds = results.series().stream()
                .mapToInt(one -> one.rounds().size())
                .max()
                .orElse(0);
        List<List<String>> rows = new ArrayList<>();
        results.machine().forEach((what, which) -> rows.add(List.of(what, which)));
        rows.add(List.of("form", "%s, %d rounds, on Java %s".formatted(results.form(), rounds, javas)));
        return new Table(List.of("what", "which"), rows);
    }

    /** The page with the figures of these results. */
    static String page(String text, Results results) {
        String machine = Marked.replace(text, "machine", machine(results).markdown());
        String goals = Marked.replace(machine, "goals", goals(results).markdown());
        return Marked.replace(goals, "peers", peers(results).markdown());
    }

    /** The page that everybody reads first, with three ratios of these results. */
    static String readme(String text, Results results) {
        return Marked.replace(text, "ratios", quoted(results).markdown());
    }

    static String number(double value, Metric metric) {
        return number(value) + " " + metric.unit;
    }

    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 1_000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value).replace(',', ' ');
    }
}
