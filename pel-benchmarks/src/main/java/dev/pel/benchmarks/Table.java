package dev.pel.benchmarks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Cells in columns, for a terminal and for Markdown.
 *
 * @param head the titles of the columns
 * @param rows the cells, as many in each row as there are titles
 */
record Table(List<String> head, List<List<String>> rows) {
    private static final String MISSING = "not measured";

    /** Every row of the catalogue, with its goal. */
    static Table ofGoals(Results results) {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : Catalogue.rows()) {
            rows.add(Finding.of(row, results)
                    .map(Table::cells)
                    .orElseGet(() ->
                            List.of(row.title(), MISSING, "", "", row.goal().toString(), "")));
        }
        return new Table(List.of("scenario", "pel", "against", "ratio (spread)", "goal", "met"), rows);
    }

    /** Some of the rows, in a few words. */
    static Table ofSome(List<String> ids, Results results) {
        List<List<String>> rows = Catalogue.rows().stream()
                .filter(row -> ids.contains(row.id()))
                .flatMap(row -> Finding.of(row, results).stream())
                .map(Table::cells)
                .map(cells -> List.of(cells.get(0), cells.get(1), cells.get(2), cells.get(3)))
                .toList();
        return new Table(List.of("scenario", "pel", "best peer", "ratio (spread)"), rows);
    }

    private static List<String> cells(Finding finding) {
        Row row = finding.row();
        boolean known = row.reference() instanceof Row.Known;
        return List.of(
                row.title(),
                "%s: %s %s".formatted(row.figure().peer(), Row.number(finding.figure()), row.unit()),
                known
                        ? finding.reference()
                        : "%s: %s %s".formatted(finding.reference(), Row.number(finding.referenceFigure()), row.unit()),
                "%s (%s … %s)"
                        .formatted(
                                Row.number(finding.ratio()), Row.number(finding.least()), Row.number(finding.most())),
                row.goal().toString(),
                finding.isMet() ? "yes" : "**no**");
    }

    /** What every peer reached, the medians, for those rows that compare peers. */
    static Table ofPeers(Results results) {
        List<String> peers = Catalogue.measurements().stream()
                .flatMap(measurement -> measurement.peers().stream())
                .distinct()
                .filter(peer -> results.series().stream()
                        .anyMatch(series -> series.peer().equals(peer)))
                .toList();
        List<String> head = new ArrayList<>(List.of("scenario", "unit"));
        head.addAll(peers);
        List<List<String>> rows = new ArrayList<>();
        Set<Row.Figure> shown = new HashSet<>();
        for (Row row : Catalogue.rows()) {
            // rows that only hold the same figures against something else are left out
            Row.Figure ofAll =
                    new Row.Figure(row.figure().measurement(), "", row.figure().metric());
            if (shown.add(ofAll)) {
                List<String> cells = new ArrayList<>(List.of(row.id(), row.unit()));
                for (String peer : peers) {
                    cells.add(results.find(
                                    row.figure().measurement(),
                                    peer,
                                    row.figure().metric())
                            .map(series -> Row.number(series.median()))
                            .orElse("–"));
                }
                rows.add(cells);
            }
        }
        return new Table(head, rows);
    }

    String markdown() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(head);
        lines.add(head.stream().map(any -> "---").toList());
        lines.addAll(rows);
        return lines.stream()
                .map(cells -> cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }

    String text() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(head);
        lines.addAll(rows);
        int[] widths = IntStream.range(0, head.size())
                .map(column -> lines.stream()
                        .mapToInt(cells -> plain(cells.get(column)).length())
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream()
                .map(cells -> IntStream.range(0, widths.length)
                        .mapToObj(column ->
                                ("%-" + Math.max(1, widths[column]) + "s").formatted(plain(cells.get(column))))
                        .collect(Collectors.joining("  ", "", "\n")))
                .collect(Collectors.joining());
    }

    private static String plain(String cell) {
        return cell.replace("*", "").replace("`", "");
    }
}
